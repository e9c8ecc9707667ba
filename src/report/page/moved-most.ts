import { independentValues } from "../../analysis/statistics/serial-correlation.ts";
import { studentUpperTail } from "../../analysis/statistics/student-distribution.ts";

/** One figure over time, as values for many short periods; null without data. */
export interface MovingFigure {
  /** The subject of the figure: "GET /jobs", "all endpoints", "worker #2", "waiting". */
  readonly subject: string;
  /** "p95", "failed", "requests/s", "CPU", … */
  readonly figure: string;
  /** The unit in which both values are shown. */
  readonly unit: "ms" | "share" | "per second" | "cores" | "number";
  /** The value below which changes matter little, whatever their factor: 1 ms for a response time, 1 % for failures. */
  readonly floor: number;
  readonly startMs: readonly number[];
  readonly values: readonly (number | null)[];
  /** For shares: the number of events that each value is a share of. It bounds how exactly the share is known. */
  readonly counts?: readonly number[];
}

/** A figure that differs between a range and the time before it. */
export interface MovedValue<Figure extends MovingFigure = MovingFigure> {
  readonly of: Figure;
  /** The means of its values before the range (`before`) and in it (`here`). */
  readonly before: number;
  readonly here: number;
}

export interface Moves<Figure extends MovingFigure = MovingFigure> {
  /** The figures that moved, the largest moves first. */
  readonly moves: readonly MovedValue<Figure>[];
  /** The number of figures with enough values on both sides to compare. */
  readonly compared: number;
}

/** The probability that any figure is named in a range in which none has moved. */
const falseAlarmRate = 0.01;
/** The least number of values on each side with which a figure is compared. */
const fewestValues = 4;
/** The least factor that is named. A smaller change does not matter to the user, even if it is certain. */
const worthNaming = 1.1;

/**
 * Ranks the figures that moved most between a range and the time before it. A figure is named if the means of its values
 * differ beyond noise: by a t test with unequal variances (B. L. Welch, Biometrika 34, 1947), in which correlated values
 * count as fewer independent ones (`independentValues`), at 1 % for all figures together (C. E. Bonferroni, 1936).
 * Figures are ranked by the factor between the means, after their floor is added to both.
 */
export function movedMost<Figure extends MovingFigure>(
  figures: readonly Figure[],
  fromMs: number,
  toMs: number,
): Moves<Figure> {
  const pairs = figures.flatMap((figure) => {
    const before = sideOf(figure, 0, fromMs);
    const here = sideOf(figure, fromMs, toMs);
    const isEnough = Math.min(before.values.length, here.values.length) >= fewestValues;
    return isEnough ? [{ figure, before, here }] : [];
  });
  const mostChance = falseAlarmRate / Math.max(1, pairs.length);
  const moves = pairs.flatMap(({ figure, before, here }) => {
    const [meanBefore, meanHere] = [meanOf(before.values), meanOf(here.values)];
    const size = Math.abs(Math.log((meanHere + figure.floor) / (meanBefore + figure.floor)));
    if (!(size >= Math.log(worthNaming)) || chanceOf(before, here) > mostChance) return [];
    return [{ size, move: { of: figure, before: meanBefore, here: meanHere } }];
  });
  return { moves: moves.sort((a, b) => b.size - a.size).map(({ move }) => move), compared: pairs.length };
}

interface Side {
  readonly values: readonly number[];
  /** The number of events that the shares are shares of; 0 for other figures. */
  readonly count: number;
}

function sideOf({ startMs, values, counts }: MovingFigure, fromMs: number, toMs: number): Side {
  const side: number[] = [];
  let count = 0;
  for (const [position, value] of values.entries()) {
    const start = startMs[position] ?? 0;
    if (value === null || start < fromMs || start >= toMs) continue;
    side.push(value);
    count += counts?.[position] ?? 0;
  }
  return { values: side, count };
}

/** The probability that the means differ at least this much by chance. */
function chanceOf(before: Side, here: Side): number {
  const difference = Math.abs(meanOf(before.values) - meanOf(here.values));
  if (difference === 0) return 1;
  const [a, b] = [doubtOf(before, here), doubtOf(here, before)];
  const variance = a.variance + b.variance;
  if (variance === 0) return 0;
  const degrees = variance ** 2 / (a.variance ** 2 / a.degrees + b.variance ** 2 / b.degrees);
  return 2 * studentUpperTail(difference / Math.sqrt(variance), Math.max(1, Math.floor(degrees)));
}

/** Returns the variance of the mean of one side, and its degrees of freedom. */
function doubtOf(side: Side, other: Side): { readonly variance: number; readonly degrees: number } {
  const { values } = side;
  const { ofMean, ofVariance } = independentValues(values);
  const mean = meanOf(values);
  const spread = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
  return {
    variance: Math.max(spread / Math.max(1, ofMean), binomialVariance(side, other)),
    degrees: Math.max(1, ofVariance - 1),
  };
}

/** The least variance of a share of `count` events, if both sides have the same share. */
function binomialVariance(side: Side, other: Side): number {
  if (side.count === 0 || other.count === 0) return 0;
  const events = meanOf(side.values) * side.count + meanOf(other.values) * other.count;
  const share = Math.min(1, events / (side.count + other.count));
  return (share * (1 - share)) / side.count;
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
