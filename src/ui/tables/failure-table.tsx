import { count, percent } from "../../report/numbers.ts";
import type { Result } from "../../report/result/result-schema.ts";
import { usePage } from "../components/page-context.tsx";
import { keyOf } from "../data/endpoint-key.ts";
import type { SelectionChange } from "../selection/selection.ts";
import { DataTable, type TableColumn } from "./data-table.tsx";

type ErrorRow = Result["errors"][number];

interface FailureTableProps extends Pick<Result, "errors"> {
  /** The number of requests that the shares are of. */
  readonly requests: number;
}

/** The failures by kind, endpoint and message, with their counts. */
export function FailureTable({ errors, requests }: FailureTableProps) {
  const columns: readonly TableColumn<ErrorRow>[] = [
    { id: "count", title: "count", kind: "number", sortBy: (row) => row.count, cell: (row) => count(row.count) },
    {
      id: "share",
      title: "of requests",
      kind: "number",
      sortBy: (row) => row.count,
      cell: (row) => percent(requests === 0 ? 0 : row.count / requests),
    },
    {
      id: "kind",
      title: "kind",
      kind: "text",
      sortBy: ({ kind }) => kind,
      cell: (row) => <Choice {...{ text: row.kind, change: { kind: "status", status: row.kind } }} />,
    },
    {
      id: "where",
      title: "endpoint",
      kind: "name",
      sortBy: keyOf,
      cell: (row) => <Choice {...{ text: keyOf(row), change: { kind: "endpoint", endpoint: keyOf(row) } }} />,
    },
    {
      id: "message",
      title: "message",
      kind: "name",
      sortBy: ({ message }) => message,
      cell: ({ message }) => message,
    },
  ];
  return (
    <DataTable
      caption="Failures"
      columns={columns}
      rows={errors}
      keyOf={(row) => `${row.kind} ${keyOf(row)} ${row.message}`}
      textOf={(row) => `${row.kind} ${keyOf(row)} ${row.message}`}
      empty="no failures"
    />
  );
}

/** A cell that selects what it names. */
function Choice({ text, change }: { readonly text: string; readonly change: SelectionChange }) {
  const { selection, select } = usePage();
  const isChosen =
    (change.kind === "status" && change.status === selection.status) ||
    (change.kind === "endpoint" && change.endpoint === selection.endpoint);
  return (
    <button type="button" class="choice" aria-pressed={isChosen} onClick={() => select(change)}>
      {text}
    </button>
  );
}
