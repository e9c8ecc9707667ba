import { orderStatistic } from "./order-statistic.ts";

/**
 * The factor that makes the median absolute deviation of normal data equal to their standard deviation: 1 /
 * normalQuantile(0.75).
 */
const normalConsistency = 1.482602218505602;

/** The median: the middle value, or the mean of the two middle ones; NaN without values. */
export function median(values: ArrayLike<number>): number {
  const copy = Float64Array.from(values);
  const { length } = copy;
  if (length === 0) return Number.NaN;
  const upper = orderStatistic(copy, (length >> 1) + 1);
  if (length % 2 === 1) return upper;
  const lower = orderStatistic(copy, length >> 1);
  // The sum of very large values is infinite, and half of the smallest value is 0.
  return Number.isFinite(lower + upper) ? (lower + upper) / 2 : lower / 2 + upper / 2;
}

/**
 * The median absolute deviation from the median, scaled so that it estimates the standard deviation of normal data. Up to
 * half of the values may be wrong without spoiling it. NaN without values.
 *
 * Source: F. R. Hampel, "The influence curve and its role in robust estimation", JASA 69 (1974).
 */
export function robustDeviation(values: ArrayLike<number>, centre = median(values)): number {
  return normalConsistency * median(Array.from(values, (value) => Math.abs(value - centre)));
}

/** The limit, in robust deviations, to which outliers are clipped: one slow minute must not bend a curve. */
const farthestDeviations = 5;

/** Clips values that are far from the median to 5 robust deviations from it. */
export function withoutOutliers(values: readonly number[]): readonly number[] {
  const centre = median(values);
  const reach = farthestDeviations * robustDeviation(values, centre);
  if (!(reach > 0)) return values; // more than half are equal, and clipping would make them all equal
  return values.map((value) => Math.min(centre + reach, Math.max(centre - reach, value)));
}
