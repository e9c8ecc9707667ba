import type { DriftStatistic } from "./drift-series.ts";

export type Direction = "worse" | "better";

/** The verdict on one series. All values are in the unit of its statistic. */
export type DriftVerdict =
  | { readonly kind: "stable" }
  | {
      readonly kind: "drifting";
      readonly direction: Direction;
      /**
       * The time from the end of the run until the target fails at this rate; 0 if it already fails, null if it never will.
       */
      readonly targetBreaksAfterMs: number | null;
    }
  | {
      readonly kind: "step";
      readonly direction: Direction;
      readonly atMs: number;
      readonly before: number;
      readonly after: number;
    }
  | { readonly kind: "oscillating"; readonly periodMs: number; readonly lowToHigh: number }
  | { readonly kind: "insufficient"; readonly reason: string };

/** The figures behind the verdict of a series that could be tested. */
export interface DriftTrend {
  /** The median over the steady part of the run. */
  readonly median: number;
  readonly perHour: number;
  /** `perHour` as a fraction of the median. */
  readonly relativePerHour: number;
  /** Confidence interval of `perHour`. */
  readonly lowPerHour: number;
  readonly highPerHour: number;
  /** The p-value, corrected for the number of series. */
  readonly p: number;
  /** The smallest detectable drift: a slower one could have been missed. */
  readonly leastDetectablePerHour: number;
  readonly points: number;
  /**
   * The fitted line, from the first tested point to the last: times in ms since the start of the run, values in the unit
   * of the statistic. Half of the points are above it. Absent in results of earlier versions, and for pauses.
   */
  readonly line?: DriftLine;
}

export interface DriftLine {
  readonly fromMs: number;
  readonly toMs: number;
  readonly from: number;
  readonly to: number;
}

export interface SeriesDrift {
  readonly subject: string;
  readonly statistic: DriftStatistic;
  readonly verdict: DriftVerdict;
  /** The trend; null if there was too little data to test. */
  readonly trend: DriftTrend | null;
  /** The bound of the target of this statistic; absent without a target. */
  readonly limit?: number;
}
