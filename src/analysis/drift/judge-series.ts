import type { HarmonicFit } from "../statistics/harmonic-fit.ts";
import { kendallScore } from "../statistics/mann-kendall.ts";
import { median } from "../statistics/median.ts";
import type { SeriesPoint } from "../statistics/series-point.ts";
import { theilSenSlope } from "../statistics/theil-sen.ts";
import { type DriftSeries, statisticRules } from "./drift-series.ts";
import type { Direction, DriftTrend, DriftVerdict, SeriesDrift } from "./drift-verdict.ts";
import { describeShape, stepFitsBetter } from "./shape.ts";
import type { SteadyPoint } from "./steady-points.ts";
import type { TestedSeries } from "./tested-series.ts";
import { hoursOf, levelOf, msPerHour, type Strictness, smallestRelevantChange, trendInUnits } from "./trend-units.ts";

/** The minimum number of points on a side of a step for that side to have a shape of its own. */
const fewestOfSide = 12;

/**
 * Judges one series. A drift must be significant (corrected p, interval), large enough to matter, and still continuing: a
 * service that was slow for a while, or has settled at a new level, is not leaking.
 *
 * @param p the p-value of the trend, corrected for the number of series
 */
export function judgeSeries(prepared: TestedSeries, p: number, strictness: Strictness): SeriesDrift {
  const { subject, statistic } = prepared.series;
  const trend = trendInUnits(prepared, p, strictness);
  return { subject, statistic, verdict: verdictOf(prepared, trend, strictness), trend };
}

function verdictOf(prepared: TestedSeries, trend: DriftTrend, strictness: Strictness): DriftVerdict {
  const { shape, stepInsteadOfLine } = prepared.description;
  const step = shape.kind === "step" ? stepVerdict(prepared, shape.position, trend) : null;
  if (step !== null) return stepAgainVerdict(prepared, step, trend) ?? step;
  const drift = driftVerdict(prepared, trend, strictness);
  if (drift !== null) {
    return (stepInsteadOfLine === null ? null : stepVerdict(prepared, stepInsteadOfLine, trend)) ?? drift;
  }
  return (shape.kind === "wave" ? waveVerdict(prepared, shape.fit, trend) : null) ?? { kind: "stable" };
}

function driftVerdict(prepared: TestedSeries, trend: DriftTrend, { significance }: Strictness): DriftVerdict | null {
  const { tested, description } = prepared;
  const sure = trend.p < significance && trend.lowPerHour * trend.highPerHour > 0;
  if (!sure || !matters(prepared, trend, trend.perHour * hoursOf(tested))) return null;
  if (continues(prepared, Math.sign(trend.perHour))) return drifting(prepared, trend);
  // A rise that seems to have ended may be a stair whose last step is long.
  const { bestStep } = description;
  const step = bestStep === null ? null : stepVerdict(prepared, bestStep, trend);
  return step === null ? null : stepAgainVerdict(prepared, step, trend);
}

function drifting(prepared: TestedSeries, trend: DriftTrend): DriftVerdict {
  const { series } = prepared;
  return {
    kind: "drifting",
    direction: directionOf(trend.perHour, series),
    targetBreaksAfterMs: series.limit === null ? null : breaksAfterMs(prepared, series.limit),
  };
}

/**
 * Judges a series again, knowing that another series of the same subject stepped at `stepAtMs`: its own noise may be too
 * strong to distinguish a step from a drift, unless the time of the step is known.
 */
export function judgeKnowingStep(prepared: TestedSeries, judged: SeriesDrift, stepAtMs: number): SeriesDrift {
  const position = prepared.points.findIndex(({ atMs }) => atMs > stepAtMs);
  if (judged.verdict.kind !== "drifting" || judged.trend === null || position < 1) return judged;
  const values = prepared.tested.map(({ value }) => value);
  if (!stepFitsBetter(values, position)) return judged;
  return { ...judged, verdict: stepVerdict(prepared, position, judged.trend) ?? judged.verdict };
}

/**
 * The verdict for a step at a position; null if the two sides are not different levels: a burst, which raises only a part
 * of one side, is not a step.
 */
function stepVerdict(prepared: TestedSeries, position: number, trend: DriftTrend): DriftVerdict | null {
  const { points } = prepared;
  const sides = [points.slice(0, position), points.slice(position)];
  const [before, after] = sides.map(levelOfPoints) as [number, number];
  const [last, next] = [points[position - 1], points[position]] as [SteadyPoint, SteadyPoint];
  const halves = sides.map((side) =>
    [side.slice(0, side.length >> 1), side.slice(side.length >> 1)].map(levelOfPoints),
  );
  const isAfter = (level: number) => Math.abs(level - after) < Math.abs(level - before);
  const divides = halves.every((levels, side) => levels.every((level) => isAfter(level) === (side === 1)));
  if (!divides) return null;
  if (!matters(prepared, trend, after - before)) return { kind: "stable" };
  const direction = directionOf(after - before, prepared.series);
  return { kind: "step", direction, atMs: (last.atMs + next.atMs) / 2, before, after };
}

/**
 * The verdict for a series that steps again in the same direction, in the second half of the run: it has not settled at a new
 * level, so it drifts. Null if it steps once, or both steps were in the first half.
 */
function stepAgainVerdict(prepared: TestedSeries, step: DriftVerdict, trend: DriftTrend): DriftVerdict | null {
  if (step.kind !== "step") return null;
  const { points, tested } = prepared;
  const sign = Math.sign(step.after - step.before);
  if (Math.sign(trend.perHour) !== sign) return null;
  const position = points.findIndex(({ atMs }) => atMs > step.atMs);
  const again = [0, position].some((from) => {
    const to = from === 0 ? position : points.length;
    if (to - from < fewestOfSide) return false;
    const { shape } = describeShape(tested.slice(from, to).map(({ value }) => value));
    if (shape.kind !== "step" || Math.max(position, from + shape.position) < points.length / 2) return false;
    const parts = [points.slice(from, from + shape.position), points.slice(from + shape.position, to)];
    const [before, after] = parts.map(levelOfPoints) as [number, number];
    return Math.sign(after - before) === sign && matters(prepared, trend, after - before);
  });
  return again ? drifting(prepared, trend) : null;
}

function directionOf(change: number, { statistic }: DriftSeries): Direction {
  return Math.sign(change) === statisticRules[statistic].worse ? "worse" : "better";
}

function waveVerdict(prepared: TestedSeries, wave: HarmonicFit, trend: DriftTrend): DriftVerdict | null {
  const { scale, tested } = prepared;
  const lowToHigh = scale.changeAround(levelOf(tested), 2 * wave.amplitude);
  if (!matters(prepared, trend, lowToHigh)) return null;
  return { kind: "oscillating", periodMs: (hoursOf(tested) * msPerHour) / wave.cycles, lowToHigh };
}

function matters({ series }: TestedSeries, trend: DriftTrend, change: number): boolean {
  return Math.abs(change) >= smallestRelevantChange(series.statistic, trend.median);
}

/** Whether the trend has the given sign in both halves and in the last third of the series. */
function continues({ tested, series }: TestedSeries, sign: number): boolean {
  const half = Math.floor(tested.length / 2);
  const parts = [tested.slice(0, half), tested.slice(half), tested.slice(-Math.floor(tested.length / 3))];
  // Many points with few failures have equal rates, so the median of the slopes between them is 0 even if the rates rise.
  const signOf = series.statistic === "errorRate" ? kendallScoreOf : theilSenSlope;
  return parts.every((part) => Math.sign(signOf(part)) === sign);
}

function kendallScoreOf(points: readonly SeriesPoint[]): number {
  return kendallScore(points.map(({ value }) => value));
}

function breaksAfterMs({ series, scale, tested, trend }: TestedSeries, limit: number): number | null {
  const { worse } = statisticRules[series.statistic];
  const end = tested.at(-1)?.at ?? 0;
  const now = median(tested.map(({ at, value }) => value + trend.slope * (end - at)));
  const room = worse * (scale.scaled(limit) - now);
  if (room <= 0) return 0;
  const speed = worse * trend.slope;
  return speed > 0 ? (room / speed) * msPerHour : null;
}

function levelOfPoints(points: readonly SteadyPoint[]): number {
  return median(points.map(({ value }) => value));
}
