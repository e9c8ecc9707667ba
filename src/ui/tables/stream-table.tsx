import { count, milliseconds, perSecondText } from "../../report/numbers.ts";
import type { Result, StreamResult } from "../../report/result/result-schema.ts";
import { DataTable, type TableColumn } from "./data-table.tsx";

const nameOf = ({ method, name }: Pick<StreamResult, "method" | "name">) => `${method} ${name}`;

const columns: readonly TableColumn<StreamResult>[] = [
  { id: "name", title: "stream", kind: "name", sortBy: nameOf, cell: nameOf },
  figure("count", "streams", (row) => row.count, count),
  figure("failures", "failures", ({ failures }) => failures, count),
  figure("events", "events", ({ events }) => events, count),
  figure("rate", "events/s", ({ eventsPerSecond }) => eventsPerSecond, perSecondText),
  ...(["50", "95", "99"] as const).map((percentile) =>
    percentileOf("first", `first p${percentile} ms`, percentile, ({ firstEventMs }) => firstEventMs),
  ),
  percentileOf("sent", "first since sent p95 ms", "95", ({ firstEventServiceMs }) => firstEventServiceMs, true),
  ...(["50", "95", "99"] as const).map((percentile) =>
    percentileOf("gap", `gap p${percentile} ms`, percentile, ({ eventGapMs }) => eventGapMs),
  ),
  figure("gap-max", "gap max ms", ({ eventGapMs }) => eventGapMs.max, milliseconds),
  percentileOf("whole", "whole p50 ms", "50", ({ durationMs }) => durationMs, true),
  percentileOf("whole", "whole p95 ms", "95", ({ durationMs }) => durationMs),
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
  extra = false,
): TableColumn<StreamResult> {
  return figure(`${id}${percentile}`, title, (row) => of(row).percentiles[percentile] ?? 0, milliseconds, extra);
}

function figure(
  id: string,
  title: string,
  sortBy: (row: StreamResult) => number,
  format: (value: number) => string,
  extra = false,
): TableColumn<StreamResult> {
  return { id, title, kind: "number", sortBy, cell: (row) => format(sortBy(row)), extra };
}
