import { millisecondsLine } from "../hdr-percentiles.ts";
import type { FileLine, LineFile } from "./line-file.ts";
import type { FileUnit, TimeUnit, UnknownUnit } from "./time-unit.ts";

/** A row of a percentile table: `count` values are at most `value`, which is the percentile of `level` (0 to 1). */
export interface PercentileRow {
  readonly value: number;
  readonly level: number;
  readonly count: number;
}

/** HdrHistogram's percentile text (`outputPercentileDistribution`), from a file of its own or from the output of wrk2. */
export interface PercentileText {
  readonly kind: "percentiles";
  /** The rows in ascending order; the level of the last row is 1. */
  readonly rows: readonly PercentileRow[];
  /** Half of the last decimal place of the levels. */
  readonly levelRounding: number;
  /** The mean; null if the text has none, as in CSV. */
  readonly mean: number | null;
  readonly stddev: number | null;
  readonly unit: FileUnit | UnknownUnit;
  /** The title that wrk2 gives the table, such as "Recorded Latency"; null for other tools. */
  readonly title: string | null;
  /** The number of tables in the file. Only the first is read. */
  readonly tables: number;
  /** The number of all requests of wrk2, including the calibration that its table leaves out, and how long it ran; null for other tools. */
  readonly sent: { readonly requests: number; readonly durationMs: number } | null;
}

const mostRows = 100_000;
const decimal = String.raw`\d+(?:\.\d+)?`;
/** The head of a table. CSV quotes the fields; vegeta adds the unit: `Value(ms)`. */
const headerForm =
  /^\s*"?Value(?:\((ns|us|ms)\))?"?[\s,]+"?Percentile"?[\s,]+"?TotalCount"?[\s,]+"?1\/\(1-Percentile\)"?\s*$/;
const rowForm = new RegExp(
  String.raw`^\s*(${decimal})[\s,]+(\d+(?:\.(\d+))?)[\s,]+(\d+)(?:[\s,]+(?:${decimal}|inf|Infinity))?\s*$`,
);
const meanForm = new RegExp(String.raw`^\s*#\[Mean\s*=\s*(${decimal}),\s*StdDeviation\s*=\s*(${decimal})\]`);
const countForm = new RegExp(String.raw`^\s*#\[Max\s*=\s*${decimal},\s*Total count\s*=\s*(\d+)\]`);
const titleForm = /^\s*Latency Distribution \(HdrHistogram - ([^)]+)/;
const sentForm = new RegExp(String.raw`^\s*(\d+) requests in (${decimal})(us|ms|s|m|h),`);
const msPerWrkUnit: Readonly<Record<string, number>> = { us: 0.001, ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/** Whether the line is the head of a percentile table. */
export function isPercentileHeader(text: string): boolean {
  return headerForm.test(text);
}

/** Reads the first percentile table of a file and the lines around it. @throws ConfigurationError */
export function readPercentileText(file: LineFile): PercentileText {
  const table = new Table(file);
  let tables = 0;
  let title: string | null = null;
  let sent: PercentileText["sent"] = null;
  let unit: PercentileText["unit"] = { unit: null, certainty: "unknown", because: "no percentile text does" };
  for (const line of file.lines()) {
    if (headerForm.test(line.text)) tables++;
    else if (tables === 1) table.read(line);
    if (tables === 0) title = titleForm.exec(line.text)?.[1] ?? title;
    if (unit.unit === null) unit = readUnit(line.text) ?? unit;
    sent = readSent(line.text) ?? sent;
  }
  return { kind: "percentiles", ...table.finish(), tables, title, sent, unit };
}

/** Reads the unit of the values from one line, if the line has it. */
function readUnit(text: string): FileUnit | null {
  const [, named] = headerForm.exec(text) ?? [];
  if (named !== undefined)
    return { unit: named as TimeUnit, certainty: "said", because: "as the head of its table says" };
  if (titleForm.test(text)) return { unit: "ms", certainty: "said", because: "as wrk2 prints them" };
  if (text.startsWith(millisecondsLine)) return { unit: "ms", certainty: "said", because: "as its last line says" };
  return null;
}

/** "60018 requests in 30.00s, 19.81MB read": what wrk2 prints below the table. */
function readSent(text: string): PercentileText["sent"] {
  const [, requests, length, unit = ""] = sentForm.exec(text) ?? [];
  if (requests === undefined) return null;
  return { requests: Number(requests), durationMs: Number(length) * (msPerWrkUnit[unit] ?? 0) };
}

/** Collects the lines of one table. */
class Table {
  readonly #file: LineFile;
  readonly #rows: PercentileRow[] = [];
  #levelRounding = 0;
  #mean: number | null = null;
  #stddev: number | null = null;
  #isOver = false;
  #lastLine = 0;

  constructor(file: LineFile) {
    this.#file = file;
  }

  read({ text, number }: FileLine): void {
    if (!this.#isOver) this.#readRow(text, number);
    const [, mean, stddev] = meanForm.exec(text) ?? [];
    if (mean !== undefined) [this.#mean, this.#stddev] = [Number(mean), Number(stddev)];
    const [, total] = countForm.exec(text) ?? [];
    const counted = this.#rows.at(-1)?.count;
    if (total !== undefined && Number(total) !== counted) {
      throw this.#file.error(number, `Total count is ${total}, but the last row counts ${counted}`);
    }
  }

  finish() {
    this.#requireWhole(this.#lastLine);
    return { rows: this.#rows, levelRounding: this.#levelRounding, mean: this.#mean, stddev: this.#stddev };
  }

  #readRow(text: string, line: number): void {
    this.#lastLine = line;
    if (text.trim() === "") return;
    const [, value, level, decimals = "", count] = rowForm.exec(text) ?? [];
    if (value === undefined) {
      this.#requireWhole(line);
      this.#isOver = true;
      return;
    }
    const next = { value: Number(value), level: Number(level), count: Number(count) };
    const last = this.#rows.at(-1) ?? { value: 0, level: 0, count: 0 };
    if (next.level > 1) throw this.#file.error(line, `the percentile is ${level}: expected 0 to 1`);
    if (next.value < last.value || next.level < last.level || next.count < last.count) {
      throw this.#file.error(
        line,
        "the row is lower than the row before it: values, percentiles and counts must ascend",
      );
    }
    if (next.count > Number.MAX_SAFE_INTEGER) throw this.#file.error(line, "the count is above 2^53 - 1");
    if (this.#rows.push(next) > mostRows) throw this.#file.error(line, "there are more than 100,000 rows");
    this.#levelRounding = 0.5 * 10 ** -decimals.length;
  }

  #requireWhole(line: number): void {
    const last = this.#rows.at(-1);
    if (last?.level === 1) return;
    const found = last === undefined ? "there is no row" : `the last row has the percentile ${last.level}`;
    throw this.#file.error(line, `${found}: expected rows of value, percentile and count, to the percentile 1.0`);
  }
}

/** The bounds of a percentile. `low` and `high` are equal if the text contains the percentile. */
export interface PercentileRange {
  readonly low: number;
  readonly high: number;
}

/** Reads a percentile from the rows. @param level 0 to 1 */
export function percentileOf(
  { rows, levelRounding }: Pick<PercentileText, "rows" | "levelRounding">,
  level: number,
): PercentileRange {
  const position = rows.findIndex((row) => row.level >= level - levelRounding);
  const found = rows[position];
  if (found === undefined) throw new RangeError(`no row has a level of at least ${level}`);
  const before = rows[position - 1];
  if (before === undefined || found.level <= level + levelRounding) return { low: found.value, high: found.value };
  // If at least this many values are at most the value of the row before, the percentile is not above it.
  const needed = level * (rows.at(-1)?.count ?? 0);
  return { low: before.value, high: before.count >= needed ? before.value : found.value };
}
