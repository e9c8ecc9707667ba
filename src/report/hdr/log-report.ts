import { rounded } from "../numbers.ts";
import {
  type HistogramFigures,
  type HistogramReport,
  type HistogramSeries,
  reportedPercentiles,
} from "./histogram-report.ts";
import type { IntervalLog, LogInterval } from "./interval-log.ts";
import { logTotals } from "./log-totals.ts";
import { isNestedTag } from "./tag-names.ts";
import { type FileUnit, valuesPerMs } from "./time-unit.ts";
import type { ValueTotals } from "./value-totals.ts";

const mostStretches = 20;
const secondMs = 1_000;

/** Builds the report on a log. @param file its name */
export function logReport(file: string, log: IntervalLog, unit: FileUnit): HistogramReport {
  const perMs = valuesPerMs[unit.unit];
  const { total, tags, isUntaggedTotal } = logTotals(log);
  const counted = log.intervals.filter(({ tag }) =>
    isUntaggedTotal ? tag === "" : !log.isMusters || !isNestedTag(tag),
  );
  const figures = (totals: ValueTotals, intervals: readonly LogInterval[]) =>
    figuresOf(totals, maxOf(intervals) / perMs, perMs, log.durationMs);
  const ofTag = Map.groupBy(log.intervals, ({ tag }) => tag);
  return {
    schema: "muster-histogram/1",
    file,
    format: "log",
    unit: { name: unit.unit, because: unit.because },
    startedAt: log.startedAt,
    durationMs: log.durationMs === 0 ? null : log.durationMs,
    total: figures(total, counted),
    tags: [...tags].map(([tag, totals]) => ({ tag, ...figures(totals, ofTag.get(tag) ?? []) })),
    series: seriesOf(counted, log.durationMs, perMs),
    notes: isUntaggedTotal ? ["lines without a tag are the total of the tags: they are not counted twice"] : [],
  };
}

function figuresOf(totals: ValueTotals, maxMs: number, perMs: number, durationMs: number): HistogramFigures {
  const { min, mean, stddev, percentiles } = totals.statistics(reportedPercentiles);
  // The maximum can be known more exactly than its slot.
  const told = reportedPercentiles.map((p, position) => [
    String(p),
    Math.min((percentiles[position] ?? 0) / perMs, maxMs),
  ]);
  return {
    requests: totals.count,
    requestsPerSecond: durationMs === 0 ? null : rounded((totals.count / durationMs) * 1_000),
    responseTimeMs: {
      min: min / perMs,
      mean: rounded(mean / perMs),
      max: maxMs,
      stddev: rounded(stddev / perMs),
      percentiles: Object.fromEntries(told),
      from: {},
    },
  };
}

/** Divides the log into periods of the same length: whole seconds, and at least about as long as an interval. */
function seriesOf(intervals: readonly LogInterval[], durationMs: number, perMs: number): HistogramSeries | null {
  const longestMs = intervals.reduce((longest, { lengthMs }) => Math.max(longest, lengthMs), 0);
  const leastMs = Math.max(secondMs, Math.round(longestMs / secondMs) * secondMs);
  const widthMs = leastMs * Math.max(1, Math.ceil(durationMs / mostStretches / leastMs));
  const stretches = Math.floor(durationMs / widthMs);
  if (stretches < 2) return null;
  const starts = Array.from({ length: stretches }, (_, position) => position * widthMs);
  const inStretch = Map.groupBy(intervals, ({ startMs }) => Math.min(stretches - 1, Math.floor(startMs / widthMs)));
  const parts = starts.map((_, position) => inStretch.get(position) ?? []);
  return {
    startMs: starts,
    widthMs: starts.map((startMs, position) => (position === stretches - 1 ? durationMs - startMs : widthMs)),
    requests: parts.map((part) => part.reduce((sum, { count }) => sum + count, 0)),
    maxMs: parts.map((part) => maxOf(part) / perMs),
  };
}

function maxOf(intervals: readonly LogInterval[]): number {
  return intervals.reduce((max, interval) => Math.max(max, interval.max), 0);
}
