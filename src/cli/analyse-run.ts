import type { Logger } from "pino";
import { capacityResult, type SearchRecord } from "../analysis/capacity/capacity-result.ts";
import { decoded, type KeptWindow } from "../analysis/measured-window.ts";
import type { RunAnalyses } from "../analysis/run-analyses.ts";
import { spikeResult } from "../analysis/spike/spike-result.ts";
import type { RunOutcome } from "../master/run-outcome.ts";
import type { ResolvedRun } from "../scenario/resolve.ts";
import type { Store } from "../store/store.ts";
import { StoreError } from "../store/store-error.ts";

/** What a run left that is judged beside its totals. */
interface RunRecord {
  /** How long it was, or is so far. */
  readonly durationMs: number;
  /** `searchOf` what steered the load; null when there was no load. */
  readonly search: SearchRecord | null;
  /** As of a `RunReader`; null when they are lost. */
  readonly windows: Iterable<KeptWindow> | null;
}

/**
 * What a run was asked beside its thresholds: a pure function of what is kept of it, so that it can be judged again when it
 * is over or was cut short.
 */
function analyseRun(resolved: ResolvedRun, { durationMs, search, windows }: RunRecord): RunAnalyses {
  const { spike, thresholds, scenarios } = resolved;
  const load = scenarios[0]?.load;
  const endMs = Math.min(durationMs, resolved.durationMs);
  const arrivals = load?.kind === "open" ? load.plan : null;
  return {
    spike:
      spike === null || windows === null ? null : spikeResult(decoded(windows), spike, { thresholds, arrivals, endMs }),
    capacity: resolved.search === null || search === null ? null : capacityResult(resolved.search, search),
  };
}

/** Whether the windows of the run are needed for its result. */
export function needsWindows({ spike }: ResolvedRun): boolean {
  return spike !== null;
}

/** Of a run that has just ended. Without the windows that it should be made of, a result says less, and all the same the truth. */
export function analysesOf(outcome: RunOutcome, store: Store | null, log: Logger): RunAnalyses {
  const { resolved, runId } = outcome;
  if (store === null || !needsWindows(resolved)) return analyseRun(resolved, { ...outcome, windows: null });
  try {
    using reader = store.reader(runId);
    return analyseRun(resolved, { ...outcome, windows: reader.windows() });
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    log.error(`the store failed, so the run is judged without its windows: ${error.message}`);
    return analyseRun(resolved, { ...outcome, windows: null });
  }
}
