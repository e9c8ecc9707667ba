import type { CumulativeHistogram } from "../../stats/histogram/cumulative-histogram.ts";
import { significantMs } from "../significant.ts";
import type { DistributionColumn } from "./model.ts";

const ticksPerHalving = 5;
/** The last is 99.9999 %. */
const halvings = 20;

/**
 * The percentiles of an HdrHistogram plot, ascending from 0: with every halving of the distance to 100 % come as many as
 * with the one before.
 */
export const plottedPercentiles: readonly number[] = Array.from({ length: halvings * ticksPerHalving }, (_, tick) => {
  const halving = Math.floor(tick / ticksPerHalving);
  const within = (tick % ticksPerHalving) / ticksPerHalving;
  const left = 100 / 2 ** halving;
  return Math.round((100 - left + (within * left) / 2) * 1e6) / 1e6;
});

/** Values at those of `plottedPercentiles` that a sample lies beyond. */
export function distributionColumn(histogram: CumulativeHistogram): DistributionColumn {
  const told = plottedPercentiles.filter((percentile) => (1 - percentile / 100) * histogram.count >= 1);
  return {
    valuesMs: histogram.percentilesMicros(told).map(significantMs),
    maxMs: histogram.maxMicros / 1_000,
  };
}
