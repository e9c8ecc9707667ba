import * as z from "zod";

/** An observed metric that moved; values are in its unit. */
const moved = z.strictObject({
  name: z.string(),
  unit: z.string().nullable(),
  /** How it moved: above or below what the load explains, or it rose or fell with the load until it stopped. */
  kind: z.enum(["rose", "fell", "ceiling", "floor"]),
  /** When it moved, relative to the break of the service. */
  when: z.enum(["before", "with", "after"]),
  /** Where it moved, in the unit of `breakAt`. */
  at: z.number(),
  value: z.number(),
  /** The range in which 95 of 100 readings would lie if it had not moved. */
  expected: z.strictObject({ low: z.number(), high: z.number() }).readonly(),
  /** The probability that a metric that did not move looks like this, corrected for the number of metrics. */
  p: z.number(),
  sureness: z.enum(["very likely", "likely"]),
  /** When it returned to normal after a spike, in ms since the start of the run; null if that was not seen. */
  backAtMs: z.number().nullable().exactOptional(),
});

/** A metric with too few readings to judge. */
const untold = z.strictObject({ name: z.string(), reason: z.string() });

/** The observed metrics that moved when the service broke; `Saturation` of the analysis. */
export const saturationSchema = z.strictObject({
  /** The kind of load: a search by rate or by users, a spike, or a soak. */
  of: z.enum(["rate", "users", "spike", "soak"]),
  /**
   * Where the service broke: iterations per second, users, or ms since the start of the run; null if a spike broke no target,
   * or a soak has no step.
   */
  breakAt: z.number().nullable(),
  /** The metrics that moved, in the order in which they moved. */
  moved: z.array(moved).readonly(),
  /** The names of the metrics that did not move. */
  still: z.array(z.string()).readonly(),
  untold: z.array(untold).readonly(),
});
