import * as z from "zod";

/* What a worker of a run with `maxRequests` or `maxRequestsPerSecond` requests from the master under the name `permits`. */

/** Reports what became of permits, and requests more. */
export const permitRequest = z.strictObject({
  /** Permits that were used since the last report. */
  used: z.int().nonnegative(),
  /** Permits that the worker returns: it has no request for them, or their time has passed. */
  unused: z.int().nonnegative(),
  /** How many it can use; 0 for a report only. */
  wanted: z.int().nonnegative().max(10_000),
});

/** The value of the response. */
export const permitResponse = z.strictObject({
  count: z.int().nonnegative(),
  /** When the first may be used, in ms since the start of the run, and the time between two. */
  firstMs: z.number(),
  everyMs: z.number().nonnegative(),
  /** Whether all requests of the run have been made. */
  isOver: z.boolean(),
});

export type PermitRequest = z.infer<typeof permitRequest>;
export type PermitResponse = z.infer<typeof permitResponse>;
