import { count, percent } from "../../report/numbers.ts";
import type { Result } from "../../report/result/result-schema.ts";
import { usePage } from "../components/page-context.tsx";
import { allEndpoints, keyOf } from "../data/endpoint-key.ts";
import { PartButton } from "../selection/part-button.tsx";
import { type ErrorChoice, isError } from "../selection/selection.ts";
import { DataTable, type TableColumn } from "./data-table.tsx";

type ErrorRow = Result["errors"][number];

interface FailureTableProps extends Pick<Result, "errors"> {
  /** The number of requests on which the shares are based. */
  readonly requests: number;
}

/** The failures by kind, endpoint and message, with their counts. Clicking a kind, an endpoint or a message selects it. */
export function FailureTable({ errors, requests }: FailureTableProps) {
  const { selection } = usePage();
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
      cell: ({ kind }) => <PartButton change={{ kind: "status", status: kind }}>{kind}</PartButton>,
    },
    {
      id: "where",
      title: "endpoint",
      kind: "name",
      sortBy: keyOf,
      cell: (row) => <PartButton change={{ kind: "endpoint", endpoint: keyOf(row) }}>{keyOf(row)}</PartButton>,
    },
    {
      id: "message",
      title: "message",
      kind: "name",
      sortBy: ({ message }) => message,
      cell: (row) => (row.message === "" ? "" : <ErrorCell row={row} />),
    },
  ];
  return (
    <DataTable
      caption="Failures"
      columns={columns}
      rows={errors}
      keyOf={(row) => `${row.kind} ${keyOf(row)} ${row.message}`}
      textOf={(row) => `${row.kind} ${keyOf(row)} ${row.message}`}
      isChosen={(row) => isError(selection, choiceOf(row))}
      empty="no failures"
    />
  );
}

function ErrorCell({ row }: { readonly row: ErrorRow }) {
  return <PartButton change={{ kind: "error", error: choiceOf(row) }}>{row.message}</PartButton>;
}

function choiceOf(row: ErrorRow): ErrorChoice {
  // For an exception, the name is that of a task, which has no figures.
  return { endpoint: row.kind === "exception" ? allEndpoints : keyOf(row), status: row.kind, error: row.message };
}
