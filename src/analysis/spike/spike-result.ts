import type { Window } from "../../stats/windows.ts";
import { type SpikeOptions, spikeReport } from "./spike-analysis.ts";
import type { SpikeBaseline, SpikeOutcome } from "./spike-report.ts";
import type { SpikeSchedule } from "./spike-window.ts";
import { judgedBySecond, type SpikedRun, spikeWindows } from "./windows-of-run.ts";

export interface PlannedSpikes {
  readonly spikes: readonly SpikeSchedule[];
  readonly baselineFromMs: number;
  /** Of the times that are asked of the service. */
  readonly timeScale: number;
}

export interface SpikeResult {
  readonly baseline: SpikeBaseline | null;
  /** Those that had begun when the run ended. */
  readonly spikes: readonly (SpikeSchedule & SpikeOutcome)[];
  /** Whether any target says what harm in one second is: without one, no spike does any. */
  readonly hasTargets: boolean;
}

/** How the service took the spikes of a run, from its windows in the order of time. */
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

/** Why a run with such spikes fails, whatever its thresholds say; empty when the service recovered from each. */
export function spikeFailures({ spikes }: SpikeResult): string[] {
  return spikes.flatMap(({ recovery }, index) => {
    const which = spikes.length > 1 ? `spike ${index + 1}` : "the spike";
    if (recovery.kind === "recovered") return [];
    const seconds = Math.round(recovery.observedMs / 1_000);
    const still = `the service was not back at its baseline ${seconds} s after ${which}`;
    return [recovery.kind === "metastable" ? `${still}, and will not come back by itself (metastable)` : still];
  });
}
