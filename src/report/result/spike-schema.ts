import * as z from "zod";
import { failureKinds } from "../../core/failure-kind.ts";

const absorption = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("unharmed") }),
  z.strictObject({ kind: z.literal("absorbed"), afterMs: z.number() }),
  z.strictObject({ kind: z.literal("not-absorbed") }),
  z.strictObject({ kind: z.literal("unwatched"), because: z.string() }),
]);

const recovery = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("recovered"), afterMs: z.number() }),
  z.strictObject({ kind: z.literal("metastable"), observedMs: z.number() }),
  z.strictObject({ kind: z.literal("unrecovered"), observedMs: z.number() }),
  z.strictObject({ kind: z.literal("unwatched"), because: z.string() }),
]);

/** How the service handled a spike load; `SpikeResult` of the analysis. */
export const spikeSchema = z.strictObject({
  /** The medians before the first spike; null if too little was measured. */
  baseline: z
    .strictObject({
      p50Ms: z.number(),
      p95Ms: z.number(),
      goodPerSecond: z.number(),
      errorRate: z.number(),
      recoveredP95Ms: z.number(),
      recoveredErrorRate: z.number(),
    })
    .nullable(),
  spikes: z
    .array(
      z.strictObject({
        riseMs: z.number(),
        peakMs: z.number(),
        dropMs: z.number(),
        warmth: z.enum(["cold", "warm"]),
        detectMs: z.number().nullable(),
        absorption,
        recovery,
        peakP99Ms: z.number().nullable(),
        overshoot: z.number().nullable(),
        errorBurst: z
          .strictObject({ count: z.number(), lengthMs: z.number(), firstKind: z.enum(failureKinds) })
          .nullable(),
        damage: z.number(),
        goodputDip: z.number(),
        residualP50Ms: z.number().nullable(),
      }),
    )
    .readonly(),
  hasTargets: z.boolean(),
  /** Why spikes could not be judged, one sentence each. */
  notJudged: z.array(z.string()).readonly().exactOptional(),
});
