import type { Threshold } from "../../core/thresholds/threshold.ts";
import type { WorkerHealth } from "../health/generator-run.ts";
import { driftLimits } from "./drift-limits.ts";
import type { DriftRecorder } from "./drift-recorder.ts";
import type { DriftSeries } from "./drift-series.ts";
import type { SeriesDrift } from "./drift-verdict.ts";
import { type SoakDrift, soakDrift } from "./soak-drift.ts";

export interface PlannedDrift {
  /** When the load has risen. */
  readonly rampEndMs: number;
  /** What a service is given to warm up at least. */
  readonly warmUpMs: number;
  /** Whether the run ends as soon as a checkpoint shows a drift. */
  readonly abort: boolean;
}

/** When a soak is judged, as parts of its planned time; the last is its end. */
export const driftCheckpoints = [0.4, 0.6, 0.8, 1] as const;

export interface DriftResult extends SoakDrift {
  /** Of the workers' own memory: one series each. */
  readonly workers: readonly SeriesDrift[];
}

export interface SoakedRun {
  readonly thresholds: readonly Threshold[];
  /** When the load ended, or until when it is known. */
  readonly endMs: number;
  readonly workers: readonly WorkerHealth[];
}

/** Whether anything drifted, of the service, and of the workers by the same test, so that ours is never called the service's. */
export function driftResult(
  recorder: DriftRecorder,
  { rampEndMs, warmUpMs }: PlannedDrift,
  { thresholds, endMs, workers }: SoakedRun,
): DriftResult {
  const options = { rampEndMs, leastWarmUpMs: warmUpMs, checkpoints: driftCheckpoints.length };
  const service = soakDrift(
    recorder.series(endMs, (endpoint) => driftLimits(thresholds, endpoint)),
    options,
  );
  const heaps = workers.map((worker) => heapSeries(worker, endMs));
  return { ...service, workers: soakDrift(heaps, options).series };
}

function heapSeries({ name, samples }: WorkerHealth, endMs: number): DriftSeries {
  const inTime = samples.filter(({ atMs, widthMs }) => atMs + widthMs <= endMs);
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

/** Series that drift for the worse. */
function worseDrifts(series: readonly SeriesDrift[]): SeriesDrift[] {
  return series.filter(({ verdict }) => verdict.kind === "drifting" && verdict.direction === "worse");
}

export interface DriftJudgement {
  readonly verdict: "passed" | "failed" | "invalid";
  readonly reasons: readonly string[];
}

/** A soak in which anything drifts for the worse fails; when a worker drifts as well, nobody can say whose drift it is. */
export function judgeDrift({ series, workers }: DriftResult): DriftJudgement {
  const drifts = worseDrifts(series).sort((a, b) => urgencyOf(a) - urgencyOf(b));
  if (drifts.length === 0) return { verdict: "passed", reasons: [] };
  const ours = worseDrifts(workers);
  if (ours.length > 0) {
    const names = ours.map(({ subject }) => subject).join(", ");
    return {
      verdict: "invalid",
      reasons: [`the memory of ${names} grew all the time: what drifts may be the generator and not the service`],
    };
  }
  const [worst, ...others] = drifts.map(describeDrift);
  const more = others.length === 0 ? "" : `, and ${others.length} more series`;
  return { verdict: "failed", reasons: [`drifting: ${worst}${more}`] };
}

/** When its target breaks, which interests most; one without a target comes last. */
function urgencyOf({ verdict }: SeriesDrift): number {
  return (verdict.kind === "drifting" ? verdict.targetBreaksAfterMs : null) ?? Number.MAX_VALUE;
}

/** "p95 of GET /jobs rises 14 % (25 ms) per hour, breaks its target in 3 h". */
export function describeDrift({ subject, statistic, verdict, trend }: SeriesDrift): string {
  const what = `${names[statistic]} of ${subject === "total" ? "all requests" : subject}`;
  if (trend === null) return what;
  const { perHour, relativePerHour } = trend;
  const direction = perHour > 0 ? "rises" : "falls";
  const share = `${Number(Math.abs(relativePerHour * 100).toPrecision(2))} %`;
  const breaks = verdict.kind === "drifting" ? breakWords(verdict.targetBreaksAfterMs) : "";
  return `${what} ${direction} ${share} per hour (${amount(Math.abs(perHour), statistic)})${breaks}`;
}

const names = {
  p50: "p50",
  p95: "p95",
  p99: "p99",
  errorRate: "error rate",
  throughput: "throughput",
  heap: "memory",
} as const;

export function amount(value: number, statistic: SeriesDrift["statistic"]): string {
  const digits = (number: number) => String(Number(number.toPrecision(3)));
  if (statistic === "errorRate") return `${digits(value * 100)} points`;
  if (statistic === "throughput") return `${digits(value)} req/s`;
  return statistic === "heap" ? `${digits(value / 1e6)} MB` : `${digits(value)} ms`;
}

function breakWords(afterMs: number | null): string {
  if (afterMs === null) return "";
  if (afterMs === 0) return ", its target is broken";
  const hours = afterMs / 3_600_000;
  return `, breaks its target in ${hours >= 1 ? `${Number(hours.toPrecision(2))} h` : `${Math.max(1, Math.round(hours * 60))} min`}`;
}
