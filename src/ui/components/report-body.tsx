import { useCallback, useMemo } from "preact/hooks";
import type { RunReport } from "../../report/page/model.ts";
import { OwnCharts } from "../charts/own-charts.tsx";
import { groupKinds, hasSeries, metricKinds, streamKinds } from "../charts/own-kinds.ts";
import { WorkerCharts } from "../charts/worker-charts.tsx";
import { marksOf } from "../data/marks.ts";
import { SelectedCards } from "../selection/selected-cards.tsx";
import { isByEndpoint, isSelected } from "../selection/selection.ts";
import { SelectionBar } from "../selection/selection-bar.tsx";
import { wholeRunNote } from "../selection/selection-notes.ts";
import { Unkept } from "../selection/unkept.tsx";
import { useSelected } from "../selection/use-selected.ts";
import { CheckTable } from "../tables/check-table.tsx";
import { EndpointRows } from "../tables/endpoint-table.tsx";
import { GroupTable } from "../tables/group-table.tsx";
import { LifecycleTable } from "../tables/lifecycle-table.tsx";
import { PercentileTable } from "../tables/percentile-table.tsx";
import { SlowestTable } from "../tables/slowest-table.tsx";
import { StreamTable } from "../tables/stream-table.tsx";
import { WorkerSparks } from "../tables/worker-sparks.tsx";
import { WorkerTable } from "../tables/worker-table.tsx";
import { RunCards } from "./cards.tsx";
import { EventList } from "./event-list.tsx";
import { FailureLists } from "./failure-lists.tsx";
import { Findings } from "./findings.tsx";
import { Overview } from "./overview.tsx";
import { usePage } from "./page-context.tsx";
import { Ratios } from "./ratios.tsx";
import { RunFactList } from "./run-facts.tsx";
import { Section } from "./section.tsx";
import { VerdictBanner } from "./verdict.tsx";
import { useWholeAxis } from "./whole-axis.ts";

const contents = [
  ["overview", "Overview"],
  ["endpoints", "Endpoints"],
  ["groups", "Groups"],
  ["streams", "Streams"],
  ["metrics", "Metrics"],
  ["percentiles", "Percentiles"],
  ["failures", "Failures"],
  ["checks", "Checks"],
  ["workers", "Workers"],
  ["ratios", "Ratios"],
  ["run", "Run"],
] as const;

/** A finished run on one page that can be read from top to bottom, searched, and printed. */
export function ReportBody({ report }: { readonly report: RunReport }) {
  const { selection, select } = usePage();
  const { endpoint } = selection;
  const onEndpoint = useCallback((chosen: string) => select({ kind: "endpoint", endpoint: chosen }), [select]);
  const { figures, failures, notes } = useSelected(report);
  const marks = useMemo(() => marksOf(report), [report]);
  const { result } = report;
  const whole = isSelected(selection) ? { note: wholeRunNote } : {};
  const hasGroups = result.groups !== undefined;
  const hasStreams = result.streams !== undefined;
  const hasMetrics = hasSeries(report, metricKinds);
  const isAbsent = (id: string) =>
    (id === "groups" && !hasGroups) || (id === "streams" && !hasStreams) || (id === "metrics" && !hasMetrics);
  useWholeAxis(report);
  return (
    <main>
      <VerdictBanner report={report} />
      <SelectionBar {...{ report, figures, notes }} />
      {isSelected(selection) ? <SelectedCards figures={figures} /> : <RunCards result={result} />}
      <nav class="contents" aria-label="Contents">
        {contents
          .filter(([id]) => !isAbsent(id))
          .map(([id, title]) => (
            <a key={id} href={`#${id}`} onClick={(event) => scrollTo(event, id)}>
              {title}
            </a>
          ))}
      </nav>
      <Findings report={report} />
      <Section id="overview" title="Overview">
        <Overview {...{ report, endpoint, marks, onEndpoint }} distributions={figures.distributions} />
      </Section>
      <Section id="endpoints" title="Endpoints">
        {isByEndpoint(selection) ? (
          <EndpointRows {...{ windows: report.windows, figures, endpoint, onEndpoint }} />
        ) : (
          <Unkept what="Requests by endpoint" />
        )}
        <SlowestTable endpoints={result.endpoints} endpoint={endpoint} />
        <LifecycleTable {...result} />
      </Section>
      {hasGroups && (
        <Section id="groups" title="Groups">
          <GroupTable groups={figures.groups} />
          <OwnCharts {...{ report, marks }} shown={groupKinds} />
        </Section>
      )}
      {hasStreams && (
        <Section id="streams" title="Streams" {...whole}>
          <StreamTable {...result} />
          <OwnCharts {...{ report, marks }} shown={streamKinds} />
        </Section>
      )}
      {hasMetrics && (
        <Section id="metrics" title="Metrics" {...whole}>
          <OwnCharts {...{ report, marks }} shown={metricKinds} />
        </Section>
      )}
      <Section id="percentiles" title="Percentiles">
        {isByEndpoint(selection) ? <PercentileTable figures={figures} /> : <Unkept what="Percentiles by endpoint" />}
      </Section>
      <Section id="failures" title="Failures">
        <FailureLists {...{ report, failures, figures }} />
      </Section>
      <Section id="checks" title="Checks">
        <CheckTable checks={figures.checks} />
      </Section>
      <Section id="workers" title="Workers" {...whole}>
        <WorkerTable {...result} />
        <WorkerSparks workers={report.workers} />
        <div class="below">
          <WorkerCharts workers={report.workers} marks={marks} />
        </div>
      </Section>
      <Section id="ratios" title="Ratios" {...whole}>
        <Ratios report={report} />
      </Section>
      <Section id="run" title="Run">
        <div class="columns">
          <RunFactList report={report} />
          <EventList {...{ report, marks }} />
        </div>
      </Section>
    </main>
  );
}

/** Scrolls to a section. A normal link would replace the fragment of the URL, which holds the route of the live page and the selection. */
function scrollTo(event: MouseEvent, id: string): void {
  if (!location.hash.startsWith("#/") && !location.hash.includes("?")) return;
  event.preventDefault();
  document.getElementById(id)?.scrollIntoView();
}
