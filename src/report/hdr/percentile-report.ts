import { count, rounded } from "../numbers.ts";
import { type HistogramReport, reportedPercentiles } from "./histogram-report.ts";
import { type PercentileText, percentileOf } from "./percentile-text.ts";
import { type FileUnit, valuesPerMs } from "./time-unit.ts";

/** Builds the report on a percentile text. @param file its name */
export function percentileReport(file: string, text: PercentileText, unit: FileUnit): HistogramReport {
  const toMs = (value: number) => value / valuesPerMs[unit.unit];
  const { rows, mean, stddev, sent } = text;
  const [first, last] = [rows[0], rows.at(-1)];
  const ranges = reportedPercentiles.map((p) => [String(p), percentileOf(text, p / 100)] as const);
  return {
    schema: "muster-histogram/1",
    file,
    format: "percentiles",
    unit: { name: unit.unit, because: unit.because },
    startedAt: null,
    durationMs: sent?.durationMs ?? null,
    total: {
      requests: last?.count ?? 0,
      requestsPerSecond: sent === null ? null : rounded((sent.requests / sent.durationMs) * 1_000),
      responseTimeMs: {
        min: first?.level === 0 ? toMs(first.value) : null,
        mean: mean === null ? null : toMs(mean),
        max: toMs(last?.value ?? 0),
        stddev: stddev === null ? null : toMs(stddev),
        percentiles: Object.fromEntries(ranges.map(([p, { high }]) => [p, toMs(high)])),
        from: Object.fromEntries(ranges.flatMap(([p, { low, high }]) => (low < high ? [[p, toMs(low)]] : []))),
      },
    },
    tags: [],
    series: null,
    notes: notesOf(text),
  };
}

function notesOf(text: PercentileText): string[] {
  const { rows, tables, title, sent } = text;
  const counted = rows.at(-1)?.count ?? 0;
  const notes: string[] = [];
  if (tables > 1) notes.push(`the file has ${tables} tables; this is the first${title === null ? "" : `, ${title}`}`);
  if (sent === null) notes.push("a percentile text does not contain the duration of the run: the rate is not known");
  else if (sent.requests !== counted) {
    notes.push(
      `the rate is of all ${count(sent.requests)} requests, the table of ${count(counted)}: wrk2 leaves out its calibration`,
    );
  }
  if (reportedPercentiles.some((p) => isBetweenRows(text, p / 100))) {
    notes.push("≤: the percentile lies between two rows of the text, and this is the upper end");
  }
  return notes;
}

function isBetweenRows(text: PercentileText, level: number): boolean {
  const { low, high } = percentileOf(text, level);
  return low < high;
}
