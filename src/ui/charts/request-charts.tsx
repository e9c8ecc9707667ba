import { useMemo } from "preact/hooks";
import { milliseconds, perSecondText } from "../../report/numbers.ts";
import type { RunReport } from "../../report/page/model.ts";
import { columnsOfEndpoint, type EndpointKey } from "../data/endpoint-key.ts";
import { limitsOf } from "../data/limits.ts";
import type { Mark } from "../data/marks.ts";
import { type ChartData, highest, responseTimeSeries, throughputSeries } from "../data/series.ts";
import { dashes, type LineLook } from "./chart-look.ts";
import { TimeChart } from "./time-chart.tsx";

const noData: ChartData = { x: [], lines: [] };

const rateLooks: readonly LineLook[] = [
  { label: "requests/s", colour: "requests", width: 1.5, dash: dashes.solid, scale: "y", format: perSecondText },
  {
    label: "failures/s",
    colour: "failures",
    width: 1.5,
    dash: dashes.dotted,
    filled: true,
    scale: "y",
    format: perSecondText,
  },
];

export interface EndpointChartProps {
  readonly report: RunReport;
  readonly endpoint: EndpointKey;
  readonly marks: readonly Mark[];
}

export function ThroughputChart({ report, endpoint, marks }: EndpointChartProps) {
  const data = useMemo(() => {
    const columns = columnsOfEndpoint(report, endpoint);
    return columns === null ? noData : throughputSeries(report.windows, columns);
  }, [report, endpoint]);
  const limits = useMemo(
    () => limitsOf(report.result.thresholds, endpoint).filter(({ chart }) => chart === "throughput"),
    [report.result.thresholds, endpoint],
  );
  const [requests = [], failures = []] = data.lines;
  const summary = `At most ${perSecondText(highest(requests))} requests per second and ${perSecondText(highest(failures))} failures per second.`;
  return (
    <TimeChart
      title="Throughput and failures"
      {...{ summary, data, looks: rateLooks, marks, limits }}
      empty="no requests yet"
    />
  );
}

const timeLooks: readonly LineLook[] = [
  { label: "p50", colour: "p50", width: 1.5, dash: dashes.solid, scale: "y", format: milliseconds },
  { label: "p95", colour: "p95", width: 2, dash: dashes.solid, scale: "y", format: milliseconds },
  { label: "p99", colour: "p99", width: 1.5, dash: dashes.dashed, scale: "y", format: milliseconds },
];

export function ResponseTimeChart({ report, endpoint, marks }: EndpointChartProps) {
  const data = useMemo(() => {
    const columns = columnsOfEndpoint(report, endpoint);
    return columns === null ? noData : responseTimeSeries(report.windows, columns);
  }, [report, endpoint]);
  const limits = useMemo(
    () => limitsOf(report.result.thresholds, endpoint).filter(({ chart }) => chart === "response-time"),
    [report.result.thresholds, endpoint],
  );
  const [p50 = [], p95 = [], p99 = []] = data.lines;
  const [a, b, c] = [p50, p95, p99].map((line) => milliseconds(highest(line)));
  const summary = `At most ${a} ms for p50, ${b} ms for p95 and ${c} ms for p99 in one window.`;
  return (
    <TimeChart
      title="Response time, ms"
      {...{ summary, data, looks: timeLooks, marks, limits }}
      empty="no requests yet"
    />
  );
}
