import type { Interval } from "./interval.ts";
import { kendallScore, kendallVariance, standardScore } from "./mann-kendall.ts";
import { twoSidedP } from "./normal-distribution.ts";
import { hamedRaoFactor } from "./serial-correlation.ts";
import type { SeriesPoint } from "./series-point.ts";
import { medianSlope, pairwiseSlopes, slopeInterval } from "./theil-sen.ts";

export interface TrendEstimate {
  /** Change of the value per unit of time. */
  readonly slope: number;
  readonly interval: Interval;
  /** Probability of so high or low a score when there is no trend. */
  readonly p: number;
  /** How many times the points' dependence on each other has widened the interval's variance; 1 when they are independent. */
  readonly varianceFactor: number;
}

/**
 * Theil-Sen slope with its interval, and the Mann-Kendall test, both with the variance of Hamed and Rao. That points could
 * depend on each other negatively is not used to sharpen the test.
 *
 * @returns undefined when there are fewer than four points
 */
export function trendOf(points: readonly SeriesPoint[], confidence: number): TrendEstimate | undefined {
  if (points.length < 4) return undefined;
  const values = points.map(({ value }) => value);
  const slopes = pairwiseSlopes(points);
  const slope = medianSlope(slopes);
  const varianceFactor = Math.max(1, hamedRaoFactor(points.map(({ at, value }) => value - slope * at)));
  const variance = kendallVariance(values) * varianceFactor;
  const interval = slopeInterval(slopes, variance, confidence);
  return { slope, interval, p: twoSidedP(standardScore(kendallScore(values), variance)), varianceFactor };
}
