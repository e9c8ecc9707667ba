import type { CumulativeHistogram } from "../../stats/histogram/cumulative-histogram.ts";
import { significantMs } from "../numbers.ts";
import type { DistributionColumn } from "./model.ts";

const ticksPerHalving = 5;
/** The number of halvings of the distance to 100 %. The last one ends at 99.9999 %. */
const halvings = 20;

/**
 * The percentiles of an HdrHistogram plot, ascending from 0. Each halving of the distance to 100 % has the same number
 * of points.
 */
export const plottedPercentiles: readonly number[] = Array.from({ length: halvings * ticksPerHalving }, (_, tick) => {
  const halving = Math.floor(tick / ticksPerHalving);
  const within = (tick % ticksPerHalving) / ticksPerHalving;
  const left = 100 / 2 ** halving;
  return Math.round((100 - left + (within * left) / 2) * 1e6) / 1e6;
});

/** Returns the values at the percentiles, ascending, up to the highest percentile that has a sample above it. */
export function distributionColumn(
  histogram: CumulativeHistogram,
  percentiles: readonly number[] = plottedPercentiles,
): DistributionColumn {
  const told = percentiles.filter((percentile) => (1 - percentile / 100) * histogram.count >= 1);
  return {
    valuesMs: histogram.percentilesMicros(told).map(significantMs),
    maxMs: histogram.maxMicros / 1_000,
  };
}
