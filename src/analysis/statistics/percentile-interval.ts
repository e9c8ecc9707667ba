import type { CumulativeHistogram } from "../../stats/histogram/cumulative-histogram.ts";
import { quantileRanks } from "./binomial-ranks.ts";
import type { Interval } from "./interval.ts";

/**
 * Computes the confidence interval, in microseconds, of the percentile `p` (0..100) of the service's own distribution,
 * assuming independent requests. Requests are not quite independent, so the true interval is wider. `high` is Infinity if
 * there are too few samples, such as for a p99 of 100 requests.
 *
 * @returns undefined without samples
 */
export function percentileInterval(histogram: CumulativeHistogram, p: number, confidence = 0.95): Interval | undefined {
  const { count, minMicros, maxMicros } = histogram;
  if (count === 0) return undefined;
  if (p <= 0) return { low: 0, high: minMicros };
  if (p >= 100) return { low: maxMicros, high: Number.POSITIVE_INFINITY };
  const ranks = quantileRanks(count, p / 100, confidence);
  // Half a rank below the rank is safe from rounding: the histogram rounds up.
  const valueAt = (rank: number) => histogram.percentileMicros(((rank - 0.5) / count) * 100);
  return {
    low: ranks.low < 1 ? 0 : valueAt(ranks.low),
    high: ranks.high > count ? Number.POSITIVE_INFINITY : valueAt(ranks.high),
  };
}
