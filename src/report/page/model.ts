import type { RunPhase } from "../../core/run.ts";
import type { Result } from "../result/result-schema.ts";

/**
 * Everything that a report shows of one run, as plain JSON. The HTML report, the live page, CSV files and comparisons
 * are made of it. Measurements are columns: arrays of equal length with one entry per window. Times are in ms; measured
 * ones have 3 significant digits. Null means no data.
 */
export interface RunReport {
  readonly schema: "muster-report/1";
  /** The latest phase of the run; "finished" is the last one. */
  readonly state: RunPhase;
  /** Present if the master has ended without ending the run, which can be resumed; `activeAt`: when it last wrote, ISO 8601. */
  readonly interrupted?: { readonly activeAt: string | null };
  /** As in `result.json`; while the run is in progress, its result so far. */
  readonly result: Result;
  /** How a run in progress stands; null before its first request, and for a run that has ended. */
  readonly standing: Standing | null;
  /** The command line without secrets; null if unknown. */
  readonly command: string | null;
  /** The machine of the master; null if unknown. */
  readonly machine: MachineFacts | null;
  /** The load as planned, with the pauses and changes that people made so far. */
  readonly plan: PlanColumns;
  /** The tasks of the user classes. */
  readonly classes: readonly ClassFacts[];
  readonly windows: WindowColumns;
  readonly workers: readonly WorkerReport[];
  /** The exceptions in the code of the test, most frequent first. */
  readonly exceptions: readonly ExceptionReport[];
  /**
   * The findings of a spike, a capacity search or a drift analysis, as lines of the terminal summary; empty for other
   * loads.
   */
  readonly findings: readonly string[];
  readonly distributions: Distributions;
  readonly heat: HeatMap;
  /** The groups, streams and metrics of the test, and what it observes, over time; absent if it has none. */
  readonly own?: OwnColumns;
  /** What the figures of a part of the run are computed from; absent before anything was measured. */
  readonly slices?: Slices;
}

/** What the test measures itself, and what it observes of the service, in at most 600 entries; the first 12 of each kind. */
export interface OwnColumns {
  readonly startMs: readonly number[];
  readonly widthMs: readonly number[];
  readonly series: readonly OwnSeries[];
}

export interface OwnSeries {
  readonly kind: "group" | "first-event" | "event-gap" | "trend" | "counter" | "rate" | "gauge" | "observed";
  /** The name of a metric or a group, or "METHOD name" of a stream. */
  readonly name: string;
  /** Of an observed metric, as the test says it; absent if it does not. */
  readonly unit?: string;
  /**
   * Of times, in ms, and of a trend, in its own unit: the medians. Of a counter: its increase per second. Of a rate: its share,
   * 0..1. Of a gauge: its last value. Of an observed metric: the mean of what was read, or what was read last.
   */
  readonly values: readonly (number | null)[];
  /** Of times and of a trend; null for the other kinds, and if nothing was measured. */
  readonly p95: readonly (number | null)[] | null;
  /** Of times and of a trend, 1 for each entry that is of fewer than 100 values, else 0; absent for the other kinds. */
  readonly few?: readonly number[];
}

/** What the verdict of a run in progress would be if it ended now. */
export interface Standing {
  readonly verdict: "passed" | "failed" | "invalid";
  /** The reasons for a person, the most important first; empty if nothing is wrong so far. */
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
  /** The users of all scenarios together; null when none is planned in users (the users of an open load are not). */
  readonly users: readonly number[] | null;
  /** The iterations due per second, of all open scenarios together; null without an open scenario. */
  readonly ratePerSecond: readonly number[] | null;
  /** Whether the plan has no end, as that of a paused run: then its last values hold on. */
  readonly isEndless?: true;
}

export interface ClassFacts {
  readonly scenario: string;
  readonly name: string;
  /** The share of the scenario's users, or of its arrivals: 0..1. */
  readonly share: number;
  /** Shares are fractions of the class's own iterations: 0..1. */
  readonly tasks: readonly { readonly name: string; readonly share: number }[];
}

/**
 * What happened in each window, ascending, from the start of the run to the last window with data. Windows without data
 * are included as zeros and nulls. Most have the same width, but a late report can widen one.
 */
export interface WindowColumns {
  readonly startMs: readonly number[];
  readonly widthMs: readonly number[];
  /** The peak in the window. */
  readonly users: readonly number[];
  readonly usersByClass: Readonly<Record<string, readonly number[]>>;
  /** Completed iterations. */
  readonly iterations: readonly number[];
  readonly droppedIterations: readonly number[];
  readonly total: EndpointColumns;
  /** In the order of `result.endpoints`, as many as fit: see `omittedEndpoints`. */
  readonly endpoints: readonly (EndpointColumns & { readonly method: string; readonly name: string })[];
  /** The number of endpoints without columns: those with the fewest requests. */
  readonly omittedEndpoints: number;
}

/**
 * One entry per window. Counts are totals of the window: divide them by `widthMs` for rates. Percentiles are of the
 * response time.
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

/** One entry per health sample of a worker. */
export interface WorkerColumns {
  /** Start and width of the sample; a wide one was merged from several. */
  readonly atMs: readonly number[];
  readonly widthMs: readonly number[];
  readonly requests: readonly number[];
  /** The utilisation of the event loop: 0..1. */
  readonly utilisation: readonly number[];
  readonly loopDelayP99Ms: readonly number[];
  /** Null without an open load. */
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

/**
 * Data of HdrHistogram plots: the values at `percentiles`, up to the highest one that the number of requests resolves.
 */
export interface Distributions {
  /** Ascending, from 0 to 100. */
  readonly percentiles: readonly number[];
  /** Response times. The last value is the maximum. */
  readonly total: DistributionColumn;
  readonly endpoints: readonly (DistributionColumn & { readonly method: string; readonly name: string })[];
}

/**
 * `valuesMs[i]` is the value at `percentiles[i]`. Shorter than `percentiles` if there are too few requests to resolve
 * the highest ones.
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
  /** Indexed by column, then by bucket. */
  readonly counts: readonly (readonly number[])[];
}

/** When a threshold started to fail, and the load at that time. */
export interface Crossing {
  readonly atMs: number;
  readonly users: number;
  readonly requestsPerSecond: number;
}

/**
 * The run in at most 120 slices of time, whose measurements add up to those of any range of slices, exactly: counts, and
 * histograms of all times. A slice begins and ends with a window of `WindowColumns`.
 */
export interface Slices {
  /** The start of each slice. */
  readonly startMs: readonly number[];
  /** The end of the last slice. */
  readonly endMs: number;
  /** How long requests per second are counted over the whole run: without pauses, and not while the last requests end. */
  readonly measuredMs: number;
  /** The pauses of the load, as [from, to]. */
  readonly pausesMs: readonly (readonly [fromMs: number, toMs: number])[];
  /** The 200 endpoints with the most requests, in the order of `result.endpoints`. */
  readonly endpoints: readonly (SliceColumns & { readonly method: string; readonly name: string })[];
  /**
   * What the total needs besides: the counts of all other endpoints that count in totals, and the times of all that have
   * none of their own. Null if that is nothing.
   */
  readonly rest: SliceColumns | null;
  /** Further figures, of all requests together, with a value for each slice. */
  readonly series: readonly SliceSeries[];
  /** What the classes of users did, by name. Requests are not recorded by class, except where a threshold selects one. */
  readonly classes: readonly ClassSlices[];
  /** The first 24 groups of the test, and its first 24 checks, by name. */
  readonly groups: readonly GroupSlices[];
  readonly checks: readonly CheckSlices[];
  /** The number of endpoints that have no columns of their own: those with the fewest requests. */
  readonly omittedEndpoints: number;
}

/**
 * A figure of each slice; null without data. A phase: its mean per request in ms, over all requests, also those without it.
 * The metrics of the test: of a counter, its rate per second; of a rate, the share; of a gauge, its last value; of a trend,
 * its mean.
 */
export interface SliceSeries {
  readonly kind: "phase" | "counter" | "rate" | "gauge" | "trend";
  readonly name: string;
  readonly values: readonly (number | null)[];
}

/** A class of users; one entry per slice. */
export interface ClassSlices {
  readonly name: string;
  /** The iterations that its users began, as in `result.tasks`. */
  readonly executions: readonly number[];
  /** Null unless a threshold selects nothing but the class, as `response_time{class:Shopper}` does. */
  readonly requests: SliceColumns | null;
}

/**
 * A group of the test: its requests are the times that it ran, its response times their durations, and its service times those without
 * pauses.
 */
export interface GroupSlices extends SliceColumns {
  readonly name: string;
}

/** A check; one entry per slice. */
export interface CheckSlices {
  readonly name: string;
  readonly passes: readonly number[];
  readonly failures: readonly number[];
}

/** One entry per slice. */
export interface SliceColumns {
  readonly requests: readonly number[];
  /** The failures by kind. */
  readonly failureKinds: readonly Readonly<Record<string, number>>[];
  readonly bytesIn: readonly number[];
  readonly bytesOut: readonly number[];
  /** Null for an endpoint whose times did not fit into the report. */
  readonly responseTime: readonly PackedHistogram[] | null;
  /** Null if every service time equals its response time. */
  readonly serviceTime: readonly PackedHistogram[] | null;
  /**
   * The mean time of each phase per request in ms, null without requests; phases that took no time are left out. Absent for endpoints
   * of a report with more than 20 of them, and for what is no endpoint.
   */
  readonly phasesMs?: Readonly<Record<string, readonly (number | null)[]>>;
}

/**
 * A histogram as text, empty without samples: minimum, maximum and sum in microseconds, then each slot of the layout of
 * `stats/histogram/layout.ts` that has samples, as twice the number of empty slots before it; or for a slot with n > 1
 * samples, that plus 1, and n - 2. `parts/packed-histogram.ts` writes and reads the numbers.
 */
export type PackedHistogram = string;
