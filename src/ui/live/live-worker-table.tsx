import { useMemo } from "preact/hooks";
import type { LiveWorker } from "../../api/contract/live.ts";
import { bytes, count, milliseconds, percent, perSecondText } from "../../report/numbers.ts";
import { usePage } from "../components/page-context.tsx";
import { PartButton } from "../selection/part-button.tsx";
import { DataTable, type TableColumn } from "../tables/data-table.tsx";
import { api } from "./api-client.ts";
import { may, useAction } from "./live-masthead.tsx";
import type { Live } from "./live-store.ts";

const tones: Readonly<Record<string, string>> = {
  running: "passed",
  lost: "failed",
  away: "invalid",
  draining: "invalid",
};
const marks: Readonly<Record<string, string>> = { running: "✓", lost: "✗", away: "!", draining: "!" };

/** The workers with their current figures, each with a button that drains it. */
export function LiveWorkerTable({ live }: { readonly live: Live }) {
  const { workers, state, connection } = live;
  const { act, problem } = useAction();
  const { selection } = usePage();
  const canDrain = state?.state === "running" && connection.kind !== "lost" && may(live, "steer");
  const columns = useMemo(
    (): readonly TableColumn<LiveWorker>[] => [
      ...figures,
      {
        id: "drain",
        title: "",
        kind: "text",
        sortBy: null,
        cell: ({ number, state: of }) =>
          canDrain && of === "running" && number !== null ? (
            <button type="button" class="small" onClick={() => act(() => api.drain(number))}>
              drain
            </button>
          ) : null,
      },
    ],
    [canDrain],
  );
  return (
    <>
      {problem !== null && (
        <p class="banner failed" role="alert">
          {problem}
        </p>
      )}
      <DataTable
        caption="Workers"
        columns={columns}
        rows={workers}
        keyOf={({ id, number }) => `${number} ${id}`}
        textOf={({ number, host, state: of }) => `#${number} ${host} ${of}`}
        isChosen={({ number }) => number !== null && number === selection.worker}
        empty="no workers yet: start some with `muster worker`"
      />
    </>
  );
}

const figures: readonly TableColumn<LiveWorker>[] = [
  {
    id: "number",
    title: "worker",
    kind: "number",
    sortBy: ({ number }) => number,
    cell: ({ number }) =>
      number === null ? "–" : <PartButton change={{ kind: "worker", worker: number }}>#{number}</PartButton>,
  },
  {
    id: "state",
    title: "state",
    kind: "text",
    sortBy: ({ state }) => state,
    cell: ({ state, lostBecause }) => (
      <span class={tones[state] ?? "muted"} title={lostBecause ?? ""}>
        {marks[state] ?? "●"} {state}
      </span>
    ),
  },
  { id: "host", title: "host", kind: "name", sortBy: ({ host }) => host, cell: ({ host, pid }) => `${host} (${pid})` },
  figure("users", "users", ({ users }) => users, count),
  figure("rate", "req/s", ({ requestsPerSecond }) => requestsPerSecond, perSecondText),
  figure("cpu", "CPU", ({ health }) => health?.cpu ?? null, percent),
  figure("utilisation", "loop utilisation", ({ health }) => health?.utilisation ?? null, percent),
  figure("delay", "loop delay ms", ({ health }) => health?.loopDelayP99Ms ?? null, milliseconds),
  figure("lag", "schedule lag ms", ({ health }) => health?.scheduleLagP99Ms ?? null, milliseconds),
  figure("memory", "memory", ({ health }) => health?.rssBytes ?? null, bytes),
  figure(
    "offset",
    "clock offset ms",
    ({ clockOffsetMs }) => clockOffsetMs ?? null,
    (value) => value.toFixed(1),
  ),
  figure(
    "seen",
    "last seen",
    ({ silentMs }) => silentMs,
    (value) => `${(value / 1_000).toFixed(1)} s ago`,
  ),
];

function figure(
  id: string,
  title: string,
  sortBy: (row: LiveWorker) => number | null,
  format: (value: number) => string,
): TableColumn<LiveWorker> {
  const cell = (row: LiveWorker) => {
    const value = sortBy(row);
    return value === null ? "–" : format(value);
  };
  return { id, title, kind: "number", sortBy, cell };
}
