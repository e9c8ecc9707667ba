import type { Logger } from "pino";
import { needsWindows } from "../analysis/run-analyses.ts";
import type { StoredRun } from "../master/record/stored-run.ts";
import type { RunOutcome } from "../master/run-outcome.ts";
import { storedHealth } from "../report/result/health-result.ts";
import { resultOf } from "../report/result/result-of.ts";
import type { Result } from "../report/result/result-schema.ts";
import type { RunData } from "../report/result/run-data.ts";
import { type RunEnd, runEndOf } from "../report/result/run-end.ts";
import { storeError } from "../store/storage-fault.ts";
import { StoreError } from "../store/store-error.ts";
import type { RunDefinition } from "./run-definition.ts";

/**
 * Returns the data of a run from the memory of its master. Analyses that need windows and trials (of a spike, of drift and of a
 * search) are left out, so that a result can be made from the data once a second.
 */
export function liveRunData(definition: RunDefinition, outcome: RunOutcome): RunData {
  const { runId: id, testName, resolved, facts, createdAt } = definition;
  const { collector, startedAt, isOver, ...rest } = outcome;
  const { totals, windows, spans, ledger, lifecycleRequests, health } = collector;
  return {
    ...rest,
    id,
    testName,
    profile: resolved.profile,
    host: resolved.host,
    startedAt: startedAt?.toISOString() ?? createdAt,
    facts,
    totals,
    users: { latest: windows.latestUsers, peak: windows.peakUsers, peakByClass: windows.peaks },
    spans: isOver ? spans : { final: (threshold) => spans.current(threshold) },
    health: health.byWorker(),
    ledger,
    lifecycleRequests,
    search: null,
    windows: null,
  };
}

/** Decides the result of a run that has just ended, and stores what `storedRunData` needs to restore its data. */
export function endedResult(definition: RunDefinition, outcome: RunOutcome, log: Logger): Result {
  const { ending, search } = outcome;
  const data = { ...liveRunData(definition, outcome), ending, search };
  const { storage } = definition;
  if (storage === null) return resultOf(data);
  const isStored = saveEnd(storage, runEndOf(data));
  try {
    using reader = storage.reader();
    if (storage.hasFailed && reader.requestCount() !== data.totals.merged().requests) {
      throw storeError("store-incomplete", storage.path, data.id);
    }
    const known = new Map(data.workers.map(({ number }) => [number, outcome.collector.health.factsOf(number)]));
    // The store of a long run has fewer samples of each worker than the worker sent. Use them, so that every result is made
    // from the same samples.
    const health = isStored ? storedHealth(reader.health(), known) : data.health;
    return resultOf({ ...data, health, windows: () => reader.windows() });
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    if (needsWindows(definition.resolved)) log.error(`the analyses cannot be made: ${error.message}`);
    return resultOf({ ...data, areWindowsLost: true });
  }
}

/** Stores the end of a run. Returns false if the store fails; storing the result then reports the reason. */
function saveEnd(storage: StoredRun, end: RunEnd): boolean {
  try {
    storage.saveEnd(end);
    return true;
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    return false;
  }
}
