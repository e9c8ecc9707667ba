import type { ObservedSample } from "../../stats/observed-series.ts";
import { orderStatistic } from "../statistics/order-statistic.ts";
import type { DriftTrend } from "./drift-verdict.ts";

const msPerHour = 3_600_000;

/** The quantile that is the lower end of the readings of a part: a heap right after a collection, a queue when it is shortest. */
const lowQuantile = 0.1;
/** The minimum number of readings in a third of the run from which its lower end can be estimated. */
const fewestOfThird = 8;
/** The minimum rise of the lower end from each third to the next, as a share of an even growth. */
const leastRise = 0.25;
/**
 * The minimum rise of the mean from the second third to the last, as a share of its rise from the first to the second;
 * less is levelling off.
 */
const levelsOff = 0.5;

/**
 * Whether readings rise like a leak. They rise by at least `leastGrowth`, by their trend. Their lower end rises from
 * third to third, so that a saw-tooth of garbage collections is not a leak. They do not level off, as a cache that fills
 * does.
 */
export function risesAsLeak(steady: readonly ObservedSample[], trend: DriftTrend, leastGrowth: number): boolean {
  const [first, last] = [steady[0], steady.at(-1)];
  if (first === undefined || last === undefined) return false;
  const spanMs = last.atMs - first.atMs;
  const growth = (trend.perHour * spanMs) / msPerHour;
  const thirds = [0, 1, 2].map((part) =>
    steady
      .filter(({ atMs }) => Math.min(2, Math.floor((3 * (atMs - first.atMs)) / spanMs)) === part)
      .map(({ value }) => value),
  );
  if (thirds.some(({ length }) => length < fewestOfThird)) return false;
  const [low1, low2, low3] = thirds.map(lowOf) as [number, number, number];
  const [mean1, mean2, mean3] = thirds.map(meanOf) as [number, number, number];
  const even = growth / 3;
  const risesEachTime = Math.min(low2 - low1, low3 - low2) >= leastRise * even;
  return growth >= leastGrowth && risesEachTime && mean3 - mean2 >= levelsOff * (mean2 - mean1);
}

function lowOf(values: readonly number[]): number {
  return orderStatistic(Float64Array.from(values), Math.max(1, Math.ceil(lowQuantile * values.length)));
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
