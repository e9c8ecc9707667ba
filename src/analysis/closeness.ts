import { satisfies } from "../core/thresholds/evaluate.ts";
import type { Threshold } from "../core/thresholds/threshold.ts";
import type { CumulativeHistogram } from "../stats/cumulative-histogram.ts";
import { percentileInterval } from "./statistics/percentile-interval.ts";

/** The interval of a measured percentile in ms, beside its threshold. */
export interface PercentileConfidence {
  readonly lowMs: number;
  /** Null when there are too few samples to say. */
  readonly highMs: number | null;
  /** The interval holds values on both sides of the bound: another run may well end the other way. */
  readonly close: boolean;
}

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
  const interval = percentile === null ? undefined : percentileInterval(histogram, percentile);
  if (interval === undefined) return undefined;
  const [lowMs, highMs] = [interval.low / 1_000, interval.high / 1_000];
  const close = satisfies(lowMs, expression) !== satisfies(highMs, expression);
  return { lowMs, highMs: Number.isFinite(highMs) ? highMs : null, close };
}
