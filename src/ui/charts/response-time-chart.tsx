import { useMemo } from "preact/hooks";
import { milliseconds } from "../../report/numbers.ts";
import { columnsOf } from "../data/endpoint-key.ts";
import { limitsOf } from "../data/limits.ts";
import { highest, responseTimes } from "../data/series.ts";
import { dashes, type LineLook } from "./chart-look.ts";
import { noData } from "./no-data.ts";
import type { EndpointChartProps } from "./throughput-chart.tsx";
import { TimeChart } from "./time-chart.tsx";

const looks: readonly LineLook[] = [
  { label: "p50", colour: "p50", width: 1.5, dash: dashes.solid, scale: "y", format: milliseconds },
  { label: "p95", colour: "p95", width: 2, dash: dashes.solid, scale: "y", format: milliseconds },
  { label: "p99", colour: "p99", width: 1.5, dash: dashes.dashed, scale: "y", format: milliseconds },
];

export function ResponseTimeChart({ report, endpoint, marks }: EndpointChartProps) {
  const data = useMemo(() => {
    const columns = columnsOf(report, endpoint);
    return columns === null ? noData : responseTimes(report.windows, columns);
  }, [report, endpoint]);
  const limits = useMemo(
    () => limitsOf(report.result.thresholds, endpoint).filter(({ chart }) => chart === "response-time"),
    [report.result.thresholds, endpoint],
  );
  const [p50 = [], p95 = [], p99 = []] = data.lines;
  const [a, b, c] = [p50, p95, p99].map((line) => milliseconds(highest(line)));
  const summary = `At most ${a} ms for p50, ${b} ms for p95 and ${c} ms for p99 in one window.`;
  return <TimeChart title="Response time, ms" {...{ summary, data, looks, marks, limits }} empty="no requests yet" />;
}
