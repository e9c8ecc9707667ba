import type { RunReport } from "../../report/page/model.ts";
import { columnsOfEndpoint, type EndpointKey } from "../data/endpoint-key.ts";
import type { ChartData } from "../data/series.ts";
import type { TimeRangeMs } from "../selection/selection.ts";

/** The unit of the load of a window: iterations per second for a load with an arrival rate, otherwise virtual users. */
export type ScatterUnit = "iterations/s" | "users";

interface ScatterPoint {
  readonly load: number;
  readonly p95Ms: number;
  readonly requests: number;
}

/** The number of requests below which the p95 of a window is uncertain. */
const fewRequests = 100;
/** The number of equal parts of the load for the line through the medians, and the least number of windows in a part. */
const parts = 12;
const fewestOfPart = 3;

export function loadUnit({ plan, result }: Pick<RunReport, "plan" | "result">): ScatterUnit {
  return plan.ratePerSecond !== null || result.capacity?.kind === "arrivals" ? "iterations/s" : "users";
}

/**
 * Returns the p95 of each window against its load, in ascending load: the windows with enough requests, the windows with few, and
 * the median of windows with a similar load.
 */
export function loadScatter(
  report: Pick<RunReport, "plan" | "result" | "windows">,
  endpoint: EndpointKey,
  range: TimeRangeMs | null,
): ChartData {
  const points = pointsOf(report, endpoint, range).sort((a, b) => a.load - b.load);
  const middles = mediansOf(points);
  const all = [
    ...points.map(({ load, p95Ms, requests }) => ({ load, values: [p95Ms, null, undefined], requests })),
    ...middles.map(({ load, p95Ms }) => ({ load, values: [null, null, p95Ms], requests: Number.POSITIVE_INFINITY })),
  ].sort((a, b) => a.load - b.load);
  return {
    x: all.map(({ load }) => load),
    lines: [
      all.map(({ values: [p95], requests }) => (requests >= fewRequests ? p95 : null)),
      all.map(({ values: [p95], requests }) => (requests < fewRequests ? p95 : null)),
      all.map(({ values: [, , middle] }) => middle),
    ],
  };
}

function pointsOf(
  report: Pick<RunReport, "plan" | "result" | "windows">,
  endpoint: EndpointKey,
  range: TimeRangeMs | null,
): ScatterPoint[] {
  const { startMs, widthMs, users, iterations, droppedIterations } = report.windows;
  const columns = columnsOfEndpoint(report, endpoint);
  const [p95, requests] = [columns?.p95Ms ?? [], columns?.requests ?? []];
  const isRate = loadUnit(report) === "iterations/s";
  return startMs.flatMap((start, position) => {
    const p95Ms = p95[position] ?? null;
    const width = widthMs[position] ?? 0;
    // The rate of a last window of a few milliseconds would be meaningless.
    const isStump = width < (widthMs[position - 1] ?? 0) / 2;
    const isOut = range !== null && (start + width <= range.fromMs || start >= range.toMs);
    if (p95Ms === null || width === 0 || isStump || isOut) return [];
    const made = (iterations[position] ?? 0) + (droppedIterations[position] ?? 0);
    const load = isRate ? (made * 1_000) / width : (users[position] ?? 0);
    return [{ load, p95Ms, requests: requests[position] ?? 0 }];
  });
}

/** The median p95 of the windows in each part of the load that has enough windows. */
function mediansOf(ascending: readonly ScatterPoint[]): Pick<ScatterPoint, "load" | "p95Ms">[] {
  const [least, most] = [ascending[0]?.load ?? 0, ascending.at(-1)?.load ?? 0];
  if (most === least) return [];
  const byPart = Map.groupBy(ascending, ({ load }) =>
    Math.min(parts - 1, Math.floor(((load - least) / (most - least)) * parts)),
  );
  return [...byPart.values()]
    .filter((some) => some.length >= fewestOfPart)
    .map((some) => ({
      load: some.reduce((sum, { load }) => sum + load, 0) / some.length,
      p95Ms: some.map(({ p95Ms }) => p95Ms).sort((a, b) => a - b)[some.length >> 1] ?? 0,
    }));
}
