import type { Threshold } from "../thresholds/threshold.ts";

interface SearchLimits {
  /** What a trial must hold; totals of the whole run are no part of it. */
  readonly targets: readonly Threshold[];
  /** Those totals, which nobody looks at. */
  readonly ignored: readonly Threshold[];
  /** The highest percentile that a target is about. */
  readonly tailPercentile: number;
  readonly deadlineMs: number;
  readonly timeScale: number;
}

/** What a load searches for: the highest rate that holds, or what more users bring. The master decides it, trial by trial. */
export type Search =
  | (SearchLimits & {
      readonly kind: "arrivals";
      readonly startPerSecond: number;
      readonly maxPerSecond: number;
      /** Null when any capacity will do. */
      readonly atLeastPerSecond: number | null;
    })
  | (SearchLimits & {
      readonly kind: "users";
      readonly startUsers: number;
      readonly maxUsers: number;
      /** Users per second from one number of users to the next; null for all at once. */
      readonly spawnRate: number | null;
    });
