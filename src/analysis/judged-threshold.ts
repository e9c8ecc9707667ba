import { evaluateThreshold, satisfies, type ThresholdOutcome } from "../core/thresholds/evaluate.ts";
import type { Threshold } from "../core/thresholds/threshold.ts";
import type { CumulativeHistogram } from "../stats/histogram/cumulative-histogram.ts";
import { histogramOf, metricSourceOf, type RunMeasurements } from "./metric-source.ts";
import { normalQuantile } from "./statistics/normal-distribution.ts";
import { percentileInterval } from "./statistics/percentile-interval.ts";

/** The confidence interval of a measured percentile, in ms. */
export interface PercentileConfidence {
  readonly lowMs: number;
  /** The upper end; null if there are too few samples. */
  readonly highMs: number | null;
  /** Whether the percentile may be on the other side of the bound: another run could end differently. */
  readonly close: boolean;
}

/** The confidence of the interval and of the estimate beyond the measured values. */
const confidence = 0.95;

/**
 * Computes how certain the outcome of a threshold on a percentile is. The value alone decides whether it passes.
 *
 * @param histogram the requests that the threshold was evaluated on
 * @returns undefined for other thresholds, and without data
 */
export function percentileConfidence(
  { expression }: Threshold,
  histogram: CumulativeHistogram,
): PercentileConfidence | undefined {
  const { aggregation } = expression;
  const percentile =
    aggregation.kind === "med" ? 50 : aggregation.kind === "percentile" ? aggregation.percentile : null;
  // p0 and p100 are measured values: a largest value has no interval.
  if (percentile === null || percentile <= 0 || percentile >= 100) return undefined;
  const interval = percentileInterval(histogram, percentile, confidence);
  if (interval === undefined) return undefined;
  const highMs = Number.isFinite(interval.high) ? interval.high / 1_000 : null;
  const lowMs = interval.low / 1_000;
  // With too few samples for an end of the interval, values far beyond the measured ones are still unlikely.
  const lowest = interval.low > 0 ? lowMs : (histogram.minMicros / 1_000) * beyond(histogram.count, percentile);
  const highest = highMs ?? histogram.maxMicros / 1_000 / beyond(histogram.count, 100 - percentile);
  return { lowMs, highMs, close: satisfies(lowest, expression) !== satisfies(highest, expression) };
}

/**
 * Returns a factor of at most 1: how far below the smallest of `count` values a percentile may be; by symmetry, how far
 * above the largest. With the confidence of the interval, the smallest value is at most at a certain quantile. Below that
 * quantile, the distribution is assumed to be log-normal with a standard deviation of 1, wider than response times
 * usually are. If there are enough samples for the interval to have this end, the factor is 1.
 */
function beyond(count: number, percentile: number): number {
  const quantileOfSmallest = -Math.expm1(Math.log((1 - confidence) / 2) / count);
  return Math.min(1, Math.exp(normalQuantile(percentile / 100) - normalQuantile(quantileOfSmallest)));
}

export interface JudgedThreshold extends ThresholdOutcome {
  /** Whether the percentile may be on the other side of its bound: another run could end differently. */
  readonly close: boolean;
  /** The 95 % confidence interval of a percentile; `highMs` is null if there are too few samples. */
  readonly interval?: { readonly lowMs: number; readonly highMs: number | null };
  /** Set if the threshold failed, and could have held if the load generator had not stalled. */
  readonly stalled?: true;
  /** Set if the threshold failed, and could have held if the load had not ended before the end of its plan. */
  readonly cutShort?: true;
  /** Set if the threshold is a lower bound on a counter, failed, and could have held if the workers had generated all of the load. */
  readonly unmade?: true;
  /**
   * What could not be judged, and why: set if the threshold is on an observed metric whose source gave too few values.
   * The threshold has not passed then.
   */
  readonly unobserved?: string;
  /** Set while the run continues, if the threshold fails so far and may hold with more values. */
  readonly open?: true;
  /** Set if nothing in the whole run matched the selector: the condition without a match, and the nearest value. */
  readonly unmatched?: string;
}

/** The outcome of a threshold for which there is nothing to evaluate. */
export function withoutData({ metric, expression, passesWithoutData: passed }: Threshold): JudgedThreshold {
  return { metric, expression: expression.source, value: null, passed, noData: true, close: false };
}

/** Evaluates a threshold on all of `run`. */
export function judgeThreshold(threshold: Threshold, run: RunMeasurements): JudgedThreshold {
  const outcome = evaluateThreshold(threshold, metricSourceOf(run));
  const histogram = histogramOf(threshold.selector.metric.name, threshold.selector, run.totals);
  const confidence = histogram === undefined ? undefined : percentileConfidence(threshold, histogram);
  if (confidence === undefined) return { ...outcome, close: false };
  const { close, ...interval } = confidence;
  return { ...outcome, close, interval };
}
