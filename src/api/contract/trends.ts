import * as z from "zod";
import { runRowSchema } from "./runs.ts";

/* The history of each test and profile. */

/** Successive runs whose figure stayed the same but for noise; see `RunLevel` of src/analysis/history. */
const levelSchema = z.strictObject({
  /** The position of its first run in `runs`. */
  from: z.int(),
  /** The number of its runs. */
  runs: z.int(),
  /** Its median. */
  value: z.number(),
  /** Where 99 of 100 further runs would lie; null with fewer than 5 runs. */
  band: z.strictObject({ low: z.number(), high: z.number() }).nullable(),
  /** The change from the level before, relative to it; for an error rate the difference. Null for the first. */
  change: z.number().nullable(),
  isWorse: z.boolean(),
});
export type TrendLevel = z.infer<typeof levelSchema>;

export const trendSchema = z.strictObject({
  test: z.string(),
  profile: z.string(),
  /** The newest run, whatever became of it. */
  latest: runRowSchema,
  /** The runs that passed or failed with at least one request, the oldest first. */
  runs: z.array(runRowSchema).readonly(),
  /** The number of runs that do not count: invalid, aborted, without requests, or not ended. */
  leftOut: z.int(),
  /** For p95 in ms, the share of failed requests, and requests per second. */
  figures: z.strictObject({
    p95: z.array(levelSchema).readonly(),
    errorRate: z.array(levelSchema).readonly(),
    requestsPerSecond: z.array(levelSchema).readonly(),
  }),
});
export type TestTrend = z.infer<typeof trendSchema>;
