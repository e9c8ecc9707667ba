import type { FigureKind } from "../comparison/figure.ts";
import { type FigureScale, scaleOf, usualMinimalChange } from "../comparison/figure-scale.ts";
import type { Interval } from "../statistics/interval.ts";
import { median, withoutOutliers } from "../statistics/median.ts";
import { studentQuantile } from "../statistics/student-distribution.ts";
import { changePoints } from "./change-points.ts";

/** The figures of a run of which a history is kept. */
export const historyFigures = ["p95", "errorRate", "requestsPerSecond"] as const satisfies readonly FigureKind[];
export type HistoryFigure = (typeof historyFigures)[number];

/** Successive runs in which a figure stayed at the same level, apart from noise. */
export interface RunLevel {
  /** The position of its first run. */
  readonly from: number;
  /** The number of its runs. */
  readonly runs: number;
  /** The median of its runs: ms, a share of 0 to 1, or per second. */
  readonly value: number;
  /** The 99 % prediction interval, in which 99 of 100 further runs of this level would lie; null with fewer than 5 runs. */
  readonly band: Interval | null;
  /** The change from the level before, relative to it; for an error rate the difference. Null for the first level. */
  readonly change: number | null;
  readonly isWorse: boolean;
}

/** The minimum number of runs from which their noise can be estimated. */
const fewestForBand = 5;
const bandShare = 0.99;

/**
 * Divides the history of a figure into levels, each with the band in which its noise lies.
 *
 * @param values of successive runs of the same test, the oldest first
 */
export function runLevels(figure: HistoryFigure, values: readonly number[]): RunLevel[] {
  if (values.length === 0) return [];
  const usual = median(values);
  // A service that never answered has no scale of its own.
  const scale = scaleOf(figure, usual > 0 ? usual : 1, usualMinimalChange);
  const places = values.map(scale.at);
  const starts = [0, ...changePoints(places, scale.minimal)];
  const levels = starts.map((from, position) => places.slice(from, starts[position + 1] ?? places.length));
  return levels.map((level, position) => {
    const before = levels[position - 1];
    const centre = median(level);
    const moved = before === undefined ? null : centre - median(before);
    const value = scale.valueAt(centre);
    return {
      from: starts[position] ?? 0,
      runs: level.length,
      value,
      band: bandOf(level, centre, scale),
      change: moved === null || before === undefined ? null : changeOf(figure, scale.valueAt(median(before)), value),
      isWorse: moved !== null && moved > 0,
    };
  });
}

function changeOf(figure: HistoryFigure, before: number, after: number): number {
  return figure === "errorRate" ? after - before : after / before - 1;
}

/** Returns the prediction interval of one more value, at least as wide as the changes that are too small to matter. */
function bandOf(level: readonly number[], centre: number, scale: FigureScale): Interval | null {
  const { length } = level;
  if (length < fewestForBand) return null;
  const values = withoutOutliers(level);
  const mean = values.reduce((sum, value) => sum + value, 0) / length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (length - 1);
  const reach = studentQuantile((1 + bandShare) / 2, length - 1) * Math.sqrt(variance * (1 + 1 / length));
  const ends = [-1, 1].map((side) => scale.valueAt(centre + side * Math.max(reach, scale.minimal)));
  return { low: Math.max(0, Math.min(...ends)), high: Math.max(...ends) };
}
