import type { RunPhase } from "../../core/run.ts";
import type { Result } from "../result/result-schema.ts";

/**
 * Everything that a report shows of one run, as plain JSON: the HTML report, the live page, CSV and comparisons are made of
 * it. Measurements are columns: arrays of one length, with one entry per window. Times are in ms and have 3 significant
 * digits where they were measured; a null is no data.
 */
export interface RunReport {
  readonly schema: "muster-report/1";
  /** The phase that its master has come to; "finished" is the last. */
  readonly state: RunPhase;
  /** As `result.json`; of a run that goes on, as it stands so far. */
  readonly result: Result;
  /** As it was typed, with secrets left out; null when nobody knows. */
  readonly command: string | null;
  /** What the master runs on; null when nobody knows. */
  readonly machine: MachineFacts | null;
  /** The load as it was planned at the start. */
  readonly plan: PlanColumns;
  /** What the users are to do. */
  readonly classes: readonly ClassFacts[];
  readonly windows: WindowColumns;
  readonly workers: readonly WorkerReport[];
  /** What the test's code threw, the most frequent first. */
  readonly exceptions: readonly ExceptionReport[];
  /** What a spike, a search for the capacity or a judgement of drift has found, as lines of the terminal's summary; empty of other loads. */
  readonly findings: readonly string[];
  readonly distributions: Distributions;
  readonly heat: HeatMap;
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

/** Straight lines between points; of two points at the same time the later one counts from there. */
export interface PlanColumns {
  readonly atMs: readonly number[];
  /** Of all scenarios together; null when none is planned in users (an open load's are not). */
  readonly users: readonly number[] | null;
  /** Iterations due per second, of all open scenarios together; null when there is none. */
  readonly ratePerSecond: readonly number[] | null;
}

export interface ClassFacts {
  readonly scenario: string;
  readonly name: string;
  /** Of the scenario's users, or of its arrivals: 0..1. */
  readonly share: number;
  /** Shares are of the class's own iterations: 0..1. */
  readonly tasks: readonly { readonly name: string; readonly share: number }[];
}

/**
 * What happened in each window, ascending, from the start of the run to the last window with data: windows without any are
 * there as zeros and nulls. Most have the same width, but a late report may have made one wider.
 */
export interface WindowColumns {
  readonly startMs: readonly number[];
  readonly widthMs: readonly number[];
  /** The most at the same time. */
  readonly users: readonly number[];
  readonly usersByClass: Readonly<Record<string, readonly number[]>>;
  /** Completed. */
  readonly iterations: readonly number[];
  readonly droppedIterations: readonly number[];
  readonly total: EndpointColumns;
  /** In the order of `result.endpoints`, as far as there is room: see `omittedEndpoints`. */
  readonly endpoints: readonly (EndpointColumns & { readonly method: string; readonly name: string })[];
  /** Endpoints with the fewest requests that have no columns. */
  readonly omittedEndpoints: number;
}

/** One entry per window. Counts are of the whole window: by `widthMs` they are rates. Percentiles are of the response time. */
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

/** One entry per sample of a worker's health. */
export interface WorkerColumns {
  /** Start and width of what it is about; wider ones are several that were merged. */
  readonly atMs: readonly number[];
  readonly widthMs: readonly number[];
  readonly requests: readonly number[];
  /** Of its event loop: 0..1. */
  readonly utilisation: readonly number[];
  readonly loopDelayP99Ms: readonly number[];
  /** Null without an open load. */
  readonly scheduleLagP99Ms: readonly (number | null)[];
  /** Cores. */
  readonly cpu: readonly number[];
  readonly rssBytes: readonly number[];
  readonly heapBytes: readonly number[];
}

export interface ExceptionReport {
  /** The task, or `Class.onStart` and such. */
  readonly name: string;
  readonly message: string;
  /** Lines of the first one's stack, in the test's source; empty when it had none. */
  readonly stack: string;
  readonly count: number;
}

/** HdrHistogram plots: the values at `percentiles`, up to the highest one that the number of requests can tell. */
export interface Distributions {
  /** Ascending, from 0 to 100. */
  readonly percentiles: readonly number[];
  /** Response time. The last value is the maximum. */
  readonly total: DistributionColumn;
  readonly endpoints: readonly (DistributionColumn & { readonly method: string; readonly name: string })[];
}

/** `valuesMs[i]` is at `percentiles[i]`; shorter than `percentiles` when few requests cannot tell the highest ones apart. */
export interface DistributionColumn {
  readonly valuesMs: readonly number[];
  readonly maxMs: number;
}

/** Response times of all endpoints over time: at most 300 columns of at most 40 buckets. */
export interface HeatMap {
  /** Of each column. */
  readonly startMs: readonly number[];
  readonly widthMs: readonly number[];
  /** Lower bounds of the buckets, ascending, each the same factor above the one before. */
  readonly bucketsMs: readonly number[];
  /** By column, then by bucket. */
  readonly counts: readonly (readonly number[])[];
}
