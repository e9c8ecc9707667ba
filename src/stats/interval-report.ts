import type { FailureKind } from "../core/failure-kind.ts";
import type { HealthReport } from "./health-sample.ts";
import type { PhaseSum } from "./phase-sums.ts";
import type { ScalarMetric } from "./scalar-metric.ts";

/** Where what passes a cap is counted, so that nothing disappears. */
export const overflowName = "(other)";

/** What one worker saw in one window, as deltas: adding all reports of all workers gives the run. */
export interface IntervalReport {
  /** 1, 2, 3, … per worker and run. */
  readonly sequence: number;
  /** Where on the master's timeline everything here completed: in [window, window + windowCount) seconds of the run. */
  readonly window: number;
  readonly windowCount: number;
  readonly iterations: IterationCounts;
  readonly starts: StartCounts;
  readonly tasks: readonly ClassTasks[];
  readonly unawaited: readonly UnawaitedRequests[];
  /** Of loads that end by count, by the scenario's id: iterations completed, or dropped for good, since the start of the run, not a delta. */
  readonly counted: readonly (readonly [scenario: number, completed: number])[];
  /** The most virtual users that ran at the same time in the window. */
  readonly peakUsers: number;
  /** The most virtual users of each class that ran at the same time in the window. */
  readonly users: readonly { readonly className: string; readonly count: number }[];
  /** Null when there is no open load. */
  readonly scheduling: SchedulingReport | null;
  readonly endpoints: readonly EndpointReport[];
  readonly series: readonly SeriesReport[];
  readonly checks: readonly CheckCounts[];
  readonly metrics: readonly ScalarReport[];
  readonly errors: readonly ErrorCount[];
  /** Null when the worker has not looked how it is. */
  readonly health: HealthReport | null;
}

/** The most virtual users at the same time: of all classes together, and of each. The latter need not coincide. */
export interface UserPeaks {
  readonly peak: number;
  readonly byClass: ReadonlyMap<string, number>;
}

export interface IterationCounts {
  readonly completed: number;
  /** Of the completed ones, those whose code threw. */
  readonly failed: number;
  /** Aborted by the end of the run. */
  readonly interrupted: number;
  /** Due, but no virtual user was free, or the one that took it never started. */
  readonly dropped: number;
}

/** Virtual users by how their start ended. */
export interface StartCounts {
  /** Their `onStart` ended, or their class has none. */
  readonly succeeded: number;
  /** Their `onStart` had not ended well when they were given up or stopped. */
  readonly failed: number;
}

/** Requests that were still open when the code that made them had ended. */
export interface UnawaitedRequests {
  /** A task, or a hook as `Shopper.onStart`. */
  readonly name: string;
  readonly requests: number;
}

/**
 * How often the tasks of one user class were executed in one scenario, by when the iteration began and whatever came of it.
 * Both names are empty for what was counted together because there was too much of it.
 */
export interface ClassTasks {
  readonly scenario: string;
  readonly className: string;
  readonly tasks: readonly { readonly name: string; readonly executions: number }[];
}

/** How well an open load kept to its plan. */
export interface SchedulingReport {
  /** From when an iteration was due until it was started or queued: the generator's own lateness. */
  readonly scheduleLag: EncodedHistogram;
  /** From there until its first byte was written: waiting for a free user and for a connection. */
  readonly blockedTime: EncodedHistogram;
}

/**
 * Samples that are recorded beside the endpoints. A `slice` is a part of all requests that some threshold is about; its name is
 * its key. A `trend` is a metric of the test's own: its samples are service times, of thousandths instead of microseconds.
 */
export const seriesKinds = ["slice", "trend"] as const;
export type SeriesKind = (typeof seriesKinds)[number];

/** The method of `samples` is empty, their name that of the series. */
export interface SeriesReport {
  readonly kind: SeriesKind;
  readonly samples: EndpointReport;
}

export interface ScalarReport {
  readonly name: string;
  readonly metric: ScalarMetric;
}

export interface EndpointReport {
  readonly method: string;
  readonly name: string;
  readonly requests: number;
  readonly failures: readonly { readonly kind: FailureKind; readonly count: number }[];
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly serviceTime: EncodedHistogram;
  /** Null when every response time equals the service time (closed load). */
  readonly responseTime: EncodedHistogram | null;
  /** In the order of time; those that any request had. */
  readonly phases: readonly PhaseSum[];
}

export interface EncodedHistogram {
  readonly count: number;
  readonly minMicros: number;
  readonly maxMicros: number;
  readonly sumMicros: number;
  /** Standard HdrHistogram V2 encoding, not compressed. */
  readonly bytes: Uint8Array;
}

export interface CheckCounts {
  readonly name: string;
  readonly passes: number;
  readonly failures: number;
}

/** Failed requests, and what a test's code threw (`kind` "exception", `method` empty, `name` the task's). */
export interface ErrorCount {
  readonly method: string;
  readonly name: string;
  readonly kind: FailureKind | "exception";
  readonly message: string;
  readonly count: number;
  /** Of an exception, where in the test it came from: a line per call; empty where nobody knows. */
  readonly stack: string;
}
