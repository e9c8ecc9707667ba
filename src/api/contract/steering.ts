import * as z from "zod";

/* Requests that control a run. Unknown fields are rejected. */

/** How to stop: "gently" lets running iterations finish; "at-once" aborts them. */
export const stopFormSchema = z.strictObject({ mode: z.enum(["gently", "at-once"]) });
export type StopForm = z.infer<typeof stopFormSchema>;

/** A new number of users of a closed load, or a new rate of an open one. */
export const loadFormSchema = z
  .strictObject({
    users: z.int().nonnegative().max(1_000_000).exactOptional(),
    ratePerSecond: z.number().nonnegative().exactOptional(),
    /** The duration of the ramp. By default users change at the spawn rate of the plan, and a rate changes at once. */
    overMs: z.int().nonnegative().exactOptional(),
    /** The name of the scenario; default: the first one that has users or a rate. */
    scenario: z.string().exactOptional(),
  })
  .refine(
    ({ users, ratePerSecond }) => (users === undefined) !== (ratePerSecond === undefined),
    "give users or ratePerSecond",
  );
export type LoadForm = z.infer<typeof loadFormSchema>;
