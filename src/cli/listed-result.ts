import * as z from "zod";

/** What a list shows of a result: of any version. */
export const listedResult = z.object({
  verdict: z.string(),
  peakUsers: z.number(),
  run: z.object({ durationMs: z.number(), workers: z.number() }),
  total: z.object({
    requests: z.number(),
    failures: z.number(),
    requestsPerSecond: z.number(),
    responseTimeMs: z.object({ percentiles: z.record(z.string(), z.number()) }),
  }),
});
