import * as z from "zod";

/** An observed metric that moved; values are in its unit. */
const moved = z.strictObject({
  name: z.string(),
  unit: z.string().nullable(),
  /** Above or below what the load explains; or it rose or fell with the load, and stopped. */
  kind: z.enum(["rose", "fell", "ceiling", "floor"]),
  /** Before, with or after the break of the service. */
  when: z.enum(["before", "with", "after"]),
  /** Where it moved, like `breakAt`. */
  at: z.number(),
  value: z.number(),
  /** Where 95 of 100 readings would be if it had not moved. */
  expected: z.strictObject({ low: z.number(), high: z.number() }).readonly(),
  /** The chance that a metric that did not move looks so, corrected for the number of metrics. */
  p: z.number(),
  sureness: z.enum(["very likely", "likely"]),
  /** When it was back after a spike, in ms since the start of the run; null if it was not seen back. */
  backAtMs: z.number().nullable().exactOptional(),
});

/** A metric of which too little was read. */
const untold = z.strictObject({ name: z.string(), reason: z.string() });

/** Which observed metrics moved when the service broke; `Saturation` of the analysis. */
export const saturationSchema = z.strictObject({
  /** The load: the rate or the users of a search, a spike, or a soak. */
  of: z.enum(["rate", "users", "spike", "soak"]),
  /**
   * Where the service broke: iterations per second, users, or ms since the start of the run; null if a spike broke no target,
   * or a soak has no step.
   */
  breakAt: z.number().nullable(),
  /** What moved first comes first. */
  moved: z.array(moved).readonly(),
  /** The names of the metrics that did not move. */
  still: z.array(z.string()).readonly(),
  untold: z.array(untold).readonly(),
});
