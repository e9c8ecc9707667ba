import * as z from "zod";
import type { JudgedThreshold } from "../../analysis/judged-threshold.ts";
import type { ScenarioLoad } from "../../analysis/load/scenario-load.ts";
import { isObservedThreshold } from "../../analysis/observed/observed-threshold.ts";
import type { Ending } from "../../core/run.ts";
import { lifecycleRequest } from "./lifecycle-schema.ts";
import { measurementsOf, type RunData } from "./run-data.ts";

/** Unlike in a result, fields of later versions are ignored. */
export const lifecycleRequests = z.array(lifecycleRequest.strip());

/**
 * The data that only the master knows at the end of a run and that the run's result needs; stored as JSON beside the
 * measurements. Thresholds on a part of the run are judged second by second, which the merged windows of a long run no
 * longer allow.
 */
export const runEnd = z.object({
  musterVersion: z.string(),
  ending: z.custom<Ending>(),
  durationMs: z.number(),
  // Missing in runs from before this field existed.
  loadMs: z.number().nullable().default(null),
  loadEndedMs: z.number(),
  /** The planned and the generated load of each scenario; null in runs from before this field existed. */
  load: z.array(z.custom<ScenarioLoad>()).nullable().default(null),
  users: z.object({
    latest: z.number(),
    peak: z.number(),
    peakByClass: z.array(z.tuple([z.string(), z.number()])),
  }),
  /** The judged thresholds by position; null for a threshold on the whole run, unless it is on an observed metric. */
  spans: z.array(z.custom<JudgedThreshold>().nullable()),
  warnings: z.array(z.string()),
  lifecycleRequests,
  /** The virtual users assigned to each worker, by its number. */
  workerUsers: z.array(z.tuple([z.int(), z.int()])),
  /** The names of the checks, in the order in which the master first saw them. */
  checks: z.array(z.string()),
});

export type RunEnd = z.infer<typeof runEnd>;

/** Returns what to store of a run that has ended, so that `storedRunData` can rebuild the same data. */
export function runEndOf(data: RunData & { readonly ending: Ending }): RunEnd {
  const { facts, ending, durationMs, loadMs, loadEndedMs, load, users } = data;
  const run = measurementsOf(data);
  return {
    musterVersion: facts.musterVersion,
    ending,
    durationMs,
    loadMs,
    loadEndedMs,
    load: load === null ? null : [...load],
    users: { ...users, peakByClass: [...users.peakByClass] },
    spans: facts.thresholds.map((one) =>
      one.span === null && !isObservedThreshold(one) ? null : data.spans.final(one, run),
    ),
    warnings: [...data.warnings],
    lifecycleRequests: [...data.lifecycleRequests],
    workerUsers: data.workers.map((worker) => [worker.number, worker.users]),
    checks: [...data.totals.checks.keys()],
  };
}
