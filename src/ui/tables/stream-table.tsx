import { count, millisecondsOf, perSecondText } from "../../report/numbers.ts";
import type { Result, StreamResult } from "../../report/result/result-schema.ts";
import { PartButton } from "../selection/part-button.tsx";
import { DataTable, type TableColumn } from "./data-table.tsx";

const nameOf = ({ method, name }: Pick<StreamResult, "method" | "name">) => `${method} ${name}`;

const firstEventsOf = ({ firstEvents }: StreamResult) => firstEvents;
const gapsOf = ({ events, firstEvents }: StreamResult) => events - firstEvents;

const columns: readonly TableColumn<StreamResult>[] = [
  {
    ...{ id: "name", title: "stream", kind: "name", sortBy: nameOf },
    cell: (row) => <PartButton change={{ kind: "endpoint", endpoint: nameOf(row) }}>{nameOf(row)}</PartButton>,
  },
  figure("count", "streams", (row) => row.count, count),
  figure("failures", "failures", ({ failures }) => failures, count),
  figure("events", "events", ({ events }) => events, count),
  figure("rate", "events/s", ({ eventsPerSecond }) => eventsPerSecond, perSecondText),
  ...(["50", "95", "99"] as const).map((percentile) =>
    percentileOf("first", `first p${percentile} ms`, percentile, ({ firstEventMs }) => firstEventMs, firstEventsOf),
  ),
  percentileOf("sent", "first since sent p95 ms", "95", (row) => row.firstEventServiceMs, firstEventsOf, true),
  ...(["50", "95", "99"] as const).map((percentile) =>
    percentileOf("gap", `gap p${percentile} ms`, percentile, ({ eventGapMs }) => eventGapMs, gapsOf),
  ),
  time("gap-max", "gap max ms", ({ eventGapMs }) => eventGapMs.max, gapsOf),
  percentileOf(
    "whole",
    "whole p50 ms",
    "50",
    ({ durationMs }) => durationMs,
    (row) => row.count,
    true,
  ),
  percentileOf(
    "whole",
    "whole p95 ms",
    "95",
    ({ durationMs }) => durationMs,
    (row) => row.count,
  ),
];

/** The endpoints whose responses were streamed. */
export function StreamTable({ streams = [] }: Pick<Result, "streams">) {
  return (
    <>
      <DataTable
        caption="Streams"
        columns={columns}
        rows={streams}
        keyOf={nameOf}
        textOf={nameOf}
        empty="no response was streamed yet"
      />
      <p class="muted below">
        First: until the first event, since the request was due. Gap: from one event to the next. Whole: until the end
        of the stream, or until the test left it.
      </p>
    </>
  );
}

function percentileOf(
  id: string,
  title: string,
  percentile: string,
  of: (row: StreamResult) => StreamResult["eventGapMs"],
  countedOf: (row: StreamResult) => number,
  extra = false,
): TableColumn<StreamResult> {
  return time(`${id}${percentile}`, title, (row) => of(row).percentiles[percentile] ?? 0, countedOf, extra);
}

/** A column of a time that was measured as many times as `countedOf` returns. */
function time(
  id: string,
  title: string,
  sortBy: (row: StreamResult) => number,
  countedOf: (row: StreamResult) => number,
  extra = false,
): TableColumn<StreamResult> {
  const cell = (row: StreamResult) => millisecondsOf(sortBy(row), countedOf(row));
  return { id, title, kind: "number", sortBy, cell, extra };
}

function figure(
  id: string,
  title: string,
  sortBy: (row: StreamResult) => number,
  format: (value: number) => string,
): TableColumn<StreamResult> {
  return { id, title, kind: "number", sortBy, cell: (row) => format(sortBy(row)) };
}
