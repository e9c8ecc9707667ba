import { useCallback, useMemo, useState } from "preact/hooks";
import type { LogLine } from "../../api/contract/live.ts";
import type { RunReport } from "../../report/page/model.ts";
import { hasSeries, metricKinds } from "../charts/own-kinds.ts";
import { EventList } from "../components/event-list.tsx";
import { Findings } from "../components/findings.tsx";
import { Overview } from "../components/overview.tsx";
import { usePage } from "../components/page-context.tsx";
import { Time } from "../components/time.tsx";
import { useLazy } from "../components/use-lazy.ts";
import { VerdictBanner } from "../components/verdict.tsx";
import { useWholeAxis } from "../components/whole-axis.ts";
import { localTime, withLocalTimes, zoneName } from "../data/local-time.ts";
import { marksOf } from "../data/marks.ts";
import { filtered } from "../data/sorting.ts";
import { SelectedCards } from "../selection/selected-cards.tsx";
import { isByEndpoint, isSelected } from "../selection/selection.ts";
import { SelectionBar } from "../selection/selection-bar.tsx";
import { Unkept } from "../selection/unkept.tsx";
import { type Selected, useSelected } from "../selection/use-selected.ts";
import { EndpointRows } from "../tables/endpoint-table.tsx";
import { Downloads } from "./downloads.tsx";
import { LiveCards, SearchStatus, SinceReset, Waiting } from "./live-cards.tsx";
import { ageOf, LiveMasthead } from "./live-masthead.tsx";
import type { Live } from "./live-store.ts";
import { SteerMenu } from "./steer-menu.tsx";
import { otherTabs, Tabs } from "./tabs.tsx";

interface LivePageProps {
  readonly live: Live;
  readonly tab: string;
}

/** The page of the active run, or of the last one. */
export function LivePage({ live, tab }: LivePageProps) {
  const { report, connection } = live;
  return (
    <>
      <LiveMasthead live={live} />
      <main class={connection.kind === "lost" ? "stale" : ""}>
        {report === null ? <NoReport {...{ live, tab }} /> : <RunView {...{ live, tab, report }} />}
      </main>
    </>
  );
}

/** The page before any data of a run has arrived. */
function NoReport({ live, tab }: LivePageProps) {
  const search = live.state?.search ?? null;
  return (
    <>
      {search !== null && <SearchStatus search={search} />}
      <Tabs chosen={tab}>
        <SteerMenu live={live} />
      </Tabs>
      <div class="tab-panel">{tab === "logs" ? <LogList logs={live.logs} /> : <Waiting live={live} />}</div>
    </>
  );
}

type RunViewProps = LivePageProps & { readonly report: RunReport };

function RunView({ live, tab, report }: RunViewProps) {
  const { state, connection, since } = live;
  const { selection } = usePage();
  useWholeAxis(report);
  const search = state?.search ?? null;
  const age = connection.kind === "lost" && state?.state !== "finished" ? ageOf(connection.sinceMs) : null;
  // Cards and tables show the figures since a reset. Charts, and figures that are not counted since then, cover the whole run.
  const isWhole = selection.range !== null || !isByEndpoint(selection);
  const shown = useMemo(
    () => (since === null || isWhole ? report : { ...report, result: since.result }),
    [report, since, isWhole],
  );
  const selected = useSelected(shown);
  return (
    <>
      <VerdictBanner {...{ report, age }} isSearch={search !== null} />
      {search !== null && <SearchStatus search={search} />}
      {isSelected(selection) ? (
        <>
          <SelectionBar {...{ report, ...selected }} />
          <SelectedCards figures={selected.figures} />
        </>
      ) : (
        <LiveCards live={live} />
      )}
      {!isWhole && <SinceReset live={live} />}
      <Tabs
        chosen={tab}
        hasGroups={report.result.groups !== undefined}
        hasStreams={report.result.streams !== undefined}
        hasMetrics={hasSeries(report, metricKinds)}
      >
        {report.result.total.requests > 0 && <Downloads id={report.result.run.id} />}
        <SteerMenu live={live} />
      </Tabs>
      <div class="tab-panel">
        {tab === "logs" ? <LogList logs={live.logs} /> : <TabPanel {...{ live, tab, report, shown, selected }} />}
      </div>
    </>
  );
}

interface TabPanelProps extends RunViewProps {
  /** The report with the figures since a reset. */
  readonly shown: RunReport;
  readonly selected: Selected;
}

const loadTabs = () => import("./live-tabs.tsx");

function TabPanel({ live, tab, report, shown, selected }: TabPanelProps) {
  const { figures } = selected;
  const { selection, select } = usePage();
  const { endpoint } = selection;
  const onEndpoint = useCallback((chosen: string) => select({ kind: "endpoint", endpoint: chosen }), [select]);
  const { plan, windows } = report;
  const { events, thresholds } = report.result;
  const lastMs = windows.startMs.at(-1);
  const found = useMemo(() => marksOf(report), [plan, events.length, thresholds, lastMs]);
  // A new array would redraw all charts.
  const marks = useMemo(() => found, [JSON.stringify(found)]);
  // The other tabs are loaded after the first one, so that they are ready when they are opened.
  const tabs = useLazy(loadTabs);
  const rows = isByEndpoint(selection) ? (
    <EndpointRows {...{ windows, figures, endpoint, onEndpoint }} />
  ) : (
    <Unkept what="Requests by endpoint" />
  );
  if (otherTabs.has(tab)) {
    if (tabs === null) return <p class="empty">loading…</p>;
    return <tabs.OtherTab {...{ live, tab, report, shown, selected, marks, rows }} />;
  }
  return (
    <>
      {report.state === "finished" && <Findings report={report} />}
      <Overview {...{ report, endpoint, marks, onEndpoint }} distributions={figures.distributions} />
      <div class="below">{rows}</div>
      {marks.length > 0 && (
        <section class="below" aria-label="Events">
          <h3>Events</h3>
          <EventList {...{ report, marks }} />
        </section>
      )}
    </>
  );
}

const tones: Readonly<Record<string, string>> = { error: "failed", fatal: "failed", warn: "invalid" };

/** The log lines of the master and the workers, the newest first. */
function LogList({ logs }: { readonly logs: readonly LogLine[] }) {
  const [filter, setFilter] = useState("");
  const newest = logs.at(-1);
  const isOneDay = new Set(logs.map(({ at }) => new Date(at).toDateString())).size <= 1;
  const shown = filtered(logs, ({ node, level, message }) => `${node} ${level} ${message}`, filter).toReversed();
  return (
    <>
      <div class="toolbar">
        <input
          type="search"
          placeholder="filter"
          aria-label="Filter: log"
          value={filter}
          onInput={(event) => setFilter(event.currentTarget.value)}
        />
        <span class="fill" />
        <span class="muted">
          times in {zoneName()}
          {isOneDay && newest !== undefined && `, ${localTime(newest.at).date}`}
        </span>
      </div>
      {shown.length === 0 ? (
        <p class="empty">{logs.length === 0 ? "no log lines yet" : "nothing matches the filter"}</p>
      ) : (
        <ol class="logs">
          {shown.map(({ at, node, level, message }, position) => (
            <li key={`${at} ${shown.length - position}`}>
              <span class="muted">
                <Time at={at} parts={isOneDay ? "clock" : "date and clock"} />
              </span>
              <span class="number">{node}</span>
              <span class={tones[level] ?? "muted"}>{level}</span>
              <span>{withLocalTimes(message)}</span>
            </li>
          ))}
        </ol>
      )}
    </>
  );
}
