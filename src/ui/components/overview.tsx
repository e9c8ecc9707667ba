import type { RunReport } from "../../report/page/model.ts";
import { LoadChart } from "../charts/load-chart.tsx";
import { PercentileChart } from "../charts/percentile-chart.tsx";
import { type EndpointChartProps, ResponseTimeChart, ThroughputChart } from "../charts/request-charts.tsx";
import { keyOf } from "../data/endpoint-key.ts";
import { isByEndpoint } from "../selection/selection.ts";
import { ChartControls } from "./chart-controls.tsx";
import { usePage } from "./page-context.tsx";
import { useLazy } from "./use-lazy.ts";

interface OverviewProps extends EndpointChartProps {
  /** The figures of the selected part of the run. */
  readonly distributions: RunReport["distributions"];
  readonly onEndpoint: (endpoint: string) => void;
}

/** The charts that can be loaded later. */
export const loadCauseCharts = () => import("../causes/cause-charts.tsx");
const loadPartOverview = () => import("../causes/part-overview.tsx");

/** The charts of a run, or of the selected part of it, all on one time axis. */
export function Overview({ report, endpoint, marks, distributions, onEndpoint }: OverviewProps) {
  const { windows } = report;
  const { selection } = usePage();
  const { status } = selection;
  const ofRequests = isByEndpoint(selection);
  const causes = useLazy(loadCauseCharts);
  // Loaded before it is needed, because a part can also be selected while the master cannot be reached.
  const part = useLazy(loadPartOverview);
  return (
    <>
      <ChartControls endpoints={windows.endpoints.map(keyOf)} endpoint={endpoint} onEndpoint={onEndpoint} />
      {ofRequests ? (
        <div class="grid">
          <ThroughputChart {...{ report, endpoint, marks, status }} />
          <ResponseTimeChart {...{ report, endpoint, marks }} />
          <LoadChart {...{ report, marks }} />
          <PercentileChart distributions={distributions} endpoint={endpoint} />
          {causes !== null && <causes.CauseCharts {...{ report, endpoint, marks, status }} />}
        </div>
      ) : (
        part !== null && <part.PartOverview {...{ report, marks }} />
      )}
    </>
  );
}
