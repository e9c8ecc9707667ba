import type { ObservedSample } from "../../stats/observed-series.ts";
import { orderStatistic } from "../statistics/order-statistic.ts";
import type { DriftTrend } from "./drift-verdict.ts";

const msPerHour = 3_600_000;

/** Lower quantile of the readings of a part: a heap right after a collection, a queue when it is shortest. */
const lowQuantile = 0.1;
/** The fewest readings of a third of the run in which its lower end can be seen. */
const fewestOfThird = 8;
/** The least part of an even growth by which the lower end must rise from each third to the next. */
const leastRise = 0.25;
/** Growth of which the second half is slower than this share of the first levels off. */
const levelsOff = 0.5;

/**
 * Whether readings that rise by `leastGrowth` or more, by their trend, rise as of a leak: their lower end rises in each third, so that
 * a saw-tooth of garbage collections is none, and they do not level off, as a cache that fills does.
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
