import { count, milliseconds, percent, perSecondText } from "../../report/numbers.ts";
import type { GroupFigures } from "../../report/page/parts/range-figures.ts";
import { usePage } from "../components/page-context.tsx";
import { timed } from "../data/timed.ts";
import { PartButton } from "../selection/part-button.tsx";
import type { SelectedFigures } from "../selection/selected-figures.ts";
import { ofAllNote } from "../selection/selection-notes.ts";
import { DataTable, type TableColumn } from "./data-table.tsx";

const columns: readonly TableColumn<GroupFigures>[] = [
  { id: "name", title: "group", kind: "name", sortBy: ({ name }) => name, cell: (row) => <GroupName {...row} /> },
  figure("count", "count", (row) => row.count, count),
  figure("failures", "failures", ({ failures }) => failures, count),
  figure("share", "failed", (row) => (row.count === 0 ? null : row.failures / row.count), percent),
  figure("min", "min ms", ({ durationMs }) => timed(durationMs)?.min ?? null, milliseconds, true),
  figure("mean", "mean ms", ({ durationMs }) => timed(durationMs)?.mean ?? null, milliseconds, true),
  figure("p50", "p50 ms", ({ durationMs }) => timed(durationMs)?.percentiles["50"] ?? null, milliseconds),
  figure("p95", "p95 ms", ({ durationMs }) => timed(durationMs)?.percentiles["95"] ?? null, milliseconds),
  figure("p99", "p99 ms", ({ durationMs }) => timed(durationMs)?.percentiles["99"] ?? null, milliseconds),
  figure("max", "max ms", ({ durationMs }) => timed(durationMs)?.max ?? null, milliseconds),
  figure(
    "active50",
    "active p50 ms",
    ({ activeTimeMs }) => timed(activeTimeMs)?.percentiles["50"] ?? null,
    milliseconds,
  ),
  figure(
    "active95",
    "active p95 ms",
    ({ activeTimeMs }) => timed(activeTimeMs)?.percentiles["95"] ?? null,
    milliseconds,
  ),
  figure(
    "active99",
    "active p99 ms",
    ({ activeTimeMs }) => timed(activeTimeMs)?.percentiles["99"] ?? null,
    milliseconds,
    true,
  ),
  figure("rate", "groups/s", ({ ratePerSecond }) => ratePerSecond, perSecondText),
];

/** The groups of the run, or of the selected time, each followed by the groups in it. Clicking one selects it. */
export function GroupTable({ groups }: Pick<SelectedFigures, "groups">) {
  const { selection } = usePage();
  const note = ofAllNote("Groups", selection);
  return (
    <>
      {note !== null && <p class="note">{note}</p>}
      <DataTable
        caption="Groups"
        columns={columns}
        rows={groups ?? []}
        keyOf={({ name }) => name}
        textOf={({ name }) => name}
        isChosen={({ name }) => name === selection.group}
        empty={selection.range === null ? "no group has ended yet" : "no group ended in this time"}
      />
      <p class="muted below">
        A group has failed if a request in it failed or its code threw. Its active time is its duration without pauses.
      </p>
    </>
  );
}

/** The path of a group. The names of the groups around it are muted. */
function GroupName({ name }: Pick<GroupFigures, "name">) {
  const start = name.lastIndexOf("::") + 2;
  return (
    <PartButton change={{ kind: "group", group: name }}>
      {start > 1 && <span class="muted">{name.slice(0, start)}</span>}
      {start > 1 ? name.slice(start) : name}
    </PartButton>
  );
}

function figure(
  id: string,
  title: string,
  sortBy: (row: GroupFigures) => number | null,
  format: (value: number) => string,
  extra = false,
): TableColumn<GroupFigures> {
  const cell = (row: GroupFigures) => {
    const value = sortBy(row);
    return value === null ? "–" : format(value);
  };
  return { id, title, kind: "number", sortBy, cell, extra };
}
