import { count, milliseconds } from "../../report/numbers.ts";
import type { Result } from "../../report/result-schema.ts";
import { DataTable, type TableColumn } from "./data-table.tsx";

type WorkerRow = Result["workers"][number];

const columns: readonly TableColumn<WorkerRow>[] = [
  {
    id: "number",
    title: "worker",
    kind: "number",
    sortBy: ({ number }) => number,
    cell: ({ number }) => `#${number}`,
  },
  {
    id: "state",
    title: "state",
    kind: "text",
    sortBy: ({ lost }) => Number(lost),
    cell: ({ lost }) => (lost ? <span class="failed">✗ lost</span> : <span class="passed">✓ stayed</span>),
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
  {
    id: "skew",
    title: "start skew ms",
    kind: "number",
    sortBy: ({ startSkewMs }) => startSkewMs,
    cell: ({ startSkewMs }) => (startSkewMs === null ? "–" : milliseconds(startSkewMs)),
  },
];

export function WorkerTable({ workers }: Pick<Result, "workers">) {
  return (
    <DataTable
      caption="Workers"
      columns={columns}
      rows={workers}
      keyOf={({ number }) => String(number)}
      textOf={({ number, host }) => `#${number} ${host}`}
      empty="no workers yet"
    />
  );
}
