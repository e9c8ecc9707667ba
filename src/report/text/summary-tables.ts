import { count, milliseconds, millisecondsOf, percent, perSecondText } from "../numbers.ts";
import type { EndpointResult, GroupResult, Result, StreamResult } from "../result/result-schema.ts";
import { onStopLines } from "./on-stop-lines.ts";
import type { Style } from "./style.ts";
import { type Column, table } from "./table.ts";
import { widthOf } from "./text-width.ts";

/** The maximum number of rows of a table in the summary; the output files list all. */
const mostRows = 40;

const endpointColumns: readonly Column[] = [
  { title: "  endpoint", align: "left", maxWidth: 120 },
  { title: "requests", align: "right" },
  { title: "failures", align: "right" },
  { title: "min", align: "right", leftOut: 1 },
  { title: "p50", align: "right", leftOut: 2 },
  { title: "p95", align: "right" },
  { title: "p99", align: "right", leftOut: 4 },
  { title: "max ms", align: "right", leftOut: 5 },
  { title: "req/s", align: "right", leftOut: 3 },
];

/** Renders the endpoints with their total, and the requests of `onStop`, which are in neither. */
export function endpointTable(result: Result, style: Style, width: number): string[] {
  const { shown, left } = busiest(result.endpoints, ({ requests }) => requests);
  const [head = "", ...body] = table(endpointColumns, [...shown, result.total].map(endpointRow), width);
  const sum = body.pop() ?? "";
  const more = left > 0 ? [style.muted(`  and ${count(left)} more with fewer requests`)] : [];
  const line = style.muted(`  ${"─".repeat(widthOf(head) - 2)}`);
  const ofOnStop = onStopLines(result).map((text) => style.muted(`  ${text}`));
  return [style.muted(head), ...body, ...more, line, style.strong(sum), ...ofOnStop];
}

function endpointRow(endpoint: EndpointResult): string[] {
  const { min, max, percentiles } = endpoint.responseTimeMs;
  const share = endpoint.requests === 0 ? 0 : endpoint.failures / endpoint.requests;
  return [
    `  ${`${endpoint.method} ${endpoint.name}`.trim()}`,
    count(endpoint.requests),
    endpoint.failures === 0 ? "0" : `${count(endpoint.failures)} (${percent(share)})`,
    milliseconds(min),
    milliseconds(percentiles["50"] ?? 0),
    milliseconds(percentiles["95"] ?? 0),
    milliseconds(percentiles["99"] ?? 0),
    milliseconds(max),
    perSecondText(endpoint.requestsPerSecond),
  ];
}

const groupColumns: readonly Column[] = [
  { title: "  group", align: "left", maxWidth: 120 },
  { title: "count", align: "right" },
  { title: "failures", align: "right" },
  { title: "p50", align: "right", leftOut: 2 },
  { title: "p95", align: "right" },
  { title: "p99", align: "right", leftOut: 3 },
  { title: "max ms", align: "right", leftOut: 5 },
  { title: "active p50", align: "right", leftOut: 1 },
  { title: "active p95", align: "right", leftOut: 4 },
];

/** Renders the groups of the test: their durations and, as "active", their durations without pauses. */
export function groupTable({ groups = [] }: Result, style: Style, width: number): string[] {
  if (groups.length === 0) return [];
  const { shown, left } = busiest(groups, (group) => group.count);
  const [head = "", ...body] = table(groupColumns, shown.map(groupRow), width);
  const more = left > 0 ? [style.muted(`  and ${count(left)} more that ran less often`)] : [];
  return [style.muted(head), ...body, ...more];
}

function groupRow({ name, count: times, failures, durationMs, activeTimeMs }: GroupResult): string[] {
  return [
    `  ${name}`,
    count(times),
    failures === 0 ? "0" : `${count(failures)} (${percent(failures / times)})`,
    milliseconds(durationMs.percentiles["50"] ?? 0),
    milliseconds(durationMs.percentiles["95"] ?? 0),
    milliseconds(durationMs.percentiles["99"] ?? 0),
    milliseconds(durationMs.max),
    milliseconds(activeTimeMs.percentiles["50"] ?? 0),
    milliseconds(activeTimeMs.percentiles["95"] ?? 0),
  ];
}

const streamColumns: readonly Column[] = [
  { title: "  stream", align: "left", maxWidth: 120 },
  { title: "streams", align: "right" },
  { title: "events/s", align: "right", leftOut: 3 },
  { title: "first p50", align: "right", leftOut: 1 },
  { title: "first p95", align: "right" },
  { title: "gap p50", align: "right", leftOut: 2 },
  { title: "gap p95", align: "right" },
  { title: "gap max ms", align: "right", leftOut: 4 },
];

/** Renders the endpoints with streamed responses: the times to their first events, and from one event to the next. */
export function streamTable({ streams = [] }: Result, style: Style, width: number): string[] {
  if (streams.length === 0) return [];
  const { shown, left } = busiest(streams, ({ events }) => events);
  const [head = "", ...body] = table(streamColumns, shown.map(streamRow), width);
  const more = left > 0 ? [style.muted(`  and ${count(left)} more with fewer events`)] : [];
  return [style.muted(head), ...body, ...more];
}

function streamRow({ method, name, count: ended, events, firstEvents, ...stream }: StreamResult): string[] {
  const { eventsPerSecond, firstEventMs, eventGapMs } = stream;
  const gaps = events - firstEvents;
  return [
    `  ${method} ${name}`,
    count(ended),
    perSecondText(eventsPerSecond),
    millisecondsOf(firstEventMs.percentiles["50"], firstEvents),
    millisecondsOf(firstEventMs.percentiles["95"], firstEvents),
    millisecondsOf(eventGapMs.percentiles["50"], gaps),
    millisecondsOf(eventGapMs.percentiles["95"], gaps),
    millisecondsOf(eventGapMs.max, gaps),
  ];
}

/** Returns the rows with the highest numbers, in their order, and the number of the others. */
function busiest<Row>(rows: readonly Row[], numberOf: (row: Row) => number): { shown: Row[]; left: number } {
  const kept = new Set(rows.toSorted((a, b) => numberOf(b) - numberOf(a)).slice(0, mostRows));
  return { shown: rows.filter((row) => kept.has(row)), left: rows.length - kept.size };
}
