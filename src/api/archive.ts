import type { Result } from "../report/result/result-schema.ts";

/** Parts of a result that can be asked for by themselves. */
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

/** Files of a run: what each is, and what its name ends with. */
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

/** Of a run that goes on: its result as it stands, which the store does not have. */
export interface LiveResult {
  readonly id: string;
  readonly result: Result;
  /** Up to here all its workers have reported, in ms since its start. */
  readonly wholeToMs: number;
}

export type ArchiveQuestion =
  /** The newest first, as a JSON array of `RunRow`. */
  | { readonly kind: "runs"; readonly limit: number; readonly live: LiveResult | null }
  /** As JSON, whole or a part of it. */
  | {
      readonly kind: "result";
      readonly id: string;
      readonly section: ResultSection | null;
      readonly live: LiveResult | null;
    }
  /** `RunReport` as JSON. */
  | {
      readonly kind: "report";
      readonly id: string;
      readonly maxWindows: number | null;
      readonly live: LiveResult | null;
    }
  | { readonly kind: "file"; readonly id: string; readonly file: RunFile; readonly live: LiveResult | null }
  /** `muster-comparison/1` as JSON. */
  | { readonly kind: "compare"; readonly before: string; readonly after: string };

/** A run in the list. What was measured is null while there is no result. */
export interface RunRow {
  readonly id: string;
  readonly name: string | null;
  readonly tags: readonly string[];
  readonly test: string;
  readonly profile: string;
  readonly host: string;
  /** ISO 8601, as `startedAt`. */
  readonly createdAt: string;
  readonly startedAt: string | null;
  readonly state: string;
  readonly verdict: string | null;
  readonly durationMs: number | null;
  /** The most at the same time. */
  readonly users: number | null;
  readonly workers: number | null;
  readonly requests: number | null;
  readonly failures: number | null;
  readonly requestsPerSecond: number | null;
  readonly p95Ms: number | null;
}

/** Answers what is asked of stored runs, without holding up the run that goes on. */
export interface Archive {
  /** @throws MusterError what is wrong with the question, or the store. */
  ask(question: ArchiveQuestion): Promise<Uint8Array<ArrayBuffer>>;
}
