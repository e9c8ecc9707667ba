import { kendallScore, kendallVariance, standardScore } from "../statistics/mann-kendall.ts";
import { median, robustDeviation } from "../statistics/median.ts";
import { twoSidedP } from "../statistics/normal-distribution.ts";
import type { SeriesPoint } from "../statistics/series-point.ts";
import { pairwiseSlopes, slopeInterval, theilSenSlope } from "../statistics/theil-sen.ts";
import { trendOf } from "../statistics/trend.ts";
import type { EndpointWindow } from "./drift-recorder.ts";
import { statisticRules } from "./drift-series.ts";
import type { SeriesDrift } from "./drift-verdict.ts";

const msPerHour = 3_600_000;
/** A window is slow if its longest response time is beyond this many robust deviations, and this many times the median. */
const slow = { deviations: 5, times: 1.5 };
/** The minimum number of pauses, for the normal approximation of Kendall's score. */
const fewestPauses = 8;
/** The number of equal parts of the time in which slow windows are counted. */
const parts = 24;
/** The smallest relative growth of pauses over the run that matters. */
const leastGrowth = 0.1;

/** Consecutive slow windows: the service did not respond in time for a while. */
interface Pause {
  readonly startMs: number;
  readonly longestMs: number;
}

/**
 * Judges whether rare pauses of a service become longer or more frequent. Percentiles per second do not show pauses while
 * most seconds are as fast as before, but users notice them.
 *
 * Pauses are the peaks over a threshold. Their length is tested with the Mann-Kendall test, and so is the share of slow
 * windows in parts of the run.
 *
 * Source: A. C. Davison and R. L. Smith, "Models for exceedances over high thresholds", Journal of the Royal Statistical
 * Society B 52 (1990); H. B. Mann (1945).
 *
 * @param windows the windows after the warm-up, in order of time
 * @param significance the chance that either finding is made although nothing changes
 */
export function pauseDrifts(subject: string, windows: readonly EndpointWindow[], significance: number): SeriesDrift[] {
  const timed = windows.filter(({ percentilesMs }) => percentilesMs !== null);
  if (timed.length < parts) return [];
  const longest = timed.map(({ maxMs }) => maxMs);
  const usual = median(longest);
  const thresholdMs = Math.max(slow.times * usual, usual + slow.deviations * robustDeviation(longest, usual));
  const isSlow = ({ maxMs }: EndpointWindow) => maxMs > thresholdMs;
  const half = significance / 2;
  return [...longerPauses(subject, pausesOf(timed, isSlow), half), ...moreSlowTime(subject, timed, isSlow, half)];
}

function pausesOf(windows: readonly EndpointWindow[], isSlow: (window: EndpointWindow) => boolean): Pause[] {
  const pauses: Pause[] = [];
  let wasSlow = false;
  for (const window of windows) {
    const { startMs, maxMs } = window;
    const last = pauses.at(-1);
    if (isSlow(window)) {
      if (wasSlow && last !== undefined)
        pauses[pauses.length - 1] = { ...last, longestMs: Math.max(last.longestMs, maxMs) };
      else pauses.push({ startMs, longestMs: maxMs });
    }
    wasSlow = isSlow(window);
  }
  return pauses;
}

function longerPauses(subject: string, pauses: readonly Pause[], significance: number): SeriesDrift[] {
  if (pauses.length < fewestPauses) return [];
  const points = pauses.map(({ startMs, longestMs }) => ({ at: startMs / msPerHour, value: longestMs }));
  const values = points.map(({ value }) => value);
  const variance = kendallVariance(values);
  const p = twoSidedP(standardScore(kendallScore(values), variance));
  const interval = slopeInterval(pairwiseSlopes(points), variance, 1 - significance);
  return drifting(subject, "pause", points, { slope: theilSenSlope(points), interval, p }, significance);
}

function moreSlowTime(
  subject: string,
  windows: readonly EndpointWindow[],
  isSlow: (window: EndpointWindow) => boolean,
  significance: number,
): SeriesDrift[] {
  if (windows.filter(isSlow).length < parts) return [];
  const size = windows.length / parts;
  const points = Array.from({ length: parts }, (_, part) => {
    const some = windows.slice(Math.round(part * size), Math.round((part + 1) * size));
    return { at: (some[0]?.startMs ?? 0) / msPerHour, value: some.filter(isSlow).length / some.length };
  });
  const trend = trendOf(points, 1 - significance);
  return trend === undefined ? [] : drifting(subject, "slowShare", points, trend, significance);
}

interface Trend {
  readonly slope: number;
  readonly interval: { readonly low: number; readonly high: number };
  readonly p: number;
}

/** Returns the finding if it is significant, for the worse, large enough, and still continuing in the second half. */
function drifting(
  subject: string,
  statistic: "pause" | "slowShare",
  points: readonly SeriesPoint[],
  { slope, interval, p }: Trend,
  significance: number,
): SeriesDrift[] {
  const values = points.map(({ value }) => value);
  const hours = (points.at(-1)?.at ?? 0) - (points[0]?.at ?? 0);
  const level = median(values);
  const least = Math.max(leastGrowth * level, statisticRules[statistic].leastChange);
  const goesOn = kendallScore(values.slice(values.length >> 1)) > 0;
  if (!(p < significance && interval.low > 0 && slope * hours >= least && goesOn)) return [];
  const verdict = { kind: "drifting", direction: "worse", targetBreaksAfterMs: null } as const;
  const trend = {
    median: level,
    perHour: slope,
    relativePerHour: level === 0 ? 0 : slope / level,
    lowPerHour: interval.low,
    highPerHour: interval.high,
    p,
    leastDetectablePerHour: least / hours,
    points: points.length,
  };
  return [{ subject, statistic, verdict, trend }];
}
