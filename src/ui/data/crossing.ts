import type { Crossing, EndpointColumns, RunReport } from "../../report/page/model.ts";
import { allEndpoints, keyOf } from "./endpoint-key.ts";
import { type Limit, limitOf, selects, type ThresholdResult } from "./limits.ts";

/** The number of successive windows beyond the bound that make a crossing. */
const windowsInARow = 5;

/**
 * Returns the time at which a threshold started to fail: the start of the first period of enough successive windows beyond its
 * bound. Null if there is no such period, because many short ones can fail the percentile of a whole run, or if windows do not
 * have the figure that the threshold limits.
 */
export function crossingMs(report: RunReport, threshold: ThresholdResult): number | null {
  const limit = limitOf(threshold);
  if (limit === null || limit.chart === "throughput") return null;
  const { values } = columnsForMetric(report, threshold.metric, limit) ?? {};
  if (values === undefined) return null;
  let inARow = 0;
  let began = 0;
  for (const [position, value] of values.entries()) {
    if (value === null || !isJudged(report, threshold, position)) continue;
    if (inARow === 0) began = position;
    inARow = holds(value, limit.operator, limit.bound) ? 0 : inARow + 1;
    if (inARow === windowsInARow) return report.windows.startMs[began] ?? null;
  }
  return null;
}

/** Whether a window is in the part of the run that a threshold is on. */
export function isJudged(
  { windows }: Pick<RunReport, "windows">,
  { span }: Pick<ThresholdResult, "span">,
  position: number,
): boolean {
  return (windows.startMs[position] ?? 0) >= (span?.fromMs ?? 0);
}

/** The crossing of a threshold, with the load at that time; null as for `crossingMs`. */
export function crossingOf(report: RunReport, threshold: ThresholdResult): Crossing | null {
  const atMs = crossingMs(report, threshold);
  if (atMs === null) return null;
  const { startMs, widthMs, users, total } = report.windows;
  const position = startMs.findIndex((start) => start >= atMs);
  const requests = total.requests[position] ?? 0;
  return {
    atMs,
    users: users[position] ?? 0,
    requestsPerSecond: (requests * 1_000) / (widthMs[position] ?? 1_000),
  };
}

/** Returns the figure that a threshold limits and the requests of each window; null if windows do not have this figure. */
export function columnsForMetric(
  report: Pick<RunReport, "windows" | "result">,
  metric: string,
  { chart, percentile }: Pick<Limit, "chart" | "percentile">,
): { readonly values: readonly (number | null)[]; readonly requests: readonly number[] } | null {
  const columns = columnsFor(report, metric);
  if (columns === null) return null;
  const { requests, failures } = columns;
  if (chart === "response-time") {
    const values = percentileColumn(columns, percentile);
    return values === null ? null : { values, requests };
  }
  if (chart === "failures") {
    return { requests, values: requests.map((count, at) => (count === 0 ? null : (failures[at] ?? 0) / count)) };
  }
  const { widthMs } = report.windows;
  return { requests, values: requests.map((count, at) => (widthMs[at] ? (count * 1_000) / widthMs[at] : null)) };
}

/** Windows have no columns for several endpoints together, and those of one of them are not what the threshold limits. */
function columnsFor(
  { windows, result }: Pick<RunReport, "windows" | "result">,
  metric: string,
): EndpointColumns | null {
  if (selects(metric, allEndpoints)) return windows.total;
  const [only, ...others] = result.endpoints.map(keyOf).filter((key) => selects(metric, key));
  if (only === undefined || others.length > 0) return null;
  return windows.endpoints.find((endpoint) => keyOf(endpoint) === only) ?? null;
}

function percentileColumn(columns: EndpointColumns, percentile: number | null): EndpointColumns["p50Ms"] | null {
  if (percentile === 50) return columns.p50Ms;
  if (percentile === 95) return columns.p95Ms;
  return percentile === 99 ? columns.p99Ms : null;
}

function holds(value: number, operator: string, bound: number): boolean {
  if (operator === "<") return value < bound;
  if (operator === "<=") return value <= bound;
  return operator === ">" ? value > bound : value >= bound;
}
