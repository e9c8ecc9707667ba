import { count } from "../../report/numbers.ts";
import type { Result } from "../../report/result/result-schema.ts";
import { DataTable, type TableColumn } from "./data-table.tsx";

type LifecycleRow = Result["lifecycleRequests"][number];

const columns: readonly TableColumn<LifecycleRow>[] = [
  { id: "phase", title: "made by", kind: "text", sortBy: ({ phase }) => phase, cell: ({ phase }) => phase },
  { id: "name", title: "endpoint", kind: "name", sortBy: nameOf, cell: nameOf },
  {
    id: "requests",
    title: "requests",
    kind: "number",
    sortBy: ({ requests }) => requests,
    cell: ({ requests }) => count(requests),
  },
  {
    id: "failures",
    title: "failures",
    kind: "number",
    sortBy: ({ failures }) => failures,
    cell: ({ failures }) => count(failures),
  },
];

/**
 * The requests of setup, of the `onStop` of users, and of teardown. They are not part of the load, and in no other
 * figure. Empty without such requests.
 */
export function LifecycleTable({ lifecycleRequests }: Pick<Result, "lifecycleRequests">) {
  if (lifecycleRequests.length === 0) return null;
  return (
    <div class="below">
      <h3>Setup, clean-up and teardown</h3>
      <p class="muted">These requests are no load: no other figure, chart or threshold contains them.</p>
      <DataTable
        caption="Requests of setup, onStop and teardown"
        columns={columns}
        rows={lifecycleRequests}
        keyOf={(row) => `${row.phase} ${nameOf(row)}`}
        empty=""
      />
    </div>
  );
}

function nameOf({ method, name }: LifecycleRow): string {
  return `${method} ${name}`;
}
