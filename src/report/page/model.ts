import type { RunPhase } from "../../core/run.ts";
import type { Result } from "../result/result-schema.ts";

/**
 * All data that a report shows of one run, as plain JSON. The HTML report, the live page, CSV files and comparisons are
 * made from it. Measurements are columns: arrays of equal length with one entry per window. Times are in ms; measured
 * times have 3 significant digits. Null means no data.
 */
export interface RunReport {
  readonly schema: "muster-report/1";
  /** The phase of the run; "finished" is the last one. */
  readonly state: RunPhase;
  /** Present if the master exited without ending the run, which can be resumed. `activeAt` is when it last wrote, as ISO 8601. */
  readonly interrupted?: { readonly activeAt: string | null };
  /** The contents of `result.json`; while the run is in progress, its result so far. */
  readonly result: Result;
  /** The verdict so far of a run in progress; null before its first request, and for a run that has ended. */
  readonly standing: Standing | null;
  /** The command line without secrets; null if unknown. */
  readonly command: string | null;
  /** The machine of the master; null if unknown. */
  readonly machine: MachineFacts | null;
  /** The planned load, with the pauses and changes that users have made so far. */
  readonly plan: PlanColumns;
  /** The tasks of the user classes. */
  readonly classes: readonly ClassFacts[];
  readonly windows: WindowColumns;
  readonly workers: readonly WorkerReport[];
  /** The exceptions in the code of the test, the most frequent first. */
  readonly exceptions: readonly ExceptionReport[];
  /** The findings of a spike, a capacity search or a drift analysis, as lines of the terminal summary; empty for other loads. */
  readonly findings: readonly string[];
  readonly distributions: Distributions;
  readonly heat: HeatMap;
  /** The groups, streams and metrics of the test, and its observed metrics, over time; absent if it has none. */
  readonly own?: OwnColumns;
  /** The data from which the figures of a part of the run are computed; absent before anything was measured. */
  readonly slices?: Slices;
}

/**
 * The series of the test's own groups, streams and metrics and of its observed metrics, in at most 600 entries: the first
 * 12 groups, streams and metrics, and the first 24 observed metrics.
 */
export interface OwnColumns {
  readonly startMs: readonly number[];
  readonly widthMs: readonly number[];
  readonly series: readonly OwnSeries[];
}

export interface OwnSeries {
  readonly kind: "group" | "first-event" | "event-gap" | "trend" | "counter" | "rate" | "gauge" | "observed";
  /** The name of a metric or a group, or "METHOD name" of a stream. */
  readonly name: string;
  /** The unit of an observed metric, as the test gives it; absent if it gives none. */
  readonly unit?: string;
  /**
   * For times (in ms) and for a trend (in its own unit): the medians. For a counter: its increase per second. For a rate: its
   * share, 0..1. For a gauge: its last value. For an observed metric: the mean of the readings, or the last reading before.
   */
  readonly values: readonly (number | null)[];
  /** The p95 of times and of a trend; null for the other kinds, and if nothing was measured. */
  readonly p95: readonly (number | null)[] | null;
  /** For times and for a trend, 1 for each entry with fewer than 100 values, else 0; absent for the other kinds. */
  readonly few?: readonly number[];
}

/** The verdict that a run in progress would have if it ended now. */
export interface Standing {
  readonly verdict: "passed" | "failed" | "invalid";
  /** The reasons as text for the user, the most important first; empty if nothing is wrong so far. */
  readonly reasons: readonly string[];
}

export interface MachineFacts {
  readonly hostName: string;
  /** "linux x64 6.1.0" */
  readonly system: string;
  /** "v26.10.0" */
  readonly nodeVersion: string;
  readonly cpuModel: string;
  readonly cpus: number;
  readonly memoryBytes: number;
}

/** Points connected by straight lines. Of two points at the same time, the later one applies from then on. */
export interface PlanColumns {
  readonly atMs: readonly number[];
  /** The users of all scenarios together; null if no scenario is planned in users (the users of an open load are not planned). */
  readonly users: readonly number[] | null;
  /** The iterations due per second, in all open scenarios together; null without an open scenario. */
  readonly ratePerSecond: readonly number[] | null;
  /** Present if the plan has no end, as in a paused run: its last values then continue. */
  readonly isEndless?: true;
}

export interface ClassFacts {
  readonly scenario: string;
  readonly name: string;
  /** The share of the scenario's users, or of its arrivals: 0..1. */
  readonly share: number;
  /** The tasks, each with its share of the class's own iterations: 0..1. */
  readonly tasks: readonly { readonly name: string; readonly share: number }[];
}

/**
 * The measurements of each window, ascending, from the start of the run to the last window with data. Windows without
 * data are included as zeros and nulls. Most have the same width, but a late report can widen one.
 */
export interface WindowColumns {
  readonly startMs: readonly number[];
  readonly widthMs: readonly number[];
  /** The peak number of users in each window. */
  readonly users: readonly number[];
  readonly usersByClass: Readonly<Record<string, readonly number[]>>;
  /** The completed iterations. */
  readonly iterations: readonly number[];
  readonly droppedIterations: readonly number[];
  readonly total: EndpointColumns;
  /** The columns of the endpoints, in the order of `result.endpoints`. Only as many as fit are included: see `omittedEndpoints`. */
  readonly endpoints: readonly (EndpointColumns & { readonly method: string; readonly name: string })[];
  /** The number of endpoints without columns: the ones with the fewest requests. */
  readonly omittedEndpoints: number;
}

/**
 * The columns of an endpoint, with one entry per window. Counts are totals of the window: divide them by `widthMs` for
 * rates. Percentiles are of the response time.
 */
export interface EndpointColumns {
  readonly requests: readonly number[];
  readonly failures: readonly number[];
  readonly p50Ms: readonly (number | null)[];
  readonly p95Ms: readonly (number | null)[];
  readonly p99Ms: readonly (number | null)[];
}

export interface WorkerReport {
  readonly number: number;
  readonly host: string;
  readonly series: WorkerColumns;
}

/** The columns of a worker, with one entry per health sample. */
export interface WorkerColumns {
  /** The start and the width of each sample. A wide sample was merged from several. */
  readonly atMs: readonly number[];
  readonly widthMs: readonly number[];
  readonly requests: readonly number[];
  /** The utilisation of the event loop: 0..1. */
  readonly utilisation: readonly number[];
  readonly loopDelayP99Ms: readonly number[];
  /** The p99 of the schedule lag; null without an open load. */
  readonly scheduleLagP99Ms: readonly (number | null)[];
  /** CPU use in cores. */
  readonly cpu: readonly number[];
  readonly rssBytes: readonly number[];
  readonly heapBytes: readonly number[];
}

export interface ExceptionReport {
  /** The name of the task, or of a hook such as `Class.onStart`. */
  readonly name: string;
  readonly message: string;
  /** The stack of the first exception, in lines of the test's source; empty if it had none. */
  readonly stack: string;
  readonly count: number;
}

/** The data of HdrHistogram plots: the values at `percentiles`, up to the highest percentile that the number of requests resolves. */
export interface Distributions {
  /** The percentiles, ascending from 0 to 100. */
  readonly percentiles: readonly number[];
  /** The response times of all endpoints. The last value is the maximum. */
  readonly total: DistributionColumn;
  readonly endpoints: readonly (DistributionColumn & { readonly method: string; readonly name: string })[];
}

/**
 * The percentiles of one plot: `valuesMs[i]` is the value at `percentiles[i]`. Shorter than `percentiles` if there are
 * too few requests to resolve the highest ones.
 */
export interface DistributionColumn {
  readonly valuesMs: readonly number[];
  readonly maxMs: number;
}

/** Response times of all endpoints over time: at most 300 columns of at most 40 buckets. */
export interface HeatMap {
  /** The start of each column. */
  readonly startMs: readonly number[];
  readonly widthMs: readonly number[];
  /** The lower bounds of the buckets, ascending, each larger than the one before by the same factor. */
  readonly bucketsMs: readonly number[];
  /** The counts, indexed by column, then by bucket. */
  readonly counts: readonly (readonly number[])[];
}

/** When a threshold started to fail, and the load at that time. */
export interface Crossing {
  readonly atMs: number;
  readonly users: number;
  readonly requestsPerSecond: number;
}

/**
 * The run in at most 120 slices of time. The measurements of a slice are counts, and histograms of all times, so they
 * add up exactly to those of any range of slices. A slice begins and ends with a window of `WindowColumns`.
 */
export interface Slices {
  /** The start of each slice. */
  readonly startMs: readonly number[];
  /** The end of the last slice. */
  readonly endMs: number;
  /**
   * The time over which requests per second are counted for the whole run: without pauses, and without the time in which
   * the last requests end.
   */
  readonly measuredMs: number;
  /** The pauses of the load, as [from, to]. */
  readonly pausesMs: readonly (readonly [fromMs: number, toMs: number])[];
  /** The 200 endpoints with the most requests, in the order of `result.endpoints`. */
  readonly endpoints: readonly (SliceColumns & { readonly method: string; readonly name: string })[];
  /**
   * The remainder of the total: the counts of all other endpoints that count in totals, and the times of all endpoints
   * that have no times of their own. Null if there is none.
   */
  readonly rest: SliceColumns | null;
  /** Further figures of all requests together, with a value for each slice. */
  readonly series: readonly SliceSeries[];
  /** The activity of the user classes, by name. Requests are not recorded by class, except where a threshold selects one. */
  readonly classes: readonly ClassSlices[];
  /** The first 24 groups of the test, and its first 24 checks, by name. */
  readonly groups: readonly GroupSlices[];
  readonly checks: readonly CheckSlices[];
  /** The number of endpoints without columns: the ones with the fewest requests. */
  readonly omittedEndpoints: number;
}

/**
 * A figure over time, with a value for each slice; null without data. For a phase: its mean per request in ms, over all
 * requests, including those without the phase. For the metrics of the test: the rate per second of a counter, the share of
 * a rate, the last value of a gauge, the mean of a trend.
 */
export interface SliceSeries {
  readonly kind: "phase" | "counter" | "rate" | "gauge" | "trend";
  readonly name: string;
  readonly values: readonly (number | null)[];
}

/** The columns of a class of users, with one entry per slice. */
export interface ClassSlices {
  readonly name: string;
  /** The iterations that its users started, as in `result.tasks`. */
  readonly executions: readonly number[];
  /** The requests of the class; null unless a threshold selects only the class, as `response_time{class:Shopper}` does. */
  readonly requests: SliceColumns | null;
}

/**
 * The columns of a group of the test. Its `requests` are the number of times it ran, its response times are its durations, and its
 * service times are the durations without pauses.
 */
export interface GroupSlices extends SliceColumns {
  readonly name: string;
}

/** The columns of a check, with one entry per slice. */
export interface CheckSlices {
  readonly name: string;
  readonly passes: readonly number[];
  readonly failures: readonly number[];
}

/** The measurements of requests, with one entry per slice. */
export interface SliceColumns {
  readonly requests: readonly number[];
  /** The failures by kind. */
  readonly failureKinds: readonly Readonly<Record<string, number>>[];
  readonly bytesIn: readonly number[];
  readonly bytesOut: readonly number[];
  /** The response times; null for an endpoint whose times did not fit into the report. */
  readonly responseTime: readonly PackedHistogram[] | null;
  /** The service times; null if each equals its response time. */
  readonly serviceTime: readonly PackedHistogram[] | null;
  /**
   * The mean time of each phase per request in ms, null without requests; phases that took no time are left out. Absent for the
   * endpoints of a report with more than 20 of them, and for columns that are not of an endpoint.
   */
  readonly phasesMs?: Readonly<Record<string, readonly (number | null)[]>>;
}

/**
 * A histogram as text, empty without samples. It starts with the minimum, maximum and sum in microseconds. Each slot of
 * the layout of `stats/histogram/layout.ts` that has samples follows: one sample as twice the number of empty slots
 * before the slot; n > 1 samples as that number plus 1, then n - 2. `parts/packed-histogram.ts` writes and reads the
 * numbers.
 */
export type PackedHistogram = string;
