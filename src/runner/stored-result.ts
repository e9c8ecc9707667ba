import * as z from "zod";
import { ConfigurationError } from "../core/errors.ts";
import { resultOf } from "../report/result/result-of.ts";
import { type Result, resultSchema } from "../report/result/result-schema.ts";
import { storedRunData } from "../report/result/stored-run-data.ts";
import type { RunRecord } from "../store/run-record.ts";
import { storeError } from "../store/storage-fault.ts";
import type { Store } from "../store/store.ts";

/** The parts of a result that a list shows. They are the same in results of all versions. */
export const listedResult = z.object({
  verdict: z.string(),
  peakUsers: z.number(),
  run: z.object({ durationMs: z.number(), workers: z.number() }),
  total: z.object({
    requests: z.number(),
    failures: z.number(),
    requestsPerSecond: z.number(),
    responseTimeMs: z.object({ percentiles: z.record(z.string(), z.number()) }),
  }),
});

/**
 * Returns the result of a run in the store: the result that it ended with, which no later version changes. If there is none,
 * the result is made from the data of the run, as far as they were recorded.
 * @throws ConfigurationError when another version of muster wrote it; StoreError
 */
export function storedResult(store: Store, id: string): Result {
  const run = store.run(id);
  if (run === undefined) throw storeError("store-run-unknown", store.path, id);
  if (run.result !== null) return parsed(run);
  using reader = store.reader(id);
  return resultOf(storedRunData(run, reader));
}

function parsed({ id, result }: RunRecord): Result {
  const { success } = resultSchema.safeParse(result);
  if (success) return result as Result;
  const { musterVersion = "unknown" } = (result as { run?: { musterVersion?: string } }).run ?? {};
  throw new ConfigurationError(`run ${id} was written by another version of muster (${musterVersion}): use that one`);
}
