import { bytes, count, milliseconds, percent } from "../../report/numbers.ts";
import type { Result } from "../../report/result/result-schema.ts";
import { usePage } from "../components/page-context.tsx";
import { lostWorkers } from "../data/worker-summary.ts";
import { PartButton } from "../selection/part-button.tsx";
import { DataTable, type TableColumn } from "./data-table.tsx";

type WorkerResult = Result["workers"][number];

interface WorkerRow extends WorkerResult {
  /** Whether the worker was lost at any time. */
  readonly wasLost: boolean;
}

const healthFigures: readonly TableColumn<WorkerRow>[] = [
  healthFigure("cpu", "CPU", (health) => health.cpu.mean, percent),
  healthFigure("busy", "loop utilisation", (health) => health.utilisation.mean, percent),
  healthFigure("delay", "worst loop delay ms", (health) => health.loopDelayP99Ms, milliseconds),
  healthFigure("lag", "worst schedule lag ms", (health) => health.scheduleLagP99Ms, milliseconds),
  healthFigure("gc", "GC", (health) => health.gcShare, percent),
  healthFigure("memory", "memory", (health) => health.rssBytes, bytes),
];

const columns: readonly TableColumn<WorkerRow>[] = [
  {
    id: "number",
    title: "worker",
    kind: "number",
    sortBy: ({ number }) => number,
    cell: ({ number }) => <PartButton change={{ kind: "worker", worker: number }}>#{number}</PartButton>,
  },
  {
    id: "state",
    title: "state",
    kind: "text",
    sortBy: ({ lost, wasLost }) => (lost ? 2 : Number(wasLost)),
    cell: ({ lost, wasLost }) => {
      if (lost) return <span class="failed">✗ lost</span>;
      return wasLost ? <span class="invalid">! lost, and back</span> : <span class="passed">✓ not lost</span>;
    },
  },
  { id: "host", title: "host", kind: "name", sortBy: ({ host }) => host, cell: ({ host }) => host },
  { id: "pid", title: "process", kind: "number", sortBy: ({ pid }) => pid, cell: ({ pid }) => String(pid) },
  { id: "users", title: "users", kind: "number", sortBy: ({ users }) => users, cell: ({ users }) => count(users) },
  {
    id: "requests",
    title: "requests",
    kind: "number",
    sortBy: ({ requests }) => requests,
    cell: ({ requests }) => count(requests),
  },
  ...healthFigures,
  {
    id: "skew",
    title: "start skew ms",
    kind: "number",
    sortBy: ({ startSkewMs }) => startSkewMs,
    cell: ({ startSkewMs }) => (startSkewMs === null ? "–" : milliseconds(startSkewMs)),
  },
];

export function WorkerTable({ workers, events }: Pick<Result, "workers" | "events">) {
  const { selection } = usePage();
  const lost = lostWorkers(events);
  return (
    <DataTable
      caption="Workers"
      columns={columns}
      rows={workers.map((worker) => ({ ...worker, wasLost: worker.lost || lost.has(worker.number) }))}
      keyOf={({ number }) => String(number)}
      textOf={({ number, host }) => `#${number} ${host}`}
      isChosen={({ number }) => number === selection.worker}
      empty="no workers yet"
    />
  );
}

function healthFigure(
  id: string,
  title: string,
  figureOf: (health: NonNullable<WorkerRow["health"]>) => number | null,
  format: (value: number) => string,
): TableColumn<WorkerRow> {
  const sortBy = ({ health }: WorkerRow) => (health === null ? null : figureOf(health));
  const cell = (row: WorkerRow) => {
    const value = sortBy(row);
    return value === null ? "–" : format(value);
  };
  return { id, title, kind: "number", sortBy, cell };
}
