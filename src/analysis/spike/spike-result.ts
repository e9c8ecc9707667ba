import type { Window } from "../../stats/windows.ts";
import { type SpikeOptions, spikeReport } from "./spike-analysis.ts";
import { type CarriedSpikes, spikeCourses } from "./spike-course.ts";
import type { SpikeBaseline, SpikeOutcome } from "./spike-report.ts";
import type { SpikeSchedule } from "./spike-window.ts";
import { judgedBySecond, type SpikedRun, spikeWindows } from "./windows-of-run.ts";

export interface PlannedSpikes {
  readonly spikes: readonly SpikeSchedule[];
  readonly baselineFromMs: number;
  /** The scale of the times in which the service must absorb a spike and recover. */
  readonly timeScale: number;
}

export interface SpikeResult {
  readonly baseline: SpikeBaseline | null;
  /** The spikes that had begun when the run ended. */
  readonly spikes: readonly (SpikeSchedule & SpikeOutcome)[];
  /** Whether a target can be evaluated on one second; without one, no spike does any harm. */
  readonly hasTargets: boolean;
  /** Why spikes could not be judged, one sentence each; absent if all were. */
  readonly notJudged?: readonly string[];
}

/** Analyses the spikes of a run from its windows in order of time. */
export function spikeResult(
  windows: Iterable<Window>,
  { spikes, baselineFromMs, timeScale }: PlannedSpikes,
  run: SpikedRun & CarriedSpikes,
): SpikeResult {
  const options: SpikeOptions = {
    baselineFromMs,
    pauses: run.carried.pauses,
    cleanMs: 10_000 * timeScale,
    insideMs: 30_000 * timeScale,
    leastMetastableMs: 300_000 * timeScale,
  };
  const seconds = spikeWindows(windows, run);
  const courses = spikeCourses(spikes, run);
  // A pause that did not end delays a spike forever.
  const withinRun = (atMs: number) => Math.min(atMs, run.endMs);
  const begun = courses.filter(({ riseMs }) => riseMs < seconds.length * 1_000);
  const { baseline, spikes: outcomes } = spikeReport(seconds, begun, options);
  const judged = outcomes.flatMap((outcome, index) => {
    const course = begun[index];
    if (course === undefined) return [];
    const [riseMs, peakMs, dropMs] = [course.riseMs, course.peakMs, course.dropMs].map(withinRun) as Times;
    return [{ riseMs, peakMs, dropMs, ...outcome }];
  });
  const notJudged = courses.flatMap(({ disturbedBecause }, index) => {
    const recovery = judged[index]?.recovery;
    if (recovery !== undefined && recovery.kind !== "unwatched") return [];
    const because = recovery?.because ?? disturbedBecause ?? "too little was measured before it to compare with";
    return [`${nameOf(index, courses.length)} was not judged: ${because}`];
  });
  return {
    baseline,
    spikes: judged,
    hasTargets: judgedBySecond(run.thresholds).length > 0,
    ...(notJudged.length === 0 ? {} : { notJudged }),
  };
}

type Times = [number, number, number];

function nameOf(index: number, count: number): string {
  return count > 1 ? `spike ${index + 1}` : "the spike";
}

/**
 * The reasons why the run fails because of its spikes, regardless of its thresholds; empty if the service recovered from
 * each.
 */
export function spikeFailures({ spikes }: SpikeResult): string[] {
  return spikes.flatMap(({ recovery }, index) => {
    const which = nameOf(index, spikes.length);
    if (recovery.kind === "recovered" || recovery.kind === "unwatched") return [];
    const seconds = Math.round(recovery.observedMs / 1_000);
    const still = `the service had not returned to its baseline ${seconds} s after ${which}`;
    return [recovery.kind === "metastable" ? `${still} and will not recover without intervention (metastable)` : still];
  });
}
