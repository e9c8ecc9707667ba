import * as z from "zod";

/*
 * `muster-baseline/1`: one run in a file, so that another run can be compared with it on a machine without its store, as in
 * CI. Times are in ms. All columns of a table have the same length.
 */

const counts = z.array(z.int());
const percentiles = z.array(z.number().nullable());

/** The figures of an endpoint, with one entry per section of time. */
const columns = z.strictObject({
  requests: counts,
  failures: counts,
  /** The percentiles of the response time; null without requests. */
  p50Ms: percentiles,
  p95Ms: percentiles,
  p99Ms: percentiles,
});

const endpoint = z.strictObject({
  /** The method; empty in `total`. */
  method: z.string(),
  /** The name; "Aggregated" in `total`. */
  name: z.string(),
  requests: z.int(),
  failures: z.int(),
  p50Ms: z.number().nullable(),
  p95Ms: z.number().nullable(),
  p99Ms: z.number().nullable(),
  /** The response times in microseconds: HdrHistogram's V2 compressed encoding in base64. */
  histogram: z.base64(),
  sections: columns,
  /** The figures over time, for drawing; null for endpoints that are not among the busiest. */
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

/** What a run was asked to do. A difference in it is not a change of the service. */
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
  /** Whether a user changed or paused the load while the run was in progress. */
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
      /** The start as ISO 8601 in UTC. */
      startedAt: z.string(),
      durationMs: z.number().nonnegative(),
      workers: z.int(),
      peakUsers: z.int(),
      /** The verdict; null if the run had no result. */
      verdict: z.string().nullable(),
      musterVersion: z.string().nullable(),
      /** What the run was asked to do; absent in baselines of earlier versions. */
      asked: asked.exactOptional(),
    }),
    /** The lengths of the sections by which significance is judged; empty if the run was too short. */
    sectionMs: z.array(z.number().positive()),
    /** The time sections of the series, which are for drawing, and the peak number of users in each. */
    series: z.strictObject({ startMs: z.array(z.number()), widthMs: z.array(z.number()), users: counts }),
    total: endpoint,
    endpoints: z.array(endpoint),
    /** The observed metrics of the service; absent if nothing was observed, and in baselines of earlier versions. */
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
