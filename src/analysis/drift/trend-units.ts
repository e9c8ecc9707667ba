import { median } from "../statistics/median.ts";
import { normalQuantile } from "../statistics/normal-distribution.ts";
import type { SeriesPoint } from "../statistics/series-point.ts";
import { statisticRules } from "./drift-series.ts";
import type { DriftLine, DriftTrend } from "./drift-verdict.ts";
import type { Scale, TestedSeries } from "./tested-series.ts";

export const msPerHour = 3_600_000;
/** The smallest change that matters, as a share of the median, however certain a smaller one is. */
const leastShare = 0.1;
/** The chance that a drift at the detection limit meets each single condition. */
const power = 0.9;

export interface Strictness {
  /** The chance that a run in which nothing drifts is called drifting. */
  readonly significance: number;
  /** The number of series that are tested together. */
  readonly seriesCount: number;
}

/** Converts a trend from the scale on which it was tested to the statistic's unit. */
export function trendInUnits(
  { series, scale, tested, trend }: TestedSeries,
  p: number,
  strictness: Strictness,
): DriftTrend {
  const hours = hoursOf(tested);
  const level = levelOf(tested);
  const perHour = (slope: number) => scale.changeAround(level, slope * hours) / hours;
  const { significance, seriesCount } = strictness;
  const error = (trend.interval.high - trend.interval.low) / (2 * normalQuantile(1 - significance / 2));
  // A drift must be significant over the whole, and visible in the last third, whose slope has 3^1.5 times the error.
  const deviations = normalQuantile(1 - significance / (2 * seriesCount)) + normalQuantile(power);
  const findable = Math.max(deviations, normalQuantile(power) * 3 ** 1.5) * error;
  const middle = scale.original(level);
  return {
    median: middle,
    perHour: perHour(trend.slope),
    relativePerHour: middle === 0 ? 0 : perHour(trend.slope) / Math.abs(middle),
    lowPerHour: perHour(trend.interval.low),
    highPerHour: perHour(trend.interval.high),
    p,
    leastDetectablePerHour: Math.max(perHour(findable), smallestRelevantChange(series.statistic, middle) / hours),
    points: tested.length,
    line: lineOf(scale, tested, trend.slope),
  };
}

/** The line with the Theil-Sen slope that has half of the points above it. */
function lineOf({ original }: Scale, tested: readonly SeriesPoint[], slope: number): DriftLine {
  const [start, end] = [tested[0]?.at ?? 0, tested.at(-1)?.at ?? 0];
  const valueAt = (time: number) => original(median(tested.map(({ at, value }) => value + slope * (time - at))));
  return {
    fromMs: Math.round(start * msPerHour),
    toMs: Math.round(end * msPerHour),
    from: valueAt(start),
    to: valueAt(end),
  };
}

export function smallestRelevantChange(statistic: keyof typeof statisticRules, level: number): number {
  return Math.max(leastShare * Math.abs(level), statisticRules[statistic].leastChange);
}

export function levelOf(tested: readonly SeriesPoint[]): number {
  return median(tested.map(({ value }) => value));
}

export function hoursOf(tested: readonly SeriesPoint[]): number {
  return (tested.at(-1)?.at ?? 0) - (tested[0]?.at ?? 0);
}
