import { isInterval, readInterval } from "./interval-line.ts";
import type { FileLine, LineFile } from "./line-file.ts";
import { LogHeader } from "./log-header.ts";
import type { SlotCounts } from "./slot-counts.ts";
import { type FileUnit, MaxColumn, type UnknownUnit } from "./time-unit.ts";
import { ValueTotals } from "./value-totals.ts";

export interface LogInterval {
  /** The tag; empty if the line has none. */
  readonly tag: string;
  /** The start of the interval, since the start of the log. */
  readonly startMs: number;
  readonly lengthMs: number;
  readonly count: number;
  /** The highest value, in the unit of the log. */
  readonly max: number;
  readonly line: Omit<FileLine, "text">;
}

/** An HdrHistogram log: histograms of intervals, of one or more tags. */
export interface IntervalLog {
  readonly kind: "log";
  /** The intervals in the order of their starts. */
  readonly intervals: readonly LogInterval[];
  /** The sum of all intervals of each tag. The tag is empty for lines without one. */
  readonly tags: ReadonlyMap<string, ValueTotals>;
  /** The start as ISO 8601 in UTC; null if the log does not contain it. */
  readonly startedAt: string | null;
  readonly durationMs: number;
  readonly unit: FileUnit | UnknownUnit;
  /** Whether muster wrote the log. */
  readonly isMusters: boolean;
}

const mostIntervals = 1_000_000;
const mostTags = 10_000;
/** The maximum number of pages of all tags together: 256 MB. A tag of 3 digits takes at most 35 pages, one of 5 digits some hundreds. */
const mostPages = 32_768;
/** The earliest time that is taken as a time since the epoch: 2001. */
const earliestDateSec = 1e9;
const latestDateSec = 8.64e12;

/** Reads a log of format 1.0 to 1.3. Source: HistogramLogReader.java of HdrHistogram. @throws ConfigurationError */
export function readIntervalLog(file: LineFile): IntervalLog {
  const collected = new CollectedLog(file);
  for (const line of file.lines()) collected.read(line);
  return collected.finish();
}

/** An interval with the times of its log, in seconds. */
interface TimedInterval extends Omit<LogInterval, "startMs" | "lengthMs"> {
  readonly startSec: number;
  readonly lengthSec: number;
}

class CollectedLog {
  readonly #file: LineFile;
  readonly #header = new LogHeader();
  readonly #column = new MaxColumn();
  readonly #tags = new Map<string, ValueTotals>();
  readonly #intervals: TimedInterval[] = [];
  #count = 0;
  #pages = 0;

  constructor(file: LineFile) {
    this.#file = file;
  }

  read(line: FileLine): void {
    const { text, ...place } = line;
    this.#header.read(text);
    if (!isInterval(text)) return;
    const { tag, timestampSec, lengthSec, maxColumn, values } = readInterval(this.#file, line);
    this.#addTo(tag, values);
    const { layout, total: count } = values;
    const last = values.slots.at(-1);
    const highest = last === undefined ? 0 : layout.highestOf(last);
    if (last !== undefined) this.#column.add(maxColumn, layout.lowestOf(last), highest);
    this.#count += count;
    // Muster writes the exact maximum, in ms with 3 decimals. Other tools write the end of its slot.
    const max = this.#header.isMusters ? Math.min(highest, Math.round(maxColumn * 1_000)) : highest;
    this.#intervals.push({ tag, startSec: this.#header.timeOf(timestampSec), lengthSec, count, max, line: place });
    this.#requireBounds(line.number);
  }

  finish(): IntervalLog {
    const { runMs, baseTimeSec, isMusters } = this.#header;
    this.#intervals.sort((a, b) => a.startSec - b.startSec);
    const firstSec = this.#intervals[0]?.startSec ?? 0;
    const startSec = runMs === null ? firstSec : Math.min(baseTimeSec ?? firstSec, firstSec);
    const endSec = this.#intervals.reduce((end, each) => Math.max(end, each.startSec + each.lengthSec), startSec);
    return {
      kind: "log",
      intervals: this.#intervals.map(({ startSec: each, lengthSec, ...interval }) => ({
        ...interval,
        startMs: Math.round((each - startSec) * 1_000),
        lengthMs: Math.round(lengthSec * 1_000),
      })),
      tags: this.#tags,
      startedAt: startSec > earliestDateSec && startSec < latestDateSec ? dateOf(startSec) : null,
      durationMs: runMs ?? Math.round((endSec - startSec) * 1_000),
      unit: isMusters ? { unit: "us", certainty: "said", because: "as its first line says" } : this.#column.unit(),
      isMusters,
    };
  }

  #addTo(tag: string, values: SlotCounts): void {
    const totals = this.#tags.get(tag) ?? new ValueTotals();
    this.#tags.set(tag, totals);
    this.#pages -= totals.pages;
    totals.add(values);
    this.#pages += totals.pages;
  }

  #requireBounds(line: number): void {
    const beyond = [
      this.#intervals.length > mostIntervals && "there are more than 1,000,000 intervals",
      this.#tags.size > mostTags && "there are more than 10,000 tags",
      this.#pages > mostPages && "the histograms of all tags take more than 256 MB",
      this.#count > Number.MAX_SAFE_INTEGER && "there are more than 2^53 - 1 values",
    ].find((problem) => problem !== false);
    if (beyond !== undefined) throw this.#file.error(line, beyond);
  }
}

function dateOf(seconds: number): string {
  return new Date(Math.round(seconds * 1_000)).toISOString();
}

/** Reads the values of an interval again, because those of a whole log do not fit into memory. @throws ConfigurationError */
export function valuesOf(file: LineFile, { line }: LogInterval): SlotCounts {
  return readInterval(file, { text: file.textAt(line), number: line.number }).values;
}
