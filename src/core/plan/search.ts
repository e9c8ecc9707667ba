import type { Threshold } from "../thresholds/threshold.ts";

/** The shortest measurement of a trial, in ms. */
export const shortestTrialMs = 15_000;
/** The shortest time before the measurement in which the service settles, in ms. */
export const shortestSettleMs = 5_000;

interface SearchLimits {
  /** The targets that a trial must meet; those on totals of the whole run are excluded. */
  readonly targets: readonly Threshold[];
  /** The excluded targets on totals of the whole run. */
  readonly ignored: readonly Threshold[];
  /** The highest percentile that a target uses. */
  readonly tailPercentile: number;
  readonly deadlineMs: number;
  readonly timeScale: number;
}

/**
 * A capacity search: for the highest arrival rate that meets the targets, or for the throughput of more and more users. The
 * master decides each trial.
 */
export type Search =
  | (SearchLimits & {
      readonly kind: "arrivals";
      readonly startPerSecond: number;
      readonly maxPerSecond: number;
      /** The required capacity; null if any capacity passes. */
      readonly atLeastPerSecond: number | null;
    })
  | (SearchLimits & {
      readonly kind: "users";
      readonly startUsers: number;
      readonly maxUsers: number;
      /** Users started per second between two trials; null for all at once. */
      readonly spawnRate: number | null;
    });
