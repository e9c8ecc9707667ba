import type { Logger } from "pino";
import { type AskedAnalyses, analyse, needsWindows, type RunAnalyses } from "../analysis/run-analyses.ts";
import type { RunOutcome } from "../master/run-outcome.ts";
import type { ResolvedRun } from "../scenario/resolve/resolve.ts";
import type { Store } from "../store/store.ts";
import { StoreError } from "../store/store-error.ts";

/** What a run is asked beside its thresholds. */
export function askedOf({ thresholds, scenarios, durationMs, spike, drift, search }: ResolvedRun): AskedAnalyses {
  const load = scenarios[0]?.load;
  const arrivals = load?.kind === "open" && search === null ? load.plan : null;
  return { thresholds, arrivals, endMs: Number.isFinite(durationMs) ? durationMs : null, spike, drift, search };
}

/** Of a run that has just ended. Without the windows that it should be made of, a result says less, and all the same the truth. */
export function analysesOf(outcome: RunOutcome, store: Store | null, log: Logger): RunAnalyses {
  const asked = askedOf(outcome.resolved);
  const { search, collector, load, runId } = outcome;
  const kept = { durationMs: load.endedMs, search, workers: collector.health.all() };
  if (store === null || !needsWindows(asked)) return analyse(asked, { ...kept, windows: null });
  try {
    using reader = store.reader(runId);
    return analyse(asked, { ...kept, windows: () => reader.windows() });
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    log.error(`the store failed, so the run is judged without its windows: ${error.message}`);
    return analyse(asked, { ...kept, windows: null });
  }
}
