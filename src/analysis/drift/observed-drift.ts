import type { ObservedSample } from "../../stats/observed-series.ts";
import { readingGapMs, type WatchedMetric } from "../saturation/watched-metric.ts";
import type { DriftSeries } from "./drift-series.ts";
import type { DriftLine, DriftTrend, DriftVerdict, SeriesDrift } from "./drift-verdict.ts";
import type { JudgedTime } from "./judged-time.ts";
import { risesAsLeak } from "./leak-rise.ts";
import { leakSign } from "./leak-signs.ts";
import { type DriftOptions, soakDrift, usualSignificance } from "./soak-drift.ts";
import { warmUpEndMs } from "./steady-points.ts";

/** The drift of an observed metric; `subject` is its name. */
export interface ObservedDrift extends SeriesDrift {
  readonly statistic: "observed";
  readonly unit: string | null;
  /** Whether a drift for the worse fails the run: the metric is one that leaks. */
  readonly isJudged: boolean;
}

/** The chance of a false alarm for all observed metrics together, as a share of the chance for the other series. */
const observedShare = 0.25;
/** The smallest growth of whole numbers, such as a number of connections, that matters. */
const leastCount = 1;
/** The smallest growth of memory that matters, in bytes. */
const leastBytes = 1_000_000;

/**
 * Judges whether observed metrics drift over a soak, by the test for times and errors. A drift for the worse must also be
 * a leak: the level to which the metric falls back rises from third to third of the run, so that a saw-tooth of garbage
 * collections is not a leak; and the metric does not level off, as a cache that fills does.
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
    const isLeak = !isGrowth || (drift.trend !== null && risesAsLeak(steady, drift.trend, leastGrowth(steady)));
    const verdict: DriftVerdict = isLeak ? drift.verdict : { kind: "stable" };
    const { name: subject, unit } = metric;
    return { ...mirrored({ ...drift, verdict }, sign), subject, statistic: "observed", unit, isJudged };
  });
}

/** A metric, with the sign chosen so that growth is for the worse. */
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

function leastGrowth(steady: readonly ObservedSample[]): number {
  if (!steady.every(({ value }) => Number.isInteger(value))) return 0;
  const isMemory = steady.every(({ value }) => Math.abs(value) >= leastBytes);
  return isMemory ? leastBytes : leastCount;
}

/** Restores the sign of the figures of a series that was tested with the opposite sign. */
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
