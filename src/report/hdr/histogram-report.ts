import type { TimeUnit } from "./time-unit.ts";

/** The report of `muster report` on an HdrHistogram file. As JSON it is `muster-histogram/1`. */
export interface HistogramReport {
  readonly schema: "muster-histogram/1";
  /** The name of the file as the user gave it. */
  readonly file: string;
  readonly format: "log" | "percentiles";
  readonly unit: { readonly name: TimeUnit; readonly because: string };
  /** The start as ISO 8601 in UTC; null if the file does not contain it. */
  readonly startedAt: string | null;
  readonly durationMs: number | null;
  readonly total: HistogramFigures;
  readonly tags: readonly (HistogramFigures & { readonly tag: string })[];
  /** The figures over time, with one entry for each of at most 20 periods; null if the file has one period, or none. */
  readonly series: HistogramSeries | null;
  /** Notes on what the figures leave out, one sentence each. */
  readonly notes: readonly string[];
}

export interface HistogramFigures {
  readonly requests: number;
  /** The rate; null if the file does not contain its duration. */
  readonly requestsPerSecond: number | null;
  readonly responseTimeMs: {
    readonly min: number | null;
    readonly mean: number | null;
    readonly max: number;
    readonly stddev: number | null;
    readonly percentiles: Readonly<Record<string, number>>;
    /**
     * For percentiles that lie between two rows of a percentile text, the value of the lower row; `percentiles` has that
     * of the upper row.
     */
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
