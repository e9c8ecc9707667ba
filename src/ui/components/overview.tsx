import type { RunReport } from "../../report/page/model.ts";
import { HeatChart } from "../charts/heat-chart.tsx";
import { LoadChart } from "../charts/load-chart.tsx";
import { LoadScatterChart } from "../charts/load-scatter-chart.tsx";
import { PercentileChart } from "../charts/percentile-chart.tsx";
import { type EndpointChartProps, ResponseTimeChart, ThroughputChart } from "../charts/request-charts.tsx";
import { WorkerCharts } from "../charts/worker-charts.tsx";
import { allEndpoints, keyOf } from "../data/endpoint-key.ts";
import { isByEndpoint } from "../selection/selection.ts";
import { Unkept } from "../selection/unkept.tsx";
import { ChartControls } from "./chart-controls.tsx";
import { usePage } from "./page-context.tsx";
import { useLazy } from "./use-lazy.ts";

interface OverviewProps extends EndpointChartProps {
  /** The figures of the selected part of the run. */
  readonly distributions: RunReport["distributions"];
  readonly onEndpoint: (endpoint: string) => void;
}

/** The charts that need not be there at once. */
export const loadCauseCharts = () => import("../causes/cause-charts.tsx");

/** The charts of a run, or of the selected part of it, all on one time axis. */
export function Overview({ report, endpoint, marks, distributions, onEndpoint }: OverviewProps) {
  const { windows } = report;
  const { selection } = usePage();
  const { status, userClass } = selection;
  const causes = useLazy(loadCauseCharts, report.slices !== undefined);
  return (
    <>
      <ChartControls endpoints={windows.endpoints.map(keyOf)} endpoint={endpoint} onEndpoint={onEndpoint} />
      {isByEndpoint(selection) ? (
        <div class="grid">
          <ThroughputChart {...{ report, endpoint, marks }} />
          <ResponseTimeChart {...{ report, endpoint, marks }} />
          <LoadChart {...{ report, marks }} />
          <PercentileChart distributions={distributions} endpoint={endpoint} />
          <HeatChart heat={report.heat} marks={marks} isOfAll={endpoint !== allEndpoints} />
          <LoadScatterChart {...{ report, endpoint }} />
          {causes !== null && <causes.CauseCharts {...{ report, endpoint, marks, status, userClass }} />}
        </div>
      ) : (
        <PartOverview {...{ report, marks }} causes={causes} />
      )}
    </>
  );
}

interface PartOverviewProps extends Pick<OverviewProps, "report" | "marks"> {
  /** Null until they are loaded. */
  readonly causes: Awaited<ReturnType<typeof loadCauseCharts>> | null;
}

/** The charts of a worker or of a class. */
function PartOverview({ report, marks, causes }: PartOverviewProps) {
  const { worker, status, userClass } = usePage().selection;
  if (worker !== null) {
    return (
      <>
        <WorkerCharts workers={report.workers} marks={marks} />
        <Unkept what="Response times, failures, users, and their distributions over time" />
      </>
    );
  }
  const isRecorded = report.slices?.classes.some(({ name, requests }) => name === userClass && requests !== null);
  return (
    <>
      {causes !== null && <causes.CauseCharts endpoint={allEndpoints} {...{ report, marks, status, userClass }} />}
      {isRecorded !== true && <Unkept what="Requests, response times and failures" />}
    </>
  );
}
