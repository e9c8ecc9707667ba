import * as z from "zod";
import { ConfigurationError } from "../core/errors.ts";
import { resultOf } from "../report/result/result-of.ts";
import { type Result, resultSchema } from "../report/result/result-schema.ts";
import { storedRunData } from "../report/result/stored-run-data.ts";
import type { RunRecord } from "../store/run-record.ts";
import { storeError } from "../store/storage-fault.ts";
import type { Store } from "../store/store.ts";

/** What a list shows of a result: of any version. */
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
 * The result of a run in the store: the one that it ended with, which no later version changes. Of a run without one it is
 * made from the run's data, as far as these go.
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
