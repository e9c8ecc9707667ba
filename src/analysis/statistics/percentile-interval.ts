import type { CumulativeHistogram } from "../../stats/histogram/cumulative-histogram.ts";
import { quantileRanks } from "./binomial-ranks.ts";
import type { Interval } from "./interval.ts";

/**
 * Where the percentile `p` (0..100) of the service's own distribution lies with the given confidence, in microseconds, if the
 * requests are independent of each other; as they are not quite, read it as the least that chance can do. `high` is infinite
 * when there are too few samples to say, as with a p99 of 100 requests.
 *
 * @returns undefined when nothing was recorded
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
