import type { ComponentChildren } from "preact";
import type { RunReport } from "../../report/page/model.ts";
import { OwnCharts } from "../charts/own-charts.tsx";
import { groupKinds, metricKinds, streamKinds } from "../charts/own-kinds.ts";
import { WorkerCharts } from "../charts/worker-charts.tsx";
import { FailureLists } from "../components/failure-lists.tsx";
import { loadCauseCharts } from "../components/overview.tsx";
import { usePage } from "../components/page-context.tsx";
import { Ratios } from "../components/ratios.tsx";
import { useLazy } from "../components/use-lazy.ts";
import type { Mark } from "../data/marks.ts";
import { isByEndpoint, isSelected } from "../selection/selection.ts";
import { wholeRunNote } from "../selection/selection-notes.ts";
import type { Selected } from "../selection/use-selected.ts";
import { CheckTable } from "../tables/check-table.tsx";
import { GroupTable } from "../tables/group-table.tsx";
import { LifecycleTable } from "../tables/lifecycle-table.tsx";
import { PercentileTable } from "../tables/percentile-table.tsx";
import { SlowestTable } from "../tables/slowest-table.tsx";
import { StreamTable } from "../tables/stream-table.tsx";
import { WorkerSparks } from "../tables/worker-sparks.tsx";
import type { Live } from "./live-store.ts";
import { LiveWorkerTable } from "./live-worker-table.tsx";

interface OtherTabProps {
  readonly live: Live;
  /** The id of the tab, which is one of `otherTabs`. */
  readonly tab: string;
  readonly report: RunReport;
  /** The report with the figures since a reset. */
  readonly shown: RunReport;
  readonly selected: Selected;
  readonly marks: readonly Mark[];
  /** The table of endpoints, or its replacement. */
  readonly rows: ComponentChildren;
}

/** A tab of the live page other than the first. */
export function OtherTab({ live, tab, report, shown, selected: { figures, failures }, marks, rows }: OtherTabProps) {
  const { selection } = usePage();
  const { endpoint } = selection;
  const { result } = live.since ?? report;
  const causes = useLazy(
    loadCauseCharts,
    tab === "failures" && report.slices !== undefined && result.total.failures > 0,
  );
  const whole = isSelected(selection) && <p class="note">{wholeRunNote}</p>;
  switch (tab) {
    case "endpoints":
      return (
        <>
          {rows}
          {isByEndpoint(selection) && (
            <div class="below">
              <PercentileTable figures={figures} />
            </div>
          )}
          <SlowestTable endpoints={result.endpoints} endpoint={endpoint} />
          <LifecycleTable {...result} />
        </>
      );
    case "groups":
      return (
        <>
          <GroupTable groups={figures.groups} />
          <OwnCharts {...{ report, marks }} shown={groupKinds} />
        </>
      );
    case "streams":
      return (
        <>
          {whole}
          <StreamTable {...result} />
          <OwnCharts {...{ report, marks }} shown={streamKinds} />
        </>
      );
    case "metrics":
      return (
        <>
          {whole}
          <OwnCharts {...{ report, marks }} shown={metricKinds} />
        </>
      );
    case "failures":
      return (
        <>
          {causes !== null && isByEndpoint(selection) && (
            <causes.FailureChart {...{ report, endpoint, marks }} status={selection.status} />
          )}
          <FailureLists {...{ report, failures, figures }} />
        </>
      );
    case "checks":
      return <CheckTable checks={figures.checks} />;
    case "workers":
      return (
        <>
          {whole}
          <LiveWorkerTable live={live} />
          <WorkerSparks workers={report.workers} />
          <div class="below">
            <WorkerCharts workers={report.workers} marks={marks} />
          </div>
        </>
      );
    default:
      return (
        <>
          {whole}
          <Ratios report={shown} />
        </>
      );
  }
}
