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
  /** The two-sided p-value: the probability of a score at least this far from 0 without a trend. */
  readonly p: number;
  /** The factor by which the dependence between points increases the variance; 1 if they are independent. */
  readonly varianceFactor: number;
}

/**
 * Estimates a trend: the Theil-Sen slope with its interval, and the Mann-Kendall test, both with the variance of Hamed
 * and Rao. Negative autocorrelation is not used to make the test more powerful.
 *
 * @returns undefined for fewer than four points
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
