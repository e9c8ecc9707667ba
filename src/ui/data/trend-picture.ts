import type { RunRow } from "../../api/contract/runs.ts";
import type { TestTrend, TrendLevel } from "../../api/contract/trends.ts";
import { fewestTimes } from "../../report/page/parts/wide-times.ts";

export type TrendFigure = keyof TestTrend["figures"];

/** The value of a figure in one run, in the unit of its levels. */
function trendValue(figure: TrendFigure, run: RunRow): number {
  if (figure === "p95") return run.p95Ms ?? 0;
  if (figure === "requestsPerSecond") return run.requestsPerSecond ?? 0;
  return (run.failures ?? 0) / Math.max(1, run.requests ?? 1);
}

/** One run in the picture. Positions are shares of the width and height of the plot, from its left and its top. */
export interface TrendPoint {
  readonly x: number;
  readonly y: number;
  readonly run: RunRow;
  readonly value: number;
  /** Whether it is outside of the noise band of its level. */
  readonly isOutside: boolean;
  /** Whether it is a percentile of too few requests to describe the service. */
  readonly isFew: boolean;
}

/** A level in the picture. The level and its band extend half a step beyond their runs. */
export interface DrawnLevel {
  readonly level: TrendLevel;
  readonly fromX: number;
  readonly toX: number;
  readonly y: number;
  readonly band: { readonly top: number; readonly bottom: number } | null;
  /** Its first run, if it is shown and begins a new level: a change point. */
  readonly begins: RunRow | null;
}

export interface TrendPicture {
  readonly points: readonly TrendPoint[];
  readonly levels: readonly DrawnLevel[];
  /** The values at the bottom and the top of the plot. */
  readonly range: readonly [low: number, high: number];
}

/** Places the latest runs of a trend, at most `most`. They are evenly spaced, because tests do not run at regular times. */
export function trendPicture(
  { runs, figures }: Pick<TestTrend, "runs" | "figures">,
  figure: TrendFigure,
  most = 60,
): TrendPicture {
  const levels = figures[figure];
  const first = Math.max(0, runs.length - most);
  const shown = runs.slice(first);
  const shownLevels = levels.filter(({ from, runs: length }) => from + length > first);
  const values = shown.map((run) => trendValue(figure, run));
  const range = rangeOf([
    ...values,
    ...shownLevels.flatMap(({ band }) => (band === null ? [] : [band.low, band.high])),
  ]);
  const x = (position: number) => (position - first + 0.5) / Math.max(1, shown.length);
  const y = (value: number) => 1 - (value - range[0]) / (range[1] - range[0]);
  const points = shown.map((run, index): TrendPoint => {
    const value = values[index] ?? 0;
    const band = levels.findLast(({ from }) => from <= index + first)?.band ?? null;
    const isOutside = band !== null && (value < band.low || value > band.high);
    const isFew = figure === "p95" && run.requests !== null && run.requests < fewestTimes;
    return { x: x(index + first), y: y(value), run, value, isOutside, isFew };
  });
  return {
    points,
    range,
    levels: shownLevels.map((level) => ({
      level,
      fromX: x(Math.max(level.from, first) - 0.5),
      toX: x(level.from + level.runs - 0.5),
      y: y(level.value),
      band: level.band && { top: y(level.band.high), bottom: y(level.band.low) },
      begins: level.change !== null && level.from >= first ? (runs[level.from] ?? null) : null,
    })),
  };
}

/** Returns a range a little wider than the values. For equal values it extends by a tenth of the value. */
function rangeOf(values: readonly number[]): readonly [number, number] {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  if (!(most >= least)) return [0, 1];
  const margin = most > least ? (most - least) * 0.08 : Math.max(Math.abs(most) * 0.1, 0.001);
  return [Math.max(0, least - margin), most + margin];
}

/** Returns the other differences between the runs around a change point, one text each. */
export function alsoChanged(before: RunRow, after: RunRow): string[] {
  const facts = [
    ["host", before.host, after.host],
    ["users", before.users, after.users],
    ["workers", before.workers, after.workers],
  ] as const;
  return facts.flatMap(([what, from, to]) =>
    from === to || from === null || to === null ? [] : [`${what} ${from} → ${to}`],
  );
}

/** The path of an SVG line through the points. */
export function linePath(points: readonly TrendPoint[]): string {
  return points.map(({ x, y }, position) => `${position === 0 ? "M" : "L"}${x} ${y}`).join("");
}
