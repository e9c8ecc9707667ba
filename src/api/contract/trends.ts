import * as z from "zod";
import { runRowSchema } from "./runs.ts";

/* The history of each test and profile. */

/** Successive runs whose figure changed only by noise; see `RunLevel` of src/analysis/history. */
const levelSchema = z.strictObject({
  /** The position of its first run in `runs`. */
  from: z.int(),
  /** The number of its runs. */
  runs: z.int(),
  /** The median of its runs. */
  value: z.number(),
  /** The range in which 99 of 100 further runs would lie; null with fewer than 5 runs. */
  band: z.strictObject({ low: z.number(), high: z.number() }).nullable(),
  /** The change from the level before, as a share of it; for an error rate, the difference. Null for the first level. */
  change: z.number().nullable(),
  isWorse: z.boolean(),
});
export type TrendLevel = z.infer<typeof levelSchema>;

export const trendSchema = z.strictObject({
  test: z.string(),
  profile: z.string(),
  /** The newest run, even if it does not count. */
  latest: runRowSchema,
  /** The runs that passed or failed with at least one request, the oldest first. */
  runs: z.array(runRowSchema).readonly(),
  /** The number of runs that do not count: invalid, aborted, without requests, or not ended. */
  leftOut: z.int(),
  /** The levels of p95 in ms, of the share of failed requests, and of requests per second. */
  figures: z.strictObject({
    p95: z.array(levelSchema).readonly(),
    errorRate: z.array(levelSchema).readonly(),
    requestsPerSecond: z.array(levelSchema).readonly(),
  }),
});
export type TestTrend = z.infer<typeof trendSchema>;
