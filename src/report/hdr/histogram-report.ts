import type { TimeUnit } from "./time-unit.ts";

/** What `muster report` says of a file of HdrHistogram. As JSON it is `muster-histogram/1`. */
export interface HistogramReport {
  readonly schema: "muster-histogram/1";
  /** As the user named it. */
  readonly file: string;
  readonly format: "log" | "percentiles";
  readonly unit: { readonly name: TimeUnit; readonly because: string };
  /** ISO 8601, UTC; null when the file does not tell it. */
  readonly startedAt: string | null;
  readonly durationMs: number | null;
  readonly total: HistogramFigures;
  readonly tags: readonly (HistogramFigures & { readonly tag: string })[];
  /** One entry for each of at most 20 stretches of time; null when the file tells of one only, or of none. */
  readonly series: HistogramSeries | null;
  /** What the figures do not tell, each in a sentence. */
  readonly notes: readonly string[];
}

export interface HistogramFigures {
  readonly requests: number;
  /** Null when the file does not tell how long it took. */
  readonly requestsPerSecond: number | null;
  readonly responseTimeMs: {
    readonly min: number | null;
    readonly mean: number | null;
    readonly max: number;
    readonly stddev: number | null;
    readonly percentiles: Readonly<Record<string, number>>;
    /** For percentiles that lie between two rows of a percentile text, the lower end; `percentiles` has the upper end. */
    readonly from: Readonly<Record<string, number>>;
  };
}

export interface HistogramSeries {
  readonly startMs: readonly number[];
  readonly widthMs: readonly number[];
  readonly requests: readonly number[];
  readonly maxMs: readonly number[];
}

export const reportedPercentiles = [50, 66, 75, 80, 90, 95, 98, 99, 99.9, 99.99, 100] as const;
