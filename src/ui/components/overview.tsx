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

/** Both parts of the overview that need not be there at once. */
export const loadCauseCharts = () => import("../causes/cause-charts.tsx");
const loadClassCharts = () => import("../causes/class-charts.tsx");

/** The charts of a run, or of the selected part of it, all on one time axis. */
export function Overview({ report, endpoint, marks, distributions, onEndpoint }: OverviewProps) {
  const { windows } = report;
  const { selection } = usePage();
  const { slices, result } = report;
  const causes = useLazy(loadCauseCharts, slices !== undefined);
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
          {causes !== null && (
            <>
              {result.total.failures > 0 && (
                <causes.FailureChart {...{ report, endpoint, marks }} status={selection.status} />
              )}
              {slices?.series.some(({ kind }) => kind === "phase") === true && (
                <causes.PhaseChart {...{ report, endpoint, marks }} />
              )}
            </>
          )}
        </div>
      ) : (
        <PartOverview {...{ report, marks }} />
      )}
    </>
  );
}

/** The charts of a worker or of a class. */
function PartOverview({ report, marks }: Pick<OverviewProps, "report" | "marks">) {
  const { worker, userClass } = usePage().selection;
  const classes = useLazy(loadClassCharts, worker === null);
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
      {classes !== null && <classes.ClassCharts name={userClass} {...{ report, marks }} />}
      {isRecorded !== true && <Unkept what="Requests, response times and failures" />}
    </>
  );
}
