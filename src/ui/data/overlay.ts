import type { EndpointColumns } from "../../report/page/model.ts";
import type { ComparedReport } from "./comparison.ts";
import { columnsOfEndpoint, type EndpointKey } from "./endpoint-key.ts";
import type { ChartData, Line } from "./series.ts";

/** One line of each of two runs, on a time axis that begins at the start of each run: before, then after. */
export function overlay(
  before: ComparedReport,
  after: ComparedReport,
  endpoint: EndpointKey,
  chart: (windows: ComparedReport["windows"], columns: EndpointColumns) => ChartData,
  lineNumber: number,
): ChartData {
  const [first, second] = [before, after].map((report): ChartData => {
    const columns = columnsOfEndpoint(report, endpoint);
    return columns === null ? { x: [], lines: [] } : chart(report.windows, columns);
  }) as [ChartData, ChartData];
  const x = [...new Set([...first.x, ...second.x])].sort((a, b) => a - b);
  return { x, lines: [first, second].map((data) => spread(x, data.x, data.lines[lineNumber] ?? [])) };
}

/** Resamples a line to `x`. Between two of its own times it keeps the earlier value; after its last time it ends. */
function spread(x: readonly number[], own: readonly number[], line: Line): Line {
  const valueAt = new Map(own.map((second, position) => [second, line[position] ?? null]));
  const last = own.at(-1) ?? Number.NEGATIVE_INFINITY;
  let latest: number | null = null;
  return x.map((second) => {
    if (valueAt.has(second)) latest = valueAt.get(second) ?? null;
    return second > last ? null : latest;
  });
}
