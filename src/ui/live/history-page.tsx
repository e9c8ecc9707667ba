import { useEffect, useMemo, useState } from "preact/hooks";
import type { RunRow } from "../../api/contract/runs.ts";
import { formatClock } from "../../core/duration.ts";
import { count, milliseconds, percent, perSecondText } from "../../report/numbers.ts";
import { Time } from "../components/time.tsx";
import { localDateTime, zoneName } from "../data/local-time.ts";
import { DataTable, type TableColumn } from "../tables/data-table.tsx";
import { api } from "./api-client.ts";
import { LiveMasthead } from "./live-masthead.tsx";
import type { Live } from "./live-store.ts";
import { goTo, routeOf } from "./route.ts";
import { Tabs } from "./tabs.tsx";
import { Trends } from "./trends.tsx";
import { useLoaded } from "./use-loaded.ts";

interface HistoryPageProps {
  readonly live: Live;
  /** The test whose trend is shown, with the profile in the next field. */
  readonly test: string | undefined;
  readonly profile: string | undefined;
}

/** The trend of a test, and the list of stored runs. Each run links to its report, and two runs can be compared. */
export function HistoryPage({ live, test, profile }: HistoryPageProps) {
  const [refreshes, setRefreshes] = useState(0);
  const version = `${live.state?.runId} ${live.state?.state} ${live.connects} ${refreshes}`;
  const runs = useLoaded(api.runs, version);
  // This master is not notified when a run of another master ends or is interrupted.
  const isChanging = runs.kind === "loaded" && runs.value.some(isOfAnother(live));
  useEffect(() => {
    if (!isChanging) return;
    const timer = setInterval(() => setRefreshes((before) => before + 1), refreshMs);
    return () => clearInterval(timer);
  }, [isChanging]);
  return (
    <>
      <LiveMasthead live={live} />
      <main>
        <Tabs chosen="history" />
        <div class="tab-panel">
          {runs.kind === "loading" && <p class="empty">loading…</p>}
          {runs.kind === "failed" && <p class="empty failed">{runs.text}</p>}
          <Trends version={version} {...{ test, profile }} />
          {runs.kind === "loaded" && <RunTable runs={runs.value} />}
        </div>
      </main>
    </>
  );
}

const refreshMs = 5_000;

function isOfAnother({ state }: Live): (run: RunRow) => boolean {
  return (run) => run.id !== state?.runId && run.state !== "finished" && run.state !== "interrupted";
}

function RunTable({ runs }: { readonly runs: readonly RunRow[] }) {
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const columns = useMemo(
    (): readonly TableColumn<RunRow>[] => [
      {
        id: "choose",
        title: "",
        kind: "text",
        sortBy: null,
        cell: ({ id }) => (
          <input
            type="checkbox"
            aria-label={`Compare ${id}`}
            checked={chosen.includes(id)}
            onChange={() =>
              // A third choice replaces the first.
              setChosen(chosen.includes(id) ? chosen.filter((other) => other !== id) : [...chosen, id].slice(-2))
            }
          />
        ),
      },
      ...figures,
    ],
    [chosen],
  );
  const [first, second] = runs.map(({ id }) => id).filter((id) => chosen.includes(id));
  return (
    <DataTable
      caption="Stored runs"
      columns={columns}
      rows={runs}
      keyOf={({ id }) => id}
      textOf={({ id, test, profile, name, tags, host }) =>
        `${id} ${test} ${profile} ${name ?? ""} ${tags.join(" ")} ${host}`
      }
      empty="no runs are stored yet"
      controls={
        <button
          type="button"
          disabled={first === undefined || second === undefined}
          // The list starts with the newest run. The older of the two runs is the baseline.
          onClick={() => first !== undefined && second !== undefined && goTo("compare", second, first)}
        >
          Compare two
        </button>
      }
    />
  );
}

/** A run whose master exited without ending it, and how to resume it. */
function Interrupted({ id, activeAt }: Pick<RunRow, "id" | "activeAt">) {
  const when = activeAt === null ? "it never began" : `its master last wrote at ${localDateTime(activeAt)}`;
  return (
    <>
      <span class="invalid" title={`the run has not ended: ${when}`}>
        ! interrupted
      </span>
      <br />
      <span class="muted number nowrap">muster master --resume {id}</span>
    </>
  );
}

const words: Readonly<Record<string, string>> = {
  passed: "✓ passed",
  failed: "✗ failed",
  invalid: "! invalid",
  aborted: "! aborted",
};

const figures: readonly TableColumn<RunRow>[] = [
  {
    id: "started",
    title: `started (${zoneName()})`,
    kind: "text",
    sortBy: ({ startedAt }) => startedAt,
    cell: ({ id, startedAt }) => (
      <a href={routeOf("runs", id)} class="number">
        {startedAt === null ? id : <Time at={startedAt} parts="date and clock" />}
      </a>
    ),
  },
  {
    id: "verdict",
    title: "verdict",
    kind: "text",
    sortBy: ({ verdict }) => verdict,
    cell: ({ id, verdict, state, activeAt }) =>
      state === "interrupted" ? (
        <Interrupted {...{ id, activeAt }} />
      ) : verdict === null ? (
        <span class="muted">● {state}</span>
      ) : (
        <span class={verdict}>{words[verdict] ?? verdict}</span>
      ),
  },
  {
    id: "test",
    title: "test",
    kind: "name",
    sortBy: ({ test, profile }) => `${test} / ${profile}`,
    cell: ({ test, profile, name, tags }) => (
      <>
        {test} / {profile} {name !== null && <span class="muted">{name}</span>}
        {tags.map((tag) => (
          <span key={tag} class="tag">
            {tag}
          </span>
        ))}
      </>
    ),
  },
  figure("duration", "duration", ({ durationMs }) => durationMs, formatClock),
  figure("users", "users", ({ users }) => users, count),
  figure("requests", "requests", ({ requests }) => requests, count),
  figure(
    "failed",
    "failed",
    ({ requests, failures }) => (requests === null || requests === 0 ? null : (failures ?? 0) / requests),
    percent,
  ),
  figure("p95", "p95 ms", ({ p95Ms }) => p95Ms, milliseconds),
  figure("rate", "req/s", ({ requestsPerSecond }) => requestsPerSecond, perSecondText),
];

function figure(
  id: string,
  title: string,
  sortBy: (row: RunRow) => number | null,
  format: (value: number) => string,
): TableColumn<RunRow> {
  const cell = (row: RunRow) => {
    const value = sortBy(row);
    return value === null ? "–" : format(value);
  };
  return { id, title, kind: "number", sortBy, cell };
}
