import * as z from "zod";

/*
 * `muster-baseline/1`: one run in a file, so that another can be compared with it where its store is not, as in CI. Times are
 * in ms, sizes of arrays those of what they are columns of.
 */

const counts = z.array(z.int());
const percentiles = z.array(z.number().nullable());

/** One entry per section of time. */
const columns = z.strictObject({
  requests: counts,
  failures: counts,
  /** Percentiles of the response time; null without requests. */
  p50Ms: percentiles,
  p95Ms: percentiles,
  p99Ms: percentiles,
});

const endpoint = z.strictObject({
  /** Empty in `total`. */
  method: z.string(),
  /** "Aggregated" in `total`. */
  name: z.string(),
  requests: z.int(),
  failures: z.int(),
  p50Ms: z.number().nullable(),
  p95Ms: z.number().nullable(),
  p99Ms: z.number().nullable(),
  /** Response times in microseconds: HdrHistogram's V2 compressed encoding in base64. */
  histogram: z.base64(),
  sections: columns,
  /** Null for endpoints that are not among the busiest. */
  series: columns.nullable(),
});

const observedMetric = z.strictObject({
  name: z.string(),
  unit: z.string().nullable(),
  count: z.int(),
  min: z.number(),
  avg: z.number(),
  max: z.number(),
});

/** What a run was asked to do, so that a difference in it is not taken for a change of the service. */
const asked = z.strictObject({
  /** The hash of the test's code, bundled by this version of muster. */
  codeHash: z.string(),
  /** The planned load; see `PlanColumns`. */
  plan: z.strictObject({
    atMs: z.array(z.number()),
    users: z.array(z.number()).nullable(),
    ratePerSecond: z.array(z.number()).nullable(),
  }),
  /** The user classes and their tasks, each with its share of 0 to 1. */
  classes: z.array(
    z.strictObject({
      scenario: z.string(),
      name: z.string(),
      share: z.number(),
      tasks: z.array(z.strictObject({ name: z.string(), share: z.number() })),
    }),
  ),
  /** Whether a person changed or paused the load while it ran. */
  wasSteered: z.boolean(),
  /** What made connections accept any certificate, such as "--insecure". Absent if nothing did. */
  insecure: z.exactOptional(z.array(z.string())),
});

export type AskedOfRun = z.infer<typeof asked>;

export const baselineSchema = z
  .strictObject({
    schema: z.literal("muster-baseline/1"),
    run: z.strictObject({
      id: z.string(),
      name: z.string().nullable(),
      test: z.string(),
      profile: z.string(),
      host: z.string(),
      /** ISO 8601, UTC. */
      startedAt: z.string(),
      durationMs: z.number().nonnegative(),
      workers: z.int(),
      peakUsers: z.int(),
      /** Null when the run had no result. */
      verdict: z.string().nullable(),
      musterVersion: z.string().nullable(),
      /** Absent in baselines of earlier versions. */
      asked: asked.exactOptional(),
    }),
    /** The lengths of the sections that significance is judged by; none if the run was too short. */
    sectionMs: z.array(z.number().positive()),
    /** The time sections of the series, which are for drawing, and the peak number of users in each. */
    series: z.strictObject({ startMs: z.array(z.number()), widthMs: z.array(z.number()), users: counts }),
    total: endpoint,
    endpoints: z.array(endpoint),
    /** What was observed of the service; absent if nothing was, and in baselines of earlier versions. */
    observed: z.exactOptional(z.array(observedMetric)),
  })
  .refine(
    ({ sectionMs, series, total, endpoints }) =>
      [total, ...endpoints].every(
        (each) => hasLength(each.sections, sectionMs.length) && hasLength(each.series, series.startMs.length),
      ),
    { error: "its columns differ in length" },
  );

export type Baseline = z.infer<typeof baselineSchema>;

function hasLength(table: z.infer<typeof columns> | null, length: number): boolean {
  return table === null || Object.values(table).every((column) => column.length === length);
}
