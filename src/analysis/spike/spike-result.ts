import type { Window } from "../../stats/windows.ts";
import { type SpikeOptions, spikeReport } from "./spike-analysis.ts";
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
}

/** Analyses the spikes of a run from its windows in order of time. */
export function spikeResult(
  windows: Iterable<Window>,
  { spikes, baselineFromMs, timeScale }: PlannedSpikes,
  run: SpikedRun,
): SpikeResult {
  const options: SpikeOptions = {
    baselineFromMs,
    cleanMs: 10_000 * timeScale,
    insideMs: 30_000 * timeScale,
    leastMetastableMs: 300_000 * timeScale,
  };
  const seconds = spikeWindows(windows, run);
  const begun = spikes.filter(({ riseMs }) => riseMs < seconds.length * 1_000);
  const { baseline, spikes: outcomes } = spikeReport(seconds, begun, options);
  return {
    baseline,
    spikes: outcomes.flatMap((outcome, index) => {
      const schedule = begun[index];
      return schedule === undefined ? [] : [{ ...schedule, ...outcome }];
    }),
    hasTargets: judgedBySecond(run.thresholds).length > 0,
  };
}

/**
 * The reasons why the run fails because of its spikes, regardless of its thresholds; empty if the service recovered from
 * each.
 */
export function spikeFailures({ spikes }: SpikeResult): string[] {
  return spikes.flatMap(({ recovery }, index) => {
    const which = spikes.length > 1 ? `spike ${index + 1}` : "the spike";
    if (recovery.kind === "recovered") return [];
    const seconds = Math.round(recovery.observedMs / 1_000);
    const still = `the service was not back at its baseline ${seconds} s after ${which}`;
    return [recovery.kind === "metastable" ? `${still} and will not recover without intervention (metastable)` : still];
  });
}
