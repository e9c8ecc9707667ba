import type { PlanPause } from "../../core/plan/steered-plan.ts";
import { median, robustDeviation } from "../statistics/median.ts";
import { damageOf, errorBurstOf, goodputDipOf } from "./damage.ts";
import type { SpikeCourse } from "./spike-course.ts";
import type { Absorption, Recovery, SpikeBaseline, SpikeOutcome, SpikeReport } from "./spike-report.ts";
import { errorRateOf, type SpikeSchedule, type SpikeWindow, windowMs, windowsWithin } from "./spike-window.ts";
import { firstStretch, hangs } from "./stretch.ts";

/** The minimum number of seconds whose noise can be estimated. */
const fewestWindows = 10;
/** The tolerated error rate: if nothing failed before, one failure in a hundred requests is not a relapse. */
const harmlessErrorRate = 0.01;

/** @returns null if too little was measured */
function baselineOf(windows: readonly SpikeWindow[]): SpikeBaseline | null {
  const times = windows.flatMap(({ timesMs }) => (timesMs === null ? [] : [timesMs]));
  if (times.length < fewestWindows) return null;
  const p95s = times.map(({ p95 }) => p95);
  const p95Ms = median(p95s);
  const errorRates = windows.map(errorRateOf);
  const errorRate = median(errorRates);
  return {
    p50Ms: median(times.map(({ p50 }) => p50)),
    p95Ms,
    goodPerSecond: median(windows.map(({ good }) => good)),
    errorRate,
    recoveredP95Ms: Math.max(1.1 * p95Ms, p95Ms + 3 * robustDeviation(p95s, p95Ms)),
    recoveredErrorRate: Math.max(harmlessErrorRate, 1.1 * errorRate, errorRate + 3 * robustDeviation(errorRates)),
  };
}

/** The share of the rest of the peak in which targets may fail again. */
const toleratedRelapse = 0.1;

/** The first second of the spike in which a target failed. */
function firstBroken(windows: readonly SpikeWindow[], { riseMs, dropMs }: SpikeSchedule): SpikeWindow | undefined {
  return windowsWithin(windows, riseMs, dropMs).find(({ targetsHeld }) => !targetsHeld);
}

/**
 * Judges whether and when the service absorbed the peak itself. Seconds before the first failure do not count, because a
 * queue must fill first; nor does a pause between failures.
 */
function absorptionOf(windows: readonly SpikeWindow[], spike: JudgedSpike, cleanMs: number): Absorption {
  const { disturbedBecause = null } = spike;
  if (disturbedBecause !== null) return { kind: "unwatched", because: disturbedBecause };
  const broken = firstBroken(windows, spike);
  if (broken === undefined) return { kind: "unharmed" };
  const peak = windowsWithin(windows, Math.max(spike.peakMs, broken.startMs), spike.dropMs);
  for (let from = 0; from < peak.length; ) {
    const clean = firstStretch(peak.slice(from), ({ targetsHeld }) => targetsHeld, cleanMs);
    if (clean === undefined) break;
    const rest = peak.filter(({ startMs }) => startMs >= clean.startMs);
    if (rest.filter(({ targetsHeld }) => !targetsHeld).length <= toleratedRelapse * rest.length) {
      return { kind: "absorbed", afterMs: clean.startMs - spike.riseMs };
    }
    from = peak.indexOf(clean) + 1;
  }
  const leftMs = peak.length * windowMs;
  if (leftMs >= cleanMs) return { kind: "not-absorbed" };
  return { kind: "unwatched", because: `the peak lasted ${seconds(leftMs)} of the ${seconds(cleanMs)} that it takes` };
}

/** A spike, with the actual course of its load; if that is absent, as planned. */
export type JudgedSpike = SpikeSchedule & Partial<SpikeCourse>;

export interface SpikeOptions {
  /** The end of the warm-up, before which seconds are not part of the baseline. */
  readonly baselineFromMs?: number;
  /** The pauses of the load, whose seconds are not part of the baseline. */
  readonly pauses?: readonly PlanPause[];
  /** The time for which targets must hold under peak load for the spike to count as absorbed; default 10 s. */
  readonly cleanMs?: number;
  /** The time for which the service must be back at its baseline to count as recovered; default 30 s. */
  readonly insideMs?: number;
  /** The minimum time after which a failure is called metastable; default 5 minutes. */
  readonly leastMetastableMs?: number;
}

/**
 * Judges how the service handled each spike of a run. The times in the options can be scaled down with those of the run.
 */
export function spikeReport(
  windows: readonly SpikeWindow[],
  spikes: readonly JudgedSpike[],
  options: SpikeOptions = {},
): SpikeReport {
  const { baselineFromMs = 0, pauses = [] } = options;
  const isPaused = ({ startMs }: SpikeWindow) =>
    pauses.some(({ fromMs, toMs }) => startMs < toMs && startMs + windowMs > fromMs);
  const before = windowsWithin(windows, baselineFromMs, spikes[0]?.riseMs ?? 0).filter((one) => !isPaused(one));
  const baseline = baselineOf(before);
  if (baseline === null) return { baseline, spikes: [] };
  const runEndMs = (windows.at(-1)?.startMs ?? 0) + windowMs;
  const outcomes = spikes.map((spike, index) => {
    const untilMs = spike.watchedToMs ?? spikes[index + 1]?.riseMs ?? runEndMs;
    return {
      warmth: index === 0 ? "cold" : "warm",
      ...outcomeOf({ windows, before, baseline, spike, untilMs, options }),
    } as const;
  });
  return { baseline, spikes: outcomes };
}

interface Watch {
  readonly windows: readonly SpikeWindow[];
  readonly before: readonly SpikeWindow[];
  readonly baseline: SpikeBaseline;
  readonly spike: JudgedSpike;
  readonly untilMs: number;
  readonly options: SpikeOptions;
}

function outcomeOf({ windows, before, baseline, spike, untilMs, options }: Watch): Omit<SpikeOutcome, "warmth"> {
  const { cleanMs = 10_000, insideMs = 30_000, leastMetastableMs = 300_000 } = options;
  const { riseMs, dropMs } = spike;
  const broken = firstBroken(windows, spike);
  const absorption = absorptionOf(windows, spike, cleanMs);
  const { disturbedBecause = null } = spike;
  const recovery: Recovery =
    disturbedBecause === null
      ? recoveryOf(windows, spike, untilMs, baseline, { insideMs, leastMetastableMs })
      : { kind: "unwatched", because: disturbedBecause };
  const recoveredMs = recovery.kind === "recovered" ? dropMs + recovery.afterMs : untilMs;
  const affected = windowsWithin(windows, riseMs, recoveredMs);
  const after = recovery.kind === "recovered" ? windowsWithin(windows, recoveredMs, untilMs) : [];
  return {
    detectMs: broken === undefined ? null : Math.max(0, broken.startMs - riseMs),
    absorption,
    recovery,
    peakP99Ms: highest(affected, "p99"),
    overshoot: overshootOf(windows, spike, absorption, cleanMs),
    errorBurst: errorBurstOf(affected, baseline),
    damage: damageOf(affected),
    goodputDip: goodputDipOf(affected, before),
    residualP50Ms: after.length === 0 ? null : median(timesOf(after, "p50")) - baseline.p50Ms,
  };
}

function overshootOf(
  windows: readonly SpikeWindow[],
  { riseMs, peakMs, dropMs }: SpikeSchedule,
  absorption: Absorption,
  cleanMs: number,
): number | null {
  const settled = median(timesOf(windowsWithin(windows, Math.max(peakMs, dropMs - cleanMs), dropMs), "p95"));
  const peak = highest(windowsWithin(windows, riseMs, dropMs), "p95");
  if (absorption.kind === "not-absorbed" || absorption.kind === "unwatched" || peak === null || !(settled > 0))
    return null;
  return Math.max(0, peak / settled - 1);
}

function highest(windows: readonly SpikeWindow[], percentile: "p95" | "p99"): number | null {
  const times = timesOf(windows, percentile);
  return times.length === 0 ? null : Math.max(...times);
}

function timesOf(windows: readonly SpikeWindow[], percentile: "p50" | "p95" | "p99"): number[] {
  return windows.flatMap(({ timesMs }) => (timesMs === null ? [] : [timesMs[percentile]]));
}

export interface RecoveryTimes {
  /** The time for which the service must be back at its baseline to count as recovered. */
  readonly insideMs: number;
  /** A failure that outlasts the spike by this time, and by five times the length of the spike, is metastable. */
  readonly leastMetastableMs: number;
}

/**
 * Judges when the service was back at its baseline, in times and in failures: rejecting requests quickly is not a recovery.
 *
 * A failure that outlives its cause is metastable: N. Bronson et al., "Metastable failures in distributed systems", HotOS
 * 2021.
 *
 * @param untilMs the next spike, or the end of the run
 */
function recoveryOf(
  windows: readonly SpikeWindow[],
  spike: JudgedSpike,
  untilMs: number,
  baseline: SpikeBaseline,
  { insideMs, leastMetastableMs }: RecoveryTimes,
): Recovery {
  const { riseMs, dropMs, cutShortBecause = null, interrupted = [] } = spike;
  const watched = windowsWithin(windows, dropMs, untilMs);
  const isInside = (window: SpikeWindow) =>
    (window.timesMs === null || window.timesMs.p95 <= baseline.recoveredP95Ms) &&
    errorRateOf(window) <= baseline.recoveredErrorRate;
  const interruptedIn = ({ startMs }: SpikeWindow) =>
    interrupted.find(({ fromMs, toMs }) => fromMs < startMs + windowMs && toMs > startMs);
  const inside = firstStretch(watched, (one) => isInside(one) && interruptedIn(one) === undefined, insideMs, 1);
  const metastableMs = Math.max(leastMetastableMs, 5 * (dropMs - riseMs));
  const afterMs = inside === undefined ? Number.POSITIVE_INFINITY : Math.max(0, inside.startMs - dropMs);
  if (afterMs <= metastableMs) return { kind: "recovered", afterMs };
  const observedMs = Math.max(0, (watched.at(-1)?.startMs ?? dropMs) + windowMs - dropMs);
  if (observedMs >= metastableMs) return { kind: "metastable", observedMs };
  const back = firstStretch(watched, (one) => isInside(one) || interruptedIn(one) !== undefined, insideMs, 1);
  const lost = interrupted.find(({ toMs }) => toMs > (back?.startMs ?? Number.POSITIVE_INFINITY));
  if (lost !== undefined) {
    return { kind: "unwatched", because: `${lost.what} ${seconds(Math.max(0, lost.fromMs - dropMs))} after the drop` };
  }
  if (cutShortBecause !== null) {
    return { kind: "unwatched", because: `${cutShortBecause} ${seconds(observedMs)} after the drop` };
  }
  const outside = watched.findLastIndex((window) => !isInside(window) || hangs(window));
  const insideAtEndMs = (watched.length - 1 - outside) * windowMs;
  if (watched.length > 0 && insideAtEndMs < insideMs / 3) return { kind: "unrecovered", observedMs };
  const because = `the service was back for ${seconds(insideAtEndMs)} at the end; ${seconds(insideMs)} are needed`;
  return { kind: "unwatched", because };
}

function seconds(ms: number): string {
  return `${Number((ms / 1_000).toPrecision(2))} s`;
}
