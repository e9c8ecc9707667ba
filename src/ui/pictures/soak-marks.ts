import type { EndpointColumns, RunReport } from "../../report/page/model.ts";
import { allEndpoints, columnsOfEndpoint } from "../data/endpoint-key.ts";
import {
  findingText,
  formatOf,
  isBetter,
  type SoakSeries,
  type SoakStatistic,
  seriesTitle,
  shownSeries,
} from "./soak-series.ts";

export type SoakPoint = readonly [atMs: number, value: number | null];

/** The data of the picture of a series. Times are in ms since the start of the run, values in the unit of the statistic. */
export interface SoakMarks {
  readonly title: string;
  /** The finding in one line. */
  readonly finding: string;
  readonly tone: "passed" | "failed" | "invalid" | "muted";
  readonly points: readonly SoakPoint[];
  /** The fitted line over the judged period. */
  readonly line: readonly SoakPoint[];
  /** The continuation of the line until it crosses its target, if that is near. */
  readonly ahead: readonly SoakPoint[];
  /** The lines of the lowest and the highest slope of the interval. Both intersect the fitted line at its middle. */
  readonly band: { readonly low: readonly SoakPoint[]; readonly high: readonly SoakPoint[] } | null;
  /** The levels before and after a step. */
  readonly levels: readonly SoakPoint[];
  /** The bound of the target; null without one. */
  readonly limit: number | null;
  /** The point where the line crosses its target; null if it does not, or too late to be drawn. */
  readonly crossing: { readonly atMs: number; readonly value: number } | null;
  /** The end of the shown time, which begins with the run. */
  readonly toMs: number;
  readonly format: (value: number) => string;
}

export type SoakReport = Pick<RunReport, "result" | "windows" | "workers" | "own">;

/** The multiple of the judged time up to which a crossing is drawn. A later crossing is only named. */
const farthest = 2.5;
const msPerHour = 3_600_000;

export function soakMarks(report: SoakReport): SoakMarks[] {
  const { drift } = report.result;
  if (drift === null) return [];
  return shownSeries(drift).map((series) => {
    const points = pointsOf(series, report);
    const crossing = crossingOf(series);
    const line = lineOf(series);
    const measuredToMs = Math.max(points.at(-1)?.[0] ?? 0, line.at(-1)?.[0] ?? 0, 1_000);
    return {
      title: seriesTitle(series),
      finding: findingText(series),
      tone: toneOf(series.verdict),
      ...{ points, line, crossing },
      ahead: aheadOf(series, crossing),
      band: bandOf(series, crossing),
      levels: levelsOf(series),
      limit: series.limit ?? null,
      toMs: Math.max(measuredToMs, (crossing?.atMs ?? 0) * 1.05),
      format: formatOf(series),
    };
  });
}

function toneOf(verdict: SoakSeries["verdict"]): SoakMarks["tone"] {
  if (verdict.kind === "stable") return "passed";
  if (verdict.kind === "insufficient" || isBetter(verdict)) return "muted";
  return verdict.kind === "drifting" ? "failed" : "invalid";
}

/** Returns the fitted line; undefined for a step, which has levels instead. */
function fittedOf({ verdict, trend }: SoakSeries) {
  return verdict.kind === "step" ? undefined : trend?.line;
}

function lineOf(series: SoakSeries): SoakPoint[] {
  const line = fittedOf(series);
  if (line === undefined) return [];
  return [
    [line.fromMs, line.from],
    [line.toMs, line.to],
  ];
}

function crossingOf(series: SoakSeries): SoakMarks["crossing"] {
  const { verdict, limit } = series;
  const line = fittedOf(series);
  if (verdict.kind !== "drifting" || limit === undefined || line === undefined) return null;
  const { fromMs, toMs, from, to } = line;
  const { targetBreaksAfterMs } = verdict;
  if (targetBreaksAfterMs === null) return null;
  if (targetBreaksAfterMs > 0) {
    const atMs = toMs + targetBreaksAfterMs;
    return atMs <= farthest * toMs ? { atMs, value: limit } : null;
  }
  // The line misses its target at its end. Null if it already did at its start.
  const isCrossed = (from - limit) * (to - limit) < 0;
  return isCrossed ? { atMs: fromMs + ((limit - from) / (to - from)) * (toMs - fromMs), value: limit } : null;
}

function aheadOf(series: SoakSeries, crossing: SoakMarks["crossing"]): SoakPoint[] {
  const line = fittedOf(series);
  if (line === undefined || crossing === null || crossing.atMs <= line.toMs) return [];
  return [
    [line.toMs, line.to],
    [crossing.atMs, crossing.value],
  ];
}

function bandOf(series: SoakSeries, crossing: SoakMarks["crossing"]): SoakMarks["band"] {
  const { trend } = series;
  const line = fittedOf(series);
  if (line === undefined || trend === null) return null;
  const { fromMs, toMs, from, to } = line;
  const middleMs = (fromMs + toMs) / 2;
  const turned = (perHour: number) =>
    [fromMs, middleMs, Math.max(toMs, crossing?.atMs ?? 0)].map((atMs): SoakPoint => {
      return [atMs, (from + to) / 2 + (perHour * (atMs - middleMs)) / msPerHour];
    });
  return { low: turned(trend.lowPerHour), high: turned(trend.highPerHour) };
}

function levelsOf({ verdict, trend }: SoakSeries): SoakPoint[] {
  if (verdict.kind !== "step") return [];
  const { atMs, before, after } = verdict;
  return [
    [trend?.line?.fromMs ?? 0, before],
    [atMs, before],
    [atMs, after],
    [trend?.line?.toMs ?? atMs, after],
  ];
}

/** Returns the measured points of a series. There are none in pauses. */
function pointsOf({ subject, statistic }: SoakSeries, { windows, workers, own }: SoakReport): SoakPoint[] {
  if (statistic === "observed") {
    const values = own?.series.find(({ kind, name }) => kind === "observed" && name === subject)?.values ?? [];
    return values.map((value, entry) => [(own?.startMs[entry] ?? 0) + (own?.widthMs[entry] ?? 0) / 2, value]);
  }
  if (statistic === "heap") {
    const worker = workers.find(({ number }) => `worker ${number}` === subject);
    return (worker?.series.atMs ?? []).map((atMs, sample) => [atMs, worker?.series.heapBytes[sample] ?? null]);
  }
  const found = columnsOfEndpoint({ windows }, subject === "total" ? allEndpoints : subject);
  if (found === null) return [];
  const { requests, failures, p50Ms, p95Ms, p99Ms } = found;
  const columns = { requests, failures, p50Ms, p95Ms, p99Ms };
  return windows.startMs.map((start, position) => {
    const widthMs = windows.widthMs[position] ?? 0;
    return [start + widthMs / 2, valueIn(columns, statistic, position, widthMs)];
  });
}

function valueIn(columns: EndpointColumns, statistic: SoakStatistic, position: number, widthMs: number): number | null {
  const requests = columns.requests[position] ?? 0;
  switch (statistic) {
    case "p50":
      return columns.p50Ms[position] ?? null;
    case "p95":
      return columns.p95Ms[position] ?? null;
    case "p99":
      return columns.p99Ms[position] ?? null;
    case "errorRate":
      return requests === 0 ? null : (columns.failures[position] ?? 0) / requests;
    case "throughput":
      return widthMs < 1_000 ? null : (requests * 1_000) / widthMs;
    default:
      return null;
  }
}
