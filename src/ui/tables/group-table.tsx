import { count, milliseconds, percent, perSecondText } from "../../report/numbers.ts";
import type { GroupResult, Result } from "../../report/result/result-schema.ts";
import { timed } from "../data/timed.ts";
import { DataTable, type TableColumn } from "./data-table.tsx";

const columns: readonly TableColumn<GroupResult>[] = [
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

/** The groups of the test, each followed by the groups in it. */
export function GroupTable({ groups = [] }: Pick<Result, "groups">) {
  return (
    <>
      <DataTable
        caption="Groups"
        columns={columns}
        rows={groups}
        keyOf={({ name }) => name}
        textOf={({ name }) => name}
        empty="no group has ended yet"
      />
      <p class="muted below">
        A group has failed if a request in it failed or its code threw. Its active time is its duration without pauses.
      </p>
    </>
  );
}

/** The path of a group. The names of the groups around it are muted. */
function GroupName({ name }: Pick<GroupResult, "name">) {
  const start = name.lastIndexOf("::") + 2;
  if (start === 1) return <>{name}</>;
  return (
    <>
      <span class="muted">{name.slice(0, start)}</span>
      {name.slice(start)}
    </>
  );
}

function figure(
  id: string,
  title: string,
  sortBy: (row: GroupResult) => number | null,
  format: (value: number) => string,
  extra = false,
): TableColumn<GroupResult> {
  const cell = (row: GroupResult) => {
    const value = sortBy(row);
    return value === null ? "–" : format(value);
  };
  return { id, title, kind: "number", sortBy, cell, extra };
}
