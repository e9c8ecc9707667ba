import { useMemo } from "preact/hooks";
import { rate } from "../../report/numbers.ts";
import type { RunReport } from "../../report/page/model.ts";
import { columnsOf, type EndpointKey } from "../data/endpoint-key.ts";
import { limitsOf } from "../data/limits.ts";
import type { Mark } from "../data/marks.ts";
import { highest, throughput } from "../data/series.ts";
import { dashes, type LineLook } from "./chart-look.ts";
import { noData } from "./no-data.ts";
import { TimeChart } from "./time-chart.tsx";

const looks: readonly LineLook[] = [
  { label: "requests/s", colour: "requests", width: 1.5, dash: dashes.solid, scale: "y", format: rate },
  { label: "failures/s", colour: "failures", width: 1.5, dash: dashes.dotted, filled: true, scale: "y", format: rate },
];

export interface EndpointChartProps {
  readonly report: RunReport;
  readonly endpoint: EndpointKey;
  readonly marks: readonly Mark[];
}

export function ThroughputChart({ report, endpoint, marks }: EndpointChartProps) {
  const data = useMemo(() => {
    const columns = columnsOf(report, endpoint);
    return columns === null ? noData : throughput(report.windows, columns);
  }, [report, endpoint]);
  const limits = useMemo(
    () => limitsOf(report.result.thresholds, endpoint).filter(({ chart }) => chart === "throughput"),
    [report.result.thresholds, endpoint],
  );
  const [requests = [], failures = []] = data.lines;
  const summary = `At most ${rate(highest(requests))} requests per second and ${rate(highest(failures))} failures per second.`;
  return (
    <TimeChart title="Throughput and failures" {...{ summary, data, looks, marks, limits }} empty="no requests yet" />
  );
}
