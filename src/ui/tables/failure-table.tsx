import { count, percent } from "../../report/numbers.ts";
import type { Result } from "../../report/result/result-schema.ts";
import { keyOf } from "../data/endpoint-key.ts";
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
    { id: "kind", title: "kind", kind: "text", sortBy: ({ kind }) => kind, cell: ({ kind }) => kind },
    { id: "where", title: "endpoint", kind: "name", sortBy: keyOf, cell: keyOf },
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
