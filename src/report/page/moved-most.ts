import { independentValues } from "../../analysis/statistics/serial-correlation.ts";
import { studentUpperTail } from "../../analysis/statistics/student-distribution.ts";

/** One figure over time, as a value for each of many short times; null without data. */
export interface MovingFigure {
  /** What it is a figure of: "GET /jobs", "all endpoints", "worker #2", "waiting". */
  readonly subject: string;
  /** "p95", "failed", "requests/s", "CPU", … */
  readonly figure: string;
  /** The unit in which both values are said. */
  readonly unit: "ms" | "share" | "per second" | "cores" | "number";
  /** Values below this differ little from 0, however much they grow: 1 ms of a response time, 1 % of failures. */
  readonly floor: number;
  readonly startMs: readonly number[];
  readonly values: readonly (number | null)[];
  /** For shares: what each is a share of. It bounds how exactly the share is known. */
  readonly counts?: readonly number[];
}

/** A figure that is not the same in a range as before it. */
export interface MovedValue<Figure extends MovingFigure = MovingFigure> {
  readonly of: Figure;
  /** The mean of its values before the range, and in it. */
  readonly before: number;
  readonly here: number;
}

export interface Moves<Figure extends MovingFigure = MovingFigure> {
  /** The largest moves first. */
  readonly moves: readonly MovedValue<Figure>[];
  /** The number of figures with enough values on both sides to tell. */
  readonly compared: number;
}

/** The chance that any figure is named in a range in which none has moved. */
const falseAlarmRate = 0.01;
/** With fewer values on either side a figure is not compared. */
const fewestValues = 4;
/** A smaller change is not worth a person's time, even if it is certain. */
const worthNaming = 1.1;

/**
 * Ranks the figures that moved most between the time before a range and the range. A figure is named if the means of its
 * values differ beyond noise: by a t test with unequal variances (B. L. Welch, Biometrika 34, 1947), in which correlated
 * values count for as many as they are worth (`independentValues`), at 1 % for all figures together (C. E. Bonferroni,
 * 1936). It is ranked by the factor between the means, both raised by its floor.
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
  /** What the shares are shares of; 0 for other figures. */
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

/** The probability of as large a difference of means by chance. */
function chanceOf(before: Side, here: Side): number {
  const difference = Math.abs(meanOf(before.values) - meanOf(here.values));
  if (difference === 0) return 1;
  const [a, b] = [doubtOf(before, here), doubtOf(here, before)];
  const variance = a.variance + b.variance;
  if (variance === 0) return 0;
  const degrees = variance ** 2 / (a.variance ** 2 / a.degrees + b.variance ** 2 / b.degrees);
  return 2 * studentUpperTail(difference / Math.sqrt(variance), Math.max(1, Math.floor(degrees)));
}

/** The variance of the mean of one side, and the degrees of freedom in which it is known. */
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
