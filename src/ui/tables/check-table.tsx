import { count, percent } from "../../report/numbers.ts";
import type { Result } from "../../report/result/result-schema.ts";
import { DataTable, type TableColumn } from "./data-table.tsx";

type CheckRow = Result["checks"][number];

const columns: readonly TableColumn<CheckRow>[] = [
  {
    id: "mark",
    title: "held",
    kind: "text",
    sortBy: ({ failures }) => failures,
    cell: ({ failures }) =>
      failures === 0 ? <span class="passed">✓ always</span> : <span class="failed">✗ not always</span>,
  },
  { id: "name", title: "check", kind: "name", sortBy: ({ name }) => name, cell: ({ name }) => name },
  {
    id: "passes",
    title: "passes",
    kind: "number",
    sortBy: ({ passes }) => passes,
    cell: ({ passes }) => count(passes),
  },
  {
    id: "failures",
    title: "failures",
    kind: "number",
    sortBy: ({ failures }) => failures,
    cell: ({ failures }) => count(failures),
  },
  {
    id: "share",
    title: "passed",
    kind: "number",
    sortBy: shareOf,
    cell: (row) => percent(shareOf(row)),
  },
];

export function CheckTable({ checks }: Pick<Result, "checks">) {
  return (
    <DataTable
      caption="Checks"
      columns={columns}
      rows={checks}
      keyOf={({ name }) => name}
      textOf={({ name }) => name}
      empty="the test makes no checks"
    />
  );
}

function shareOf({ passes, failures }: CheckRow): number {
  return passes + failures === 0 ? 0 : passes / (passes + failures);
}
