import { type Block, BlockEndpoint, blocksOf } from "../page/window-blocks.ts";
import type { Recording } from "../result/recording.ts";
import type { Result } from "../result/result-schema.ts";
import { type CsvRow, csvRow } from "./csv-text.ts";

/** The percentiles of a result. They are Locust's default. */
export const percentileNames = ["50", "66", "75", "80", "90", "95", "98", "99", "99.9", "99.99", "100"] as const;
const percentiles = percentileNames.map(Number);

const columns = [
  "Timestamp",
  "User Count",
  "Type",
  "Name",
  "Requests/s",
  "Failures/s",
  ...percentileNames.map((percentile) => `${percentile}%`),
  "Total Request Count",
  "Total Failure Count",
  "Total Median Response Time",
  "Total Average Response Time",
  "Total Min Response Time",
  "Total Max Response Time",
  "Total Average Content Size",
];

/** The minimum width of a row; the windows of a long run are wider. */
const finestMs = 1_000;

/**
 * Writes `PREFIX_stats_history.csv` with the columns of Locust (locust/stats.py, StatsCSVFileWriter): one row per
 * window and endpoint, and one for all endpoints. Rates and percentiles are those of the window; the `Total` columns
 * cover the run up to the end of the window.
 */
export function* historyCsv(
  { run, endpoints }: Result,
  recording: Pick<Recording, "windows">,
  row: CsvRow = csvRow,
): Generator<string> {
  yield row(columns);
  const startedMs = Date.parse(run.startedAt);
  const entries = endpoints.map(({ method, name }) => new Entry(method, name));
  const all = new Entry("", "Aggregated");
  for (const block of blocksOf(recording.windows(), finestMs, run.durationMs)) {
    const timestamp = Math.floor((startedMs + block.startMs + block.widthMs) / 1_000);
    const found = new Map(block.endpoints.map((endpoint) => [keyOf(endpoint), endpoint]));
    for (const entry of entries) yield row(entry.cells(timestamp, block, found.get(keyOf(entry.total))));
    yield row(all.cells(timestamp, block, block.total));
  }
}

/** The totals of an endpoint, or of all endpoints, up to a window. */
class Entry {
  readonly total: BlockEndpoint;

  constructor(method: string, name: string) {
    this.total = new BlockEndpoint(method, name);
  }

  cells(timestamp: number, { users, widthMs }: Block, now: BlockEndpoint | undefined): (string | number)[] {
    if (now !== undefined) this.total.merge(now);
    const { method, name, requests, failures, bytesIn, responseTime } = this.total;
    const perSecond = (count: number) => ((count / widthMs) * 1_000).toFixed(6);
    return [
      timestamp,
      users,
      method,
      name,
      perSecond(now?.requests ?? 0),
      perSecond(now?.failures ?? 0),
      ...percentileCells(now),
      requests,
      failures,
      responseTime.percentileMicros(50) / 1_000,
      Math.round(responseTime.meanMicros) / 1_000,
      responseTime.minMicros / 1_000,
      responseTime.maxMicros / 1_000,
      bytesPerRequest(bytesIn, requests),
    ];
  }
}

function percentileCells(now: BlockEndpoint | undefined): (string | number)[] {
  if (now === undefined || now.responseTime.count === 0) return percentileNames.map(() => "N/A");
  return now.responseTime.percentilesMicros(percentiles).map((micros) => micros / 1_000);
}

/** The mean number of bytes per request, rounded to three decimals. */
export function bytesPerRequest(bytes: number, requests: number): number {
  return requests === 0 ? 0 : Math.round((bytes / requests) * 1_000) / 1_000;
}

function keyOf({ method, name }: Pick<BlockEndpoint, "method" | "name">): string {
  return `${method} ${name}`;
}
