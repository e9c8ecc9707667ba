import type { RunReport } from "../../report/page/model.ts";
import { HeatChart } from "../charts/heat-chart.tsx";
import { LoadChart } from "../charts/load-chart.tsx";
import { LoadScatterChart } from "../charts/load-scatter-chart.tsx";
import { PercentileChart } from "../charts/percentile-chart.tsx";
import { type EndpointChartProps, ResponseTimeChart, ThroughputChart } from "../charts/request-charts.tsx";
import { keyOf } from "../data/endpoint-key.ts";
import { ChartControls } from "./chart-controls.tsx";

interface OverviewProps extends EndpointChartProps {
  /** The figures of the selected part of the run. */
  readonly distributions: RunReport["distributions"];
  readonly onEndpoint: (endpoint: string) => void;
}

/** The charts of a run, all on one time axis. */
export function Overview({ report, endpoint, marks, distributions, onEndpoint }: OverviewProps) {
  const { windows } = report;
  return (
    <>
      <ChartControls endpoints={windows.endpoints.map(keyOf)} endpoint={endpoint} onEndpoint={onEndpoint} />
      <div class="grid">
        <ThroughputChart {...{ report, endpoint, marks }} />
        <ResponseTimeChart {...{ report, endpoint, marks }} />
        <LoadChart {...{ report, marks }} />
        <PercentileChart distributions={distributions} endpoint={endpoint} />
        <HeatChart heat={report.heat} marks={marks} />
        <LoadScatterChart {...{ report, endpoint }} />
      </div>
    </>
  );
}
