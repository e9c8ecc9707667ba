import * as z from "zod";

const direction = z.enum(["worse", "better"]);

const verdict = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("stable") }),
  z.strictObject({ kind: z.literal("drifting"), direction, targetBreaksAfterMs: z.number().nullable() }),
  z.strictObject({
    kind: z.literal("step"),
    direction,
    atMs: z.number(),
    before: z.number(),
    after: z.number(),
  }),
  z.strictObject({ kind: z.literal("oscillating"), periodMs: z.number(), lowToHigh: z.number() }),
  z.strictObject({ kind: z.literal("insufficient"), reason: z.string() }),
]);

const trend = z.strictObject({
  median: z.number(),
  perHour: z.number(),
  relativePerHour: z.number(),
  lowPerHour: z.number(),
  highPerHour: z.number(),
  p: z.number(),
  leastDetectablePerHour: z.number(),
  points: z.int(),
  line: z
    .strictObject({ fromMs: z.number(), toMs: z.number(), from: z.number(), to: z.number() })
    .readonly()
    .exactOptional(),
});

const statistics = ["p50", "p95", "p99", "errorRate", "throughput", "heap", "pause", "slowShare", "observed"] as const;

const series = z.strictObject({
  subject: z.string(),
  statistic: z.enum(statistics),
  verdict,
  trend: trend.nullable(),
  limit: z.number().exactOptional(),
});

/** An observed metric; `subject` is its name. */
const observed = z.strictObject({
  ...series.shape,
  statistic: z.literal("observed"),
  unit: z.string().nullable(),
  /** Whether the run fails if the metric drifts for the worse. */
  isJudged: z.boolean(),
});

/** Whether a soak drifted; `DriftResult` of the analysis. */
export const driftSchema = z.strictObject({
  kind: z.enum(["stable", "drifting", "step", "oscillating", "insufficient"]),
  series: z.array(series).readonly(),
  workers: z.array(series).readonly(),
  /** The observed metrics; absent if nothing was observed. */
  observed: z.array(observed).readonly().exactOptional(),
  /** The only period that was judged; absent unless the load was changed. */
  judgedMs: z.strictObject({ from: z.number(), to: z.number() }).readonly().exactOptional(),
});
