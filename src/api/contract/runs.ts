import * as z from "zod";

/* Stored runs. Results have the schema of `result.json`, `report/result/result-schema.ts`. */

/** A row of the run list. Measurements are null without a result. */
export const runRowSchema = z.strictObject({
  id: z.string(),
  name: z.string().nullable(),
  tags: z.array(z.string()).readonly(),
  test: z.string(),
  profile: z.string(),
  host: z.string(),
  /** The time of creation as ISO 8601, like `startedAt`. */
  createdAt: z.string(),
  startedAt: z.string().nullable(),
  /** The phase of the run; "interrupted" if its master exited without ending the run, which can be resumed. */
  state: z.string(),
  /** When its master last wrote to it, as ISO 8601; null if it never did. */
  activeAt: z.string().nullable(),
  verdict: z.string().nullable(),
  durationMs: z.number().nullable(),
  /** The peak number of users. */
  users: z.int().nullable(),
  workers: z.int().nullable(),
  requests: z.int().nullable(),
  failures: z.int().nullable(),
  requestsPerSecond: z.number().nullable(),
  p95Ms: z.number().nullable(),
});
export type RunRow = z.infer<typeof runRowSchema>;

/** Parts of a result that can be requested separately. */
export const resultSections = [
  "endpoints",
  "errors",
  "exceptions",
  "checks",
  "thresholds",
  "workers",
  "events",
] as const;
export type ResultSection = (typeof resultSections)[number];

/** The files of a run, each with its content type and the suffix of its name. */
export const runFiles = {
  html: { type: "text/html; charset=utf-8", suffix: ".html" },
  json: { type: "application/json", suffix: ".json" },
  junit: { type: "application/xml", suffix: ".xml" },
  markdown: { type: "text/markdown; charset=utf-8", suffix: ".md" },
  csv: { type: "text/csv; charset=utf-8", suffix: "_stats.csv" },
  "csv-history": { type: "text/csv; charset=utf-8", suffix: "_stats_history.csv" },
  "csv-failures": { type: "text/csv; charset=utf-8", suffix: "_failures.csv" },
  "csv-exceptions": { type: "text/csv; charset=utf-8", suffix: "_exceptions.csv" },
  hlog: { type: "text/plain; charset=utf-8", suffix: ".hlog" },
  hgrm: { type: "text/plain; charset=utf-8", suffix: ".hgrm" },
} as const;
export type RunFile = keyof typeof runFiles;
