import { count, percent } from "../../report/numbers.ts";
import type { Result } from "../../report/result/result-schema.ts";
import { usePage } from "../components/page-context.tsx";
import { PartButton } from "../selection/part-button.tsx";
import type { SelectedFigures } from "../selection/selected-figures.ts";
import { ofAllNote } from "../selection/selection-notes.ts";
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
  {
    ...{ id: "name", title: "check", kind: "name", sortBy: ({ name }) => name },
    cell: ({ name }) => <PartButton change={{ kind: "check", check: name }}>{name}</PartButton>,
  },
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

/** The checks of the run, or of the selected time. Clicking one selects it. */
export function CheckTable({ checks }: Pick<SelectedFigures, "checks">) {
  const { selection } = usePage();
  const note = ofAllNote("Checks", selection);
  return (
    <>
      {note !== null && <p class="note">{note}</p>}
      <DataTable
        caption="Checks"
        columns={columns}
        rows={checks ?? []}
        keyOf={({ name }) => name}
        textOf={({ name }) => name}
        isChosen={({ name }) => name === selection.check}
        empty={selection.range === null ? "the test makes no checks" : "no check was made in this time"}
      />
    </>
  );
}

function shareOf({ passes, failures }: CheckRow): number {
  return passes + failures === 0 ? 0 : passes / (passes + failures);
}
