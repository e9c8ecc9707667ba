import type { Logger } from "pino";
import { decoded, type KeptWindow } from "../analysis/measured-window.ts";
import { noAnalyses, type RunAnalyses } from "../analysis/run-analyses.ts";
import { spikeResult } from "../analysis/spike/spike-result.ts";
import type { ResolvedRun } from "../scenario/resolve.ts";
import { StoreError } from "../store/store-error.ts";
import type { RunDefinition } from "./run-definition.ts";

/** Where the windows of a run are kept: a `RunReader`. */
interface WindowSource {
  windows(): Iterable<KeptWindow>;
}

/**
 * What a run was asked beside its thresholds: a pure function of its windows, so that a run that is over, or was cut short,
 * can be judged again.
 *
 * @param durationMs how long the run was, or is so far
 */
function analyseRun(resolved: ResolvedRun, durationMs: number, source: WindowSource): RunAnalyses {
  const { spike, thresholds, scenarios } = resolved;
  const load = scenarios[0]?.load;
  const endMs = Math.min(durationMs, resolved.durationMs);
  const arrivals = load?.kind === "open" ? load.plan : null;
  return {
    spike: spike === null ? null : spikeResult(decoded(source.windows()), spike, { thresholds, arrivals, endMs }),
  };
}

/** Whether the windows of the run are needed for its result. */
export function needsWindows({ spike }: ResolvedRun): boolean {
  return spike !== null;
}

/** Of the run that has just ended. Without the windows that it should be made of, a result says less, and all the same the truth. */
export function analysesOf(
  { store, runId, resolved }: Pick<RunDefinition, "store" | "runId" | "resolved">,
  durationMs: number,
  log: Logger,
): RunAnalyses {
  if (store === null || !needsWindows(resolved)) return noAnalyses;
  try {
    using reader = store.reader(runId);
    return analyseRun(resolved, durationMs, reader);
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    log.error(`the store failed, so the run is judged by its thresholds alone: ${error.message}`);
    return noAnalyses;
  }
}
