import type { ObservedSample } from "../../stats/observed-series.ts";
import { readingGapMs, type WatchedMetric } from "../saturation/watched-metric.ts";
import { orderStatistic } from "../statistics/order-statistic.ts";
import type { DriftSeries } from "./drift-series.ts";
import type { DriftLine, DriftTrend, DriftVerdict, SeriesDrift } from "./drift-verdict.ts";
import type { JudgedTime } from "./judged-time.ts";
import { leakSign } from "./leak-signs.ts";
import { type DriftOptions, soakDrift, usualSignificance } from "./soak-drift.ts";
import { warmUpEndMs } from "./steady-points.ts";

const msPerHour = 3_600_000;

/** The drift of an observed metric; `subject` is its name. */
export interface ObservedDrift extends SeriesDrift {
  readonly statistic: "observed";
  readonly unit: string | null;
  /** Whether a drift of it for the worse fails the run: it is a metric that leaks. */
  readonly isJudged: boolean;
}

/** The chance of a false alarm of all observed metrics together, as a share of that of the other series. */
const observedShare = 0.25;
/** Lower quantile of the readings of a part: a heap right after a collection, a queue when it is shortest. */
const lowQuantile = 0.1;
/** The fewest readings of a third of the run in which its lower end can be seen. */
const fewestOfThird = 8;
/** The least part of an even growth by which the lower end must rise from each third to the next. */
const leastRise = 0.25;
/** Growth of which the second half is slower than this share of the first levels off. */
const levelsOff = 0.5;
/** A smaller growth of whole numbers, such as of connections, does not matter. */
const leastCount = 1;
/** A smaller growth of memory does not matter, in bytes. */
const leastBytes = 1_000_000;

/**
 * Judges whether observed metrics drift over a soak, by the test for times and errors. A drift for the worse must moreover be
 * a leak: what the metric falls back to rises in each third of the run, so that a saw-tooth of garbage collections is none;
 * and it does not level off, as a cache that fills does.
 */
export function observedDrifts(
  metrics: readonly WatchedMetric[],
  judged: Pick<JudgedTime, "includes">,
  options: DriftOptions,
): ObservedDrift[] {
  const watched = metrics.map((metric) => watch(metric, judged, options));
  const significance = (options.significance ?? usualSignificance) * observedShare;
  const { series } = soakDrift(
    watched.map((one) => one.series),
    { ...options, significance },
  );
  return watched.map(({ metric, sign, isJudged, steady }, position) => {
    const drift = series[position] as SeriesDrift;
    const isGrowth = drift.verdict.kind === "drifting" && drift.verdict.direction === "worse";
    const isLeak = !isGrowth || (drift.trend !== null && leaks(steady, drift.trend));
    const verdict: DriftVerdict = isLeak ? drift.verdict : { kind: "stable" };
    const { name: subject, unit } = metric;
    return { ...mirrored({ ...drift, verdict }, sign), subject, statistic: "observed", unit, isJudged };
  });
}

/** A metric, turned so that its growth is for the worse. */
interface Watched {
  readonly metric: WatchedMetric;
  readonly sign: 1 | -1;
  readonly isJudged: boolean;
  readonly series: DriftSeries;
  /** The readings after the warm-up. */
  readonly steady: readonly ObservedSample[];
}

function watch(metric: WatchedMetric, judged: Pick<JudgedTime, "includes">, options: DriftOptions): Watched {
  const leak = leakSign(metric);
  const sign = leak ?? 1;
  const inTime = metric.samples.filter(({ atMs }) => judged.includes(atMs, atMs));
  const durationMs = Math.max(1, readingGapMs(inTime));
  const turned = inTime.map(({ atMs, value }) => ({ atMs, value: value === 0 ? 0 : sign * value }));
  const windows = turned.map(({ atMs, value }) => ({ startMs: atMs, durationMs, value, weight: 1 }));
  const { rampEndMs = 0, leastWarmUpMs } = options;
  const fromMs = warmUpEndMs(windows, rampEndMs, leastWarmUpMs);
  return {
    metric,
    sign,
    isJudged: leak !== null,
    series: { subject: metric.name, statistic: "observed", limit: null, windows },
    steady: turned.filter(({ atMs }) => atMs >= fromMs),
  };
}

/** Whether readings that rise, by their trend, rise as of a leak. */
function leaks(steady: readonly ObservedSample[], trend: DriftTrend): boolean {
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
  return growth >= leastGrowth(steady) && risesEachTime && mean3 - mean2 >= levelsOff * (mean2 - mean1);
}

function leastGrowth(steady: readonly ObservedSample[]): number {
  if (!steady.every(({ value }) => Number.isInteger(value))) return 0;
  const isMemory = steady.every(({ value }) => Math.abs(value) >= leastBytes);
  return isMemory ? leastBytes : leastCount;
}

function lowOf(values: readonly number[]): number {
  return orderStatistic(Float64Array.from(values), Math.max(1, Math.ceil(lowQuantile * values.length)));
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Turns the figures of a series back that was tested with the other sign. */
function mirrored(drift: SeriesDrift, sign: 1 | -1): SeriesDrift {
  if (sign === 1) return drift;
  const { verdict, trend } = drift;
  const turned = verdict.kind === "step" ? { ...verdict, before: -verdict.before, after: -verdict.after } : verdict;
  return { ...drift, verdict: turned, trend: trend === null ? null : mirroredTrend(trend) };
}

function mirroredTrend({ line, ...trend }: DriftTrend): DriftTrend {
  return {
    ...trend,
    median: -trend.median,
    perHour: -trend.perHour,
    relativePerHour: -trend.relativePerHour,
    lowPerHour: -trend.highPerHour,
    highPerHour: -trend.lowPerHour,
    ...(line === undefined ? {} : { line: mirroredLine(line) }),
  };
}

function mirroredLine({ fromMs, toMs, from, to }: DriftLine): DriftLine {
  return { fromMs, toMs, from: -from, to: -to };
}
