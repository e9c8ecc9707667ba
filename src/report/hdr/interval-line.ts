import { readCompressedHistogram } from "./compressed-histogram.ts";
import type { FileLine, LineFile } from "./line-file.ts";
import { type SlotCounts, UnreadableHistogram } from "./slot-counts.ts";

/** A line of an HdrHistogram log: `Tag=NAME,` if there is a tag, then four fields. */
export interface IntervalLine {
  /** The tag; empty if the line has none. */
  readonly tag: string;
  /** The start of the interval, since an epoch or since the start of the log. */
  readonly timestampSec: number;
  readonly lengthSec: number;
  /** The value of the column Interval_Max. */
  readonly maxColumn: number;
  readonly values: SlotCounts;
}

const fields = ["StartTimestamp", "Interval_Length", "Interval_Max", "the histogram"];

/** Whether the line belongs to an HdrHistogram log. No other file format that muster reads has such lines. */
export function isLogLine(text: string): boolean {
  return /^#\[Histogram log format|^"StartTimestamp"|^Tag=|^[\d.]+[, ][\d.]+[, ][^, ]+[, ]HIST/.test(text);
}

/** Whether the line is an interval, and not a comment, the legend or empty. */
export function isInterval(text: string): boolean {
  return !/^\s*$|^\s*#|^\s*"StartTimestamp"/.test(text);
}

/** Reads an interval. @throws ConfigurationError that names the line */
export function readInterval(file: LineFile, { text, number }: Pick<FileLine, "text" | "number">): IntervalLine {
  const [, tag = "", rest = ""] = /^\s*(?:Tag=([^,\s]*)[,\s])?(.*)$/.exec(text) ?? [];
  const [start = "", length = "", maxColumn = "", histogram = "", ...more] = rest.trim().split(/[,\s]+/);
  if (histogram === "" || more.length > 0) {
    throw file.error(number, `expected ${fields.slice(0, 3).join(", ")} and ${fields[3]}, separated by commas`);
  }
  const [timestampSec = 0, lengthSec = 0, max = 0] = [start, length, maxColumn].map((field, position) => {
    const value = Number(field);
    if (!Number.isFinite(value)) throw file.error(number, `${fields[position]} is "${field}", not a number`);
    return value;
  });
  if (lengthSec < 0) throw file.error(number, `Interval_Length is ${length}: expected seconds, at least 0`);
  return { tag, timestampSec, lengthSec, maxColumn: max, values: readHistogram(file, number, histogram) };
}

function readHistogram(file: LineFile, line: number, base64: string): SlotCounts {
  try {
    return readCompressedHistogram(base64);
  } catch (error) {
    throw error instanceof UnreadableHistogram ? file.error(line, error.message) : error;
  }
}
