import { ConfigurationError } from "../../core/errors.ts";
import { HistogramFormatError } from "../../stats/histogram/layout.ts";
import type { StoredWindow } from "../../stats/windows.ts";
import { type ComparedFacts, type ComparedSource, noNoiseEstimate } from "../comparison/compared-source.ts";
import { count } from "../numbers.ts";
import { buildBaseline } from "../result/build-baseline.ts";
import { encodedMicros } from "./encoded-micros.ts";
import type { HistogramContent } from "./histogram-file.ts";
import { type IntervalLog, valuesOf } from "./interval-log.ts";
import type { LineFile } from "./line-file.ts";
import { logTotals } from "./log-totals.ts";
import { type PercentileText, percentileOf } from "./percentile-text.ts";
import { endpointsOfTags } from "./tag-names.ts";
import { type FileUnit, timeUnitNames, valuesPerMs } from "./time-unit.ts";

const hourMs = 3_600_000;
/**
 * The maximum length of an interval, relative to a section, with which sections can be told apart: writers wait a little longer than
 * asked.
 */
const longestOfSection = 1.1;
const noColumns = { requests: [], failures: [], p50Ms: [], p95Ms: [], p99Ms: [] };
const noLoad = {
  iterations: { completed: 0, failed: 0, interrupted: 0, dropped: 0 },
  starts: { succeeded: 0, failed: 0 },
  scheduling: null,
  ...{ tasks: [], unawaited: [], series: [], checks: [], metrics: [] },
  ...{ peakUsers: 0, users: [], errors: [] as const },
};

/**
 * Returns an HdrHistogram file as one side of a comparison.
 * @param others the endpoints of the other side, to which the tags are matched
 * @throws ConfigurationError
 */
export function fileSource(
  file: LineFile,
  content: HistogramContent,
  unit: FileUnit,
  others: ComparedSource["endpoints"],
): ComparedSource {
  const source = content.kind === "log" ? logSource(file, content, unit, others) : textSource(file.name, content, unit);
  const notes = [`${file.name}: ${timeUnitNames[unit.unit]}, ${unit.because}`, ...(source.notes ?? [])];
  return { ...source, notes: source.noSections === undefined ? notes : [...notes, source.noSections] };
}

function logSource(
  file: LineFile,
  log: IntervalLog,
  { unit }: FileUnit,
  others: ComparedSource["endpoints"],
): ComparedSource {
  const { total, isUntaggedTotal } = logTotals(log);
  const names = endpointsOfTags(log.tags.keys(), log.isMusters, others);
  const built = withFile(file, () => buildBaseline(log, windowsOf(file, log, unit, names, isUntaggedTotal)));
  const longestMs = log.intervals.reduce((longest, { lengthMs }) => Math.max(longest, lengthMs), 0);
  const isTooCoarse = built.sectionMs.some((sectionMs) => longestMs > longestOfSection * sectionMs);
  const told = (endpoint: (typeof built)["total"]) => ({
    ...endpoint,
    failures: null,
    sections: isTooCoarse ? noColumns : { ...endpoint.sections, failures: [] },
  });
  const longCount = total.countAbove(hourMs * valuesPerMs[unit]);
  return {
    run: factsOf(file.name, "log", log.startedAt, log.durationMs === 0 ? null : log.durationMs),
    sectionMs: isTooCoarse ? [] : built.sectionMs,
    ...(isTooCoarse && {
      noSections: `${noNoiseEstimate}, as the intervals of ${file.name} last up to ${longestMs / 1_000} s`,
    }),
    series: built.series,
    total: told(built.total),
    endpoints: names.size === 0 ? [] : built.endpoints.map(told),
    notes: longCount === 0 ? [] : [`${file.name}: ${count(longCount)} times above 1 hour are compared as 1 hour`],
  };
}

/** Returns one window for each interval, in muster's own slots. */
function* windowsOf(
  file: LineFile,
  log: IntervalLog,
  unit: FileUnit["unit"],
  names: ReturnType<typeof endpointsOfTags>,
  isUntaggedTotal: boolean,
): Generator<StoredWindow> {
  for (const interval of log.intervals) {
    if (isUntaggedTotal && interval.tag === "") continue;
    const { method, name } = names.get(interval.tag) ?? { method: "", name: "(no tag)" };
    const serviceTime = encodedMicros(valuesOf(file, interval), valuesPerMs[unit] / 1_000, interval.max);
    const traffic = { requests: interval.count, failures: [], bytesIn: 0, bytesOut: 0 };
    yield {
      ...noLoad,
      startMs: interval.startMs,
      widthMs: interval.lengthMs,
      endpoints: [{ method, name, ...traffic, serviceTime, responseTime: null, phases: [] }],
    };
  }
}

function textSource(file: string, text: PercentileText, { unit }: FileUnit): ComparedSource {
  const [p50, p95, p99] = [0.5, 0.95, 0.99].map((level) => percentileOf(text, level));
  const toMs = (value: number | undefined) => (value === undefined ? null : value / valuesPerMs[unit]);
  const open = [
    ["p50", p50],
    ["p95", p95],
    ["p99", p99],
  ] as const;
  return {
    run: factsOf(file, "percentiles", null, text.sent?.durationMs ?? null),
    sectionMs: [],
    noSections: `${noNoiseEstimate}, as ${file} has no intervals`,
    series: { startMs: [], widthMs: [], users: [] },
    total: {
      ...{ method: "", name: "Aggregated", failures: null, sections: noColumns, series: null },
      requests: text.sent?.requests ?? text.rows.at(-1)?.count ?? 0,
      ...{ p50Ms: toMs(p50?.high), p95Ms: toMs(p95?.high), p99Ms: toMs(p99?.high) },
    },
    endpoints: [],
    notes: open.flatMap(([name, range]) =>
      range === undefined || range.low === range.high
        ? []
        : [`${file}: ${name} lies between ${toMs(range.low)} and ${toMs(range.high)} ms; the higher value is compared`],
    ),
  };
}

function factsOf(
  id: string,
  format: "log" | "percentiles",
  startedAt: string | null,
  durationMs: number | null,
): ComparedFacts {
  const unknown = { name: null, test: null, profile: null, host: null, workers: null, peakUsers: null };
  return { id, format, startedAt, durationMs, ...unknown, verdict: null, musterVersion: null };
}

/** Reports values that do not fit into muster's own histograms as an error of the file. */
function withFile<Value>(file: LineFile, read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof HistogramFormatError)) throw error;
    throw new ConfigurationError(`${file.name}: ${error.message}`, { cause: error });
  }
}
