import type { ExceptionReport } from "../page/model.ts";
import type { Distribution, EndpointResult, Result } from "../result/result-schema.ts";
import { type CsvRow, csvRow } from "./csv-text.ts";
import { bytesPerRequest, percentileNames } from "./locust-history.ts";

/**
 * Locust's CSV files (locust/stats.py, StatsCSV) with the same columns in the same order, so that existing scripts keep
 * working. Times are response times in ms, with decimals where Locust rounds.
 */

const percentileColumns = percentileNames.map((percentile) => `${percentile}%`);

const statsColumns = [
  "Type",
  "Name",
  "Request Count",
  "Failure Count",
  "Median Response Time",
  "Average Response Time",
  "Min Response Time",
  "Max Response Time",
  "Average Content Size",
  "Requests/s",
  "Failures/s",
  ...percentileColumns,
];

/** `PREFIX_stats.csv` */
export function* statsCsv({ endpoints, total, run }: Result, row: CsvRow = csvRow): Generator<string> {
  yield row(statsColumns);
  for (const endpoint of [...endpoints, total]) yield row(statsCells(endpoint, (run.loadMs ?? run.durationMs) / 1_000));
}

/** `PREFIX_failures.csv` */
export function* failuresCsv({ errors }: Result, row: CsvRow = csvRow): Generator<string> {
  yield row(["Method", "Name", "Error", "Occurrences"]);
  for (const { method, name, kind, message, count } of errors) {
    if (kind !== "exception") yield row([method, name, message === "" ? kind : message, count]);
  }
}

/** `PREFIX_exceptions.csv`. A node is a worker: its number and its host. */
export function* exceptionsCsv(
  { errors, workers }: Pick<Result, "errors" | "workers">,
  row: CsvRow = csvRow,
): Generator<string> {
  yield row(["Count", "Message", "Traceback", "Nodes"]);
  const hosts = new Map(workers.map(({ number, host }) => [number, host]));
  for (const { kind, name, message, stack, count, workers: seenBy = [] } of errors) {
    if (kind !== "exception") continue;
    const nodes = seenBy.map((number) => `worker ${number} (${hosts.get(number) ?? "?"})`).join(", ");
    yield row([count, `${name}: ${message}`, stack, nodes]);
  }
}

/** The columns of a time, in ms: its name, its count and its figures. */
const timeColumns = ["Time", "Count", "Failure Count", "Median", "Average", "Min", "Max", "Count/s"];
const groupColumns = ["Name", ...timeColumns, "Failures/s", ...percentileColumns];
const streamColumns = ["Type", "Name", ...timeColumns, ...percentileColumns];

/** `PREFIX_groups.csv`: two rows per group, its "duration" and its "active time" without pauses, in ms. Locust has no such file. */
export function* groupsCsv({ groups = [], run }: Result, row: CsvRow = csvRow): Generator<string> {
  yield row(groupColumns);
  const seconds = (run.loadMs ?? run.durationMs) / 1_000;
  for (const { name, count, failures, durationMs, activeTimeMs } of groups) {
    const times = [
      ["duration", durationMs],
      ["active time", activeTimeMs],
    ] as const;
    for (const [time, distribution] of times) {
      const rates = [perSecond(count, seconds), perSecond(failures, seconds)];
      const figures = [...averageCells(distribution), ...rates, ...percentileCells(distribution)];
      yield row([name, time, count, failures, ...figures]);
    }
  }
}

/**
 * `PREFIX_streams.csv`: four rows per endpoint whose responses were streamed, in ms: "first event" (since due), "first event
 * since sent", "event gap" (its count is that of all events), and "duration". Locust has no such file.
 */
export function* streamsCsv({ streams = [], run }: Result, row: CsvRow = csvRow): Generator<string> {
  yield row(streamColumns);
  const seconds = (run.loadMs ?? run.durationMs) / 1_000;
  for (const { method, name, count, failures, events, firstEvents, ...times } of streams) {
    const rows = [
      ["first event", firstEvents, times.firstEventMs],
      ["first event since sent", firstEvents, times.firstEventServiceMs],
      ["event gap", events, times.eventGapMs],
      ["duration", count, times.durationMs],
    ] as const;
    for (const [time, counted, distribution] of rows) {
      const rate = perSecond(counted, seconds);
      const figures = [...averageCells(distribution), rate, ...percentileCells(distribution)];
      yield row([method, name, time, counted, failures, ...figures]);
    }
  }
}

function statsCells(endpoint: EndpointResult, seconds: number): (string | number)[] {
  const { method, name, requests, failures, responseTimeMs, bytesIn } = endpoint;
  const rates = [perSecond(requests, seconds), perSecond(failures, seconds)];
  return [
    ...[
      method,
      name,
      requests,
      failures,
      ...averageCells(responseTimeMs),
      bytesPerRequest(bytesIn, requests),
      ...rates,
    ],
    ...(requests === 0 ? percentileNames.map(() => "N/A") : percentileCells(responseTimeMs)),
  ];
}

function averageCells({ percentiles, mean, min, max }: Distribution): number[] {
  return [percentiles["50"] ?? 0, mean, min, max];
}

function percentileCells({ percentiles }: Distribution): (string | number)[] {
  return percentileNames.map((percentile) => percentiles[percentile] ?? "N/A");
}

function perSecond(count: number, seconds: number): number {
  return seconds > 0 ? Math.round((count / seconds) * 1e6) / 1e6 : 0;
}

/** The exceptions in the code of the test, most frequent first. */
export function exceptionsOf({ errors }: Pick<Result, "errors">): ExceptionReport[] {
  return errors.flatMap(({ kind, name, message, stack, count }) =>
    kind === "exception" ? [{ name, message, stack, count }] : [],
  );
}
