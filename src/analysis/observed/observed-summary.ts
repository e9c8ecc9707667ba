import type { ObservedSample } from "../../stats/observed-series.ts";

/** The values of an observed metric as a few numbers, all 0 without any. */
export interface ObservedSummary {
  readonly count: number;
  readonly min: number;
  readonly max: number;
  readonly avg: number;
}

export function summaryOfSamples(samples: readonly ObservedSample[]): ObservedSummary {
  let [min, max, sum] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
  for (const { value } of samples) {
    min = Math.min(min, value);
    max = Math.max(max, value);
    sum += value;
  }
  const count = samples.length;
  return count === 0 ? { count, min: 0, max: 0, avg: 0 } : { count, min, max, avg: sum / count };
}
