import * as z from "zod";
import { endReason, trialPurpose } from "../../report/result/capacity-schema.ts";

const length = { settleMs: z.number(), measureMs: z.number() };

/** What a search does from an instant on: `AnySearchStep` of the analysis. */
export const searchStep = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("trial"), purpose: trialPurpose, ratePerSecond: z.number(), ...length }),
  z.strictObject({
    kind: z.literal("drain"),
    ratePerSecond: z.number(),
    untilP95Ms: z.number().nullable(),
    capMs: z.number(),
  }),
  z.strictObject({ kind: z.literal("users"), users: z.number(), spawnRate: z.number().exactOptional(), ...length }),
  z.strictObject({ kind: z.literal("end"), reason: endReason }),
]);
