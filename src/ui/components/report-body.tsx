import { useCallback, useMemo } from "preact/hooks";
import { formatClock } from "../../core/duration.ts";
import type { RunReport } from "../../report/page/model.ts";
import { groupKinds, hasSeries, metricKinds, OwnCharts, streamKinds } from "../charts/own-charts.tsx";
import { WorkerCharts } from "../charts/worker-charts.tsx";
import { withLocalTimes } from "../data/local-time.ts";
import { type Mark, marksOf } from "../data/marks.ts";
import { isSelected } from "../selection/selection.ts";
import { SelectedCards, SelectionBar, wholeRunNote } from "../selection/selection-bar.tsx";
import { endOfTime, useBrush } from "../selection/use-brush.ts";
import { useSelected } from "../selection/use-selected.ts";
import { CheckTable } from "../tables/check-table.tsx";
import { EndpointRows } from "../tables/endpoint-table.tsx";
import { FailureTable } from "../tables/failure-table.tsx";
import { GroupTable } from "../tables/group-table.tsx";
import { LifecycleTable } from "../tables/lifecycle-table.tsx";
import { PercentileTable } from "../tables/percentile-table.tsx";
import { StreamTable } from "../tables/stream-table.tsx";
import { WorkerTable } from "../tables/worker-table.tsx";
import { RunCards } from "./cards.tsx";
import { ExceptionList } from "./exception-list.tsx";
import { FailedRequests } from "./failed-requests.tsx";
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

/** A finished run on one page, to be read from top to bottom, searched, and printed. */
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
        <EndpointRows {...{ windows: report.windows, figures, endpoint, onEndpoint }} />
        <LifecycleTable {...result} />
      </Section>
      {hasGroups && (
        <Section id="groups" title="Groups" {...whole}>
          <GroupTable {...result} />
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
        <PercentileTable figures={figures} />
      </Section>
      <Section id="failures" title="Failures">
        <FailureTable errors={failures} requests={figures.subject?.requests ?? 0} />
        <FailedRequests errors={failures} />
        <ExceptionList exceptions={report.exceptions} />
      </Section>
      <Section id="checks" title="Checks" {...whole}>
        <CheckTable checks={result.checks} />
      </Section>
      <Section id="workers" title="Workers" {...whole}>
        <WorkerTable {...result} />
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
          <EventList marks={marks} />
        </div>
      </Section>
    </main>
  );
}

/** Scrolls to a section. The fragment of the URL holds the route of the live page and the selection, which a jump must not replace. */
function scrollTo(event: MouseEvent, id: string): void {
  if (!location.hash.startsWith("#/") && !location.hash.includes("?")) return;
  event.preventDefault();
  document.getElementById(id)?.scrollIntoView();
}

/** The marks of the charts as a list. */
function EventList({ marks }: { readonly marks: readonly Mark[] }) {
  const brush = useBrush();
  if (marks.length === 0) return <p class="muted">no events</p>;
  return (
    <ol class="events">
      {marks.map(({ atMs, text, tone }) => (
        <li key={`${atMs} ${text}`}>
          <button
            type="button"
            class="choice number"
            title="select the time from here on"
            onClick={() => brush(atMs / 1_000, endOfTime)}
          >
            {formatClock(atMs)}
          </button>
          <span class={tone === "failed" || tone === "invalid" ? tone : undefined}>{withLocalTimes(text)}</span>
        </li>
      ))}
    </ol>
  );
}
