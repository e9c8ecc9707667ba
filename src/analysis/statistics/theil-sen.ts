import type { Interval } from "./interval.ts";
import { normalQuantile } from "./normal-distribution.ts";
import { orderStatistic } from "./order-statistic.ts";
import type { SeriesPoint } from "./series-point.ts";

/**
 * The slopes between all pairs of points. Their median, {@link medianSlope}, is the slope of a line that up to 29 % of
 * outliers do not affect.
 *
 * Source: P. K. Sen, "Estimates of the regression coefficient based on Kendall's tau", JASA 63 (1968), after H. Theil
 * (1950).
 */
export function pairwiseSlopes(points: readonly SeriesPoint[]): Float64Array {
  const slopes = new Float64Array((points.length * (points.length - 1)) / 2);
  let filled = 0;
  for (let later = 1; later < points.length; later++) {
    const { at, value } = points[later] as SeriesPoint;
    for (let earlier = 0; earlier < later; earlier++) {
      const from = points[earlier] as SeriesPoint;
      slopes[filled++] = (value - from.value) / (at - from.at);
    }
  }
  return slopes;
}

/** The Theil-Sen estimate of the slope; NaN without slopes. Reorders the slopes. */
export function medianSlope(slopes: Float64Array): number {
  const { length } = slopes;
  if (length === 0) return Number.NaN;
  const upper = orderStatistic(slopes, (length >> 1) + 1);
  return length % 2 === 1 ? upper : (orderStatistic(slopes, length >> 1) + upper) / 2;
}

/** The Theil-Sen estimate of the slope of `points`; NaN for fewer than two. */
export function theilSenSlope(points: readonly SeriesPoint[]): number {
  return medianSlope(pairwiseSlopes(points));
}

/**
 * Sen's distribution-free confidence interval of the slope. Reorders the slopes (at least one).
 *
 * @param scoreVariance the variance of Kendall's score of the same points: `kendallVariance`, corrected if the points
 * depend on each other
 */
export function slopeInterval(slopes: Float64Array, scoreVariance: number, confidence: number): Interval {
  const { length } = slopes;
  const halfWidth = (normalQuantile((1 + confidence) / 2) * Math.sqrt(scoreVariance)) / 2;
  // Rounded outwards, but not beyond the ends: with very few points the interval is too narrow, as Sen's own is.
  const low = orderStatistic(slopes, Math.max(1, Math.floor(length / 2 - halfWidth)));
  const high = orderStatistic(slopes, Math.min(length, Math.ceil(length / 2 + halfWidth + 1)));
  return { low, high };
}
