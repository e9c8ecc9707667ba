import { formatClock } from "../../core/duration.ts";
import type { CarriedPlan } from "../../core/plan/steering.ts";
import type { Threshold } from "../../core/thresholds/threshold.ts";
import type { WorkerHealth } from "../health/generator-run.ts";
import type { InterruptedTime } from "../load/interrupted-times.ts";
import { valueInUnit } from "../saturation/describe-saturation.ts";
import type { WatchedMetric } from "../saturation/watched-metric.ts";
import { driftLimits } from "./drift-limits.ts";
import type { DriftRecorder, EndpointWindow } from "./drift-recorder.ts";
import type { DriftSeries } from "./drift-series.ts";
import type { SeriesDrift } from "./drift-verdict.ts";
import { type JudgedTime, judgedTime } from "./judged-time.ts";
import { risesAsLeak } from "./leak-rise.ts";
import { type ObservedDrift, observedDrifts } from "./observed-drift.ts";
import { pauseDrifts } from "./pauses.ts";
import { type DriftOptions, type SoakDrift, soakDrift, usualSignificance } from "./soak-drift.ts";
import { warmUpEndMs } from "./steady-points.ts";

export interface PlannedDrift {
  /** The end of the ramp-up. */
  readonly rampEndMs: number;
  /** The minimum time for the service to warm up. */
  readonly warmUpMs: number;
  /** Whether the run ends as soon as a checkpoint shows a drift. */
  readonly abort: boolean;
}

/** The times at which a soak is judged, as fractions of its planned time; the last is its end. */
export const driftCheckpoints = [0.4, 0.6, 0.8, 1] as const;

export interface DriftResult extends SoakDrift {
  /** The drift of the workers' memory, one series per worker. */
  readonly workers: readonly SeriesDrift[];
  /** The drift of the observed metrics; absent if none was observed. */
  readonly observed?: readonly ObservedDrift[];
  /** The part of the run that was judged, in ms, if the load was changed; absent otherwise. */
  readonly judgedMs?: { readonly from: number; readonly to: number };
}

export interface SoakedRun {
  /** The load, with the changes that were made while it ran. */
  readonly carried: CarriedPlan;
  readonly thresholds: readonly Threshold[];
  /** The time when the load ended, or up to which it is known. */
  readonly endMs: number;
  readonly workers: readonly WorkerHealth[];
  /** The times in which a part of the load was not generated, in order; they are left out. */
  readonly interrupted?: readonly InterruptedTime[];
  /** The times at which workers were lost or came back and the load changed. */
  readonly resizedMs?: readonly number[];
  readonly observed?: readonly WatchedMetric[];
}

/** The smallest growth of a worker's heap, in bytes, that may have made the worker slower. */
const leastHeapGrowth = 16_000_000;

/**
 * Analyses the drift of the service and, with the same test, that of the workers' memory, so that a leak of the load
 * generator is not blamed on the service.
 */
export function driftResult(
  recorder: DriftRecorder,
  { rampEndMs, warmUpMs }: PlannedDrift,
  { carried, thresholds, endMs, workers, interrupted = [], resizedMs = [], observed: metrics = [] }: SoakedRun,
): DriftResult {
  const { pauses: paused } = carried;
  const changedMs = [...carried.changedMs, ...resizedMs].sort((a, b) => a - b);
  const judged = judgedTime({ pauses: paused, changedMs }, endMs, rampEndMs, interrupted);
  const options = {
    rampEndMs: Math.max(rampEndMs, judged.fromMs),
    leastWarmUpMs: warmUpMs,
    checkpoints: driftCheckpoints.length,
  };
  const service = soakDrift(
    recorder.series(judged, (endpoint) => driftLimits(thresholds, endpoint)),
    options,
  );
  const pauses = growingPauses(recorder.totalWindows(judged), service, options);
  const heaps = workers.map((worker) => heapSeries(worker, judged));
  const observed = observedDrifts(metrics, judged, options);
  const isLeaking = leaksIn(observed).length > 0;
  const isWhole = judged.fromMs === 0 && judged.toMs === endMs;
  return {
    kind: pauses.length > 0 || isLeaking ? "drifting" : service.kind,
    series: [...service.series, ...pauses],
    workers: heapDrifts(heaps, options),
    ...(observed.length === 0 ? {} : { observed }),
    ...(isWhole ? {} : { judgedMs: { from: Math.round(judged.fromMs), to: Math.round(judged.toMs) } }),
  };
}

/** The chance of a false alarm about growing pauses, as a share of the chance for all other findings. */
const pauseShare = 0.25;

/** Returns the growing pauses of all requests; none if another series drifts for the worse anyway. */
export function growingPauses(
  windows: readonly EndpointWindow[],
  { kind, series }: SoakDrift,
  { rampEndMs, leastWarmUpMs, checkpoints }: { rampEndMs: number; leastWarmUpMs: number; checkpoints: number },
): SeriesDrift[] {
  const isKnown = series.some(({ verdict }) => verdict.kind === "drifting" && verdict.direction === "worse");
  if (isKnown || kind === "insufficient") return [];
  const timed = windows.map(({ startMs, durationMs }) => ({ startMs, durationMs, value: 0, weight: 0 }));
  const fromMs = warmUpEndMs(timed, rampEndMs, leastWarmUpMs);
  const steady = windows.filter(({ startMs }) => startMs >= fromMs);
  return pauseDrifts("total", steady, (usualSignificance * pauseShare) / checkpoints);
}

function heapSeries({ name, samples }: WorkerHealth, judged: JudgedTime): DriftSeries {
  const inTime = samples.filter(({ atMs, widthMs }) => judged.includes(atMs, atMs + widthMs));
  return {
    subject: name,
    statistic: "heap",
    limit: null,
    windows: inTime.map(({ atMs, widthMs, heapAfterGcBytes }) => ({
      startMs: atMs,
      durationMs: widthMs,
      value: heapAfterGcBytes,
      weight: widthMs,
    })),
  };
}

/**
 * Returns the drift of the workers' memory. It is for the worse only if it rises like a leak: before its first full
 * collection a heap rises whatever it holds, and later its readings are steps, one for each collection.
 */
function heapDrifts(heaps: readonly DriftSeries[], options: DriftOptions): SeriesDrift[] {
  const { rampEndMs = 0, leastWarmUpMs } = options;
  return soakDrift(heaps, options).series.map((drift, position) => {
    if (drift.trend === null || worseDrifts([drift]).length === 0) return drift;
    const { windows = [] } = heaps[position] ?? {};
    const fromMs = warmUpEndMs(windows, rampEndMs, leastWarmUpMs);
    const steady = windows
      .filter(({ startMs }) => startMs >= fromMs)
      .map(({ startMs: atMs, value }) => ({ atMs, value }));
    return risesAsLeak(steady, drift.trend, leastHeapGrowth) ? drift : { ...drift, verdict: { kind: "stable" } };
  });
}

/** The observed metrics whose growth is a leak. */
function leaksIn(observed: readonly ObservedDrift[]): ObservedDrift[] {
  return worseDrifts(observed.filter(({ isJudged }) => isJudged));
}

/** The series that get worse. */
function worseDrifts<Series extends SeriesDrift>(series: readonly Series[]): Series[] {
  return series.filter(({ verdict }) => verdict.kind === "drifting" && verdict.direction === "worse");
}

export interface DriftJudgement {
  /** `not-judged`: too little was measured, which neither passes nor fails a run. */
  readonly verdict: "passed" | "failed" | "invalid" | "not-judged";
  readonly reasons: readonly string[];
}

/**
 * Judges a soak. It fails if anything drifts for the worse. It is invalid if a worker's memory drifts as well, because
 * the load generator may then have caused the drift, unless an observed metric of the service leaks. A soak that is too
 * short to test anything is not judged.
 */
export function judgeDrift({ kind, series, workers, judgedMs, observed = [] }: DriftResult): DriftJudgement {
  if (kind === "insufficient") {
    const because = series.map(({ verdict }) => verdict).find((verdict) => verdict.kind === "insufficient");
    const reason = because?.reason ?? "there were no requests";
    const only =
      judgedMs === undefined
        ? ""
        : `; the load was changed, so only ${formatClock(judgedMs.from)} to ${formatClock(judgedMs.to)} was judged`;
    return { verdict: "not-judged", reasons: [`drift was not judged: ${reason}${only}`] };
  }
  const drifts = worseDrifts(series).sort((a, b) => urgencyOf(a) - urgencyOf(b));
  const leaks = leaksIn(observed).map(describeDrift);
  if (leaks.length > 0) return { verdict: "failed", reasons: leakReasons(leaks, drifts) };
  if (drifts.length === 0) return { verdict: "passed", reasons: [] };
  const ours = worseDrifts(workers);
  if (ours.length > 0) {
    const names = ours.map(({ subject }) => subject).join(", ");
    return {
      verdict: "invalid",
      reasons: [
        `the memory of ${names} grew throughout the run: the drift may be the load generator's, not the service's`,
      ],
    };
  }
  return { verdict: "failed", reasons: [driftReason(drifts)] };
}

function driftReason(drifts: readonly SeriesDrift[]): string {
  const [worst, ...others] = drifts.map(describeDrift);
  const more = others.length === 0 ? "" : `, and ${others.length} more series`;
  return `drifting: ${worst}${more}`;
}

function leakReasons(leaks: readonly string[], drifts: readonly SeriesDrift[]): string[] {
  const found = `drifting: ${leaks.join(", ")}`;
  return drifts.length === 0 ? [`${found}; times, errors and throughput do not drift`] : [found, driftReason(drifts)];
}

/** The sort key of a drift: the time until its target fails; drifts without a target come last. */
function urgencyOf({ verdict }: SeriesDrift): number {
  return (verdict.kind === "drifting" ? verdict.targetBreaksAfterMs : null) ?? Number.MAX_VALUE;
}

/** A series with the unit of its values, if it is an observed metric. */
type SeriesWithUnit = SeriesDrift & { readonly unit?: string | null };

/** Describes a drift: "p95 of GET /jobs rises 14 % per hour (25 ms), will miss its target in 3 h". */
export function describeDrift({ subject, statistic, verdict, trend, unit }: SeriesWithUnit): string {
  const what = seriesName(subject, statistic);
  if (trend === null) return what;
  const { perHour, relativePerHour } = trend;
  const direction = perHour > 0 ? "rises" : "falls";
  const share = `${Number(Math.abs(relativePerHour * 100).toPrecision(2))} %`;
  const breaks = verdict.kind === "drifting" ? describeBreach(verdict.targetBreaksAfterMs) : "";
  return `${what} ${direction} ${share} per hour (${amount(Math.abs(perHour), statistic, unit)})${breaks}`;
}

function seriesName(subject: string, statistic: SeriesDrift["statistic"]): string {
  if (statistic === "observed") return `observed ${subject}`;
  return `${names[statistic]} of ${subject === "total" ? "all requests" : subject}`;
}

const names = {
  p50: "p50",
  p95: "p95",
  p99: "p99",
  errorRate: "error rate",
  throughput: "throughput",
  heap: "memory",
  pause: "length of the pauses",
  slowShare: "share of slow seconds",
} as const;

/** @param unit the unit of an observed metric */
export function amount(value: number, statistic: SeriesDrift["statistic"], unit: string | null = null): string {
  if (statistic === "observed") return valueInUnit(value, unit);
  const digits = (number: number) => String(Number(number.toPrecision(3)));
  if (statistic === "errorRate" || statistic === "slowShare") return `${digits(value * 100)} points`;
  if (statistic === "throughput") return `${digits(value)} req/s`;
  return statistic === "heap" ? `${digits(value / 1e6)} MB` : `${digits(value)} ms`;
}

function describeBreach(afterMs: number | null): string {
  if (afterMs === null) return "";
  if (afterMs === 0) return ", already misses its target";
  const hours = afterMs / 3_600_000;
  return `, will miss its target in ${hours >= 1 ? `${Number(hours.toPrecision(2))} h` : `${Math.max(1, Math.round(hours * 60))} min`}`;
}
