import type { SeriesPoint } from "../statistics/series-point.ts";
import { type TrendEstimate, trendOf } from "../statistics/trend.ts";
import { type DriftSeries, type DriftStatistic, statisticRules } from "./drift-series.ts";
import { type Description, describeShape } from "./shape.ts";
import { type SteadyPoint, steadyPoints } from "./steady-points.ts";

const msPerHour = 3_600_000;
/** The minimum number of points, for the normal approximation of Kendall's score and for a look at the last third. */
const fewestPoints = 24;
/** The minimum average number of failures per point; points with fewer are too coarse to compare. */
const failuresPerPoint = 4;
/**
 * The average number of failures per point if there are many: with fewer, most points have one of a few values, and the
 * median of the slopes between them is 0 even if the rate doubles.
 */
const failuresToCompare = 16;
/**
 * The maximum number of points of an observed metric. The memory of one minute is so strongly correlated with that of the
 * next that more points would seem to hold more information than they do.
 */
const mostOfObserved = 64;

/** A series with its statistics, before the correction for the number of series. */
export interface TestedSeries {
  readonly kind: "tested";
  readonly series: DriftSeries;
  readonly points: readonly SteadyPoint[];
  readonly scale: Scale;
  readonly description: Description;
  /** The points over time in hours, on the scale, and without the wave if there is one. */
  readonly tested: readonly SeriesPoint[];
  /** The trend of `tested`, per hour. */
  readonly trend: TrendEstimate;
}

export type PreparedSeries =
  | TestedSeries
  | { readonly kind: "insufficient"; readonly series: DriftSeries; readonly reason: string }
  /** There were so few failures that no change of their rate can matter. */
  | { readonly kind: "negligible"; readonly series: DriftSeries };

/** @param fromMs the end of the warm-up */
export function prepareSeries(series: DriftSeries, fromMs: number, confidence: number): PreparedSeries {
  let points = steadyPoints(series.windows, fromMs, series.statistic === "observed" ? mostOfObserved : undefined);
  if (series.statistic === "errorRate") {
    const failures = Math.round(points.reduce((sum, { value, weight }) => sum + value * weight, 0));
    const requests = points.reduce((sum, { weight }) => sum + weight, 0);
    const enough = fewestPoints * failuresPerPoint;
    // Even if all of them were in the last third of the run, the rate would not have risen enough to matter.
    if (failures < enough && 3 * failures < statisticRules.errorRate.leastChange * requests) {
      return { kind: "negligible", series };
    }
    if (failures < enough)
      return { kind: "insufficient", series, reason: `${failures} failures; ${enough} are needed` };
    const mostPoints = Math.max(Math.floor(failures / failuresToCompare), fewestPoints);
    points = steadyPoints(series.windows, fromMs, mostPoints);
  }
  if (points.length < fewestPoints) {
    const reason = `${points.length} points after the warm-up; ${fewestPoints} are needed`;
    return { kind: "insufficient", series, reason };
  }
  const scale = scaleOf(series.statistic, points);
  const description = describeShape(scale.values);
  const { shape } = description;
  const tested = points.map(({ atMs }, position) => {
    const wave = shape.kind === "wave" ? (shape.fit.wave[position] as number) : 0;
    return { at: atMs / msPerHour, value: (scale.values[position] as number) - wave };
  });
  const trend = trendOf(tested, confidence) as TrendEstimate; // there are more than four points
  return { kind: "tested", series, points, scale, description, tested, trend };
}

/** The scale on which a statistic is tested, with the conversion back. */
export interface Scale {
  /** The points on the scale, in order. */
  readonly values: readonly number[];
  readonly scaled: (value: number) => number;
  readonly original: (value: number) => number;
  /** Converts a change around `level`, both on the scale, to the statistic's unit. */
  readonly changeAround: (level: number, change: number) => number;
}

function scaleOf(statistic: DriftStatistic, points: readonly SteadyPoint[]): Scale {
  if (statistic === "errorRate") return logOdds(points);
  const values = points.map(({ value }) => value);
  return { values, scaled: (value) => value, original: (value) => value, changeAround: (_, change) => change };
}

/**
 * The log-odds scale for error rates, on which going from 0.1 % to 0.2 % is as far as from 10 % to 18 %. One request at the
 * rate of the whole run is added to each window, because a window without failures would otherwise be infinitely far away.
 *
 * Source: J. B. S. Haldane, "The estimation and significance of the logarithm of a ratio of frequencies", Annals of Human
 * Genetics 20 (1956).
 */
function logOdds(points: readonly SteadyPoint[]): Scale {
  const failures = points.reduce((sum, { value, weight }) => sum + value * weight, 0);
  const requests = points.reduce((sum, { weight }) => sum + weight, 0);
  const overall = (failures + 0.5) / (requests + 1);
  const original = (value: number) => 1 / (1 + Math.exp(-value));
  return {
    values: points.map(({ value, weight }) =>
      Math.log((value * weight + overall) / ((1 - value) * weight + 1 - overall)),
    ),
    scaled: (value) => Math.log(value / (1 - value)),
    original,
    changeAround: (level, change) => original(level + change / 2) - original(level - change / 2),
  };
}
