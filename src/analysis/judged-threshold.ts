import { evaluateThreshold, satisfies, type ThresholdOutcome } from "../core/thresholds/evaluate.ts";
import type { Threshold } from "../core/thresholds/threshold.ts";
import type { CumulativeHistogram } from "../stats/histogram/cumulative-histogram.ts";
import { histogramOf, metricSourceOf, type RunMeasurements } from "./metric-source.ts";
import { normalQuantile } from "./statistics/normal-distribution.ts";
import { percentileInterval } from "./statistics/percentile-interval.ts";

/** The interval of a measured percentile in ms, beside its threshold. */
export interface PercentileConfidence {
  readonly lowMs: number;
  /** Null when there are too few samples to say. */
  readonly highMs: number | null;
  /** The percentile may well lie on the other side of the bound: another run could end the other way. */
  readonly close: boolean;
}

/** Of the interval, and of what is said about values that were not measured. */
const confidence = 0.95;

/**
 * How sure the outcome of a threshold on a percentile is. It stays passed or failed by its value.
 *
 * @param histogram of the same requests that the threshold was held against
 * @returns undefined for thresholds on anything else, and without data
 */
export function percentileConfidence(
  { expression }: Threshold,
  histogram: CumulativeHistogram,
): PercentileConfidence | undefined {
  const { aggregation } = expression;
  const percentile =
    aggregation.kind === "med" ? 50 : aggregation.kind === "percentile" ? aggregation.percentile : null;
  // The ends of the distribution are the values measured: a largest value has no interval.
  if (percentile === null || percentile <= 0 || percentile >= 100) return undefined;
  const interval = percentileInterval(histogram, percentile, confidence);
  if (interval === undefined) return undefined;
  const highMs = Number.isFinite(interval.high) ? interval.high / 1_000 : null;
  const lowMs = interval.low / 1_000;
  // Too few samples for an end of the interval say little, but not that every value beyond is as likely as the next.
  const lowest = interval.low > 0 ? lowMs : (histogram.minMicros / 1_000) * beyond(histogram.count, percentile);
  const highest = highMs ?? histogram.maxMicros / 1_000 / beyond(histogram.count, 100 - percentile);
  return { lowMs, highMs, close: satisfies(lowest, expression) !== satisfies(highest, expression) };
}

/**
 * How far below the smallest of `count` values a percentile may lie, as a factor of at most 1; by symmetry, how far above the
 * largest. The smallest value lies at most at a certain quantile with the confidence of the interval; from there on
 * the distribution is taken for log-normal with a standard deviation of 1, wider than response times are as a rule. At the
 * number of samples from which the interval has an end of its own, the factor is 1.
 */
function beyond(count: number, percentile: number): number {
  const quantileOfSmallest = -Math.expm1(Math.log((1 - confidence) / 2) / count);
  return Math.min(1, Math.exp(normalQuantile(percentile / 100) - normalQuantile(quantileOfSmallest)));
}

export interface JudgedThreshold extends ThresholdOutcome {
  /** The percentile may as well lie on the other side of its bound: another run could end the other way. */
  readonly close: boolean;
  /** Of a percentile: where it lies with a confidence of 95 %. `highMs` is null when there are too few samples to say. */
  readonly interval?: { readonly lowMs: number; readonly highMs: number | null };
  /** Nothing in the whole run met its selector: which part of it, and what was there. */
  readonly unmatched?: string;
}

/** Holds a threshold against all of `run`. */
export function judgeThreshold(threshold: Threshold, run: RunMeasurements): JudgedThreshold {
  const outcome = evaluateThreshold(threshold, metricSourceOf(run));
  const histogram = histogramOf(threshold.selector.metric.name, threshold.selector, run.totals);
  const confidence = histogram === undefined ? undefined : percentileConfidence(threshold, histogram);
  if (confidence === undefined) return { ...outcome, close: false };
  const { close, ...interval } = confidence;
  return { ...outcome, close, interval };
}
