import type { FailureKind } from "../core/failure-kind.ts";
import type { FailedRequest } from "./evidence/failed-request.ts";
import type { SlowRequest } from "./evidence/slow-request.ts";
import type { HealthReport } from "./health-sample.ts";
import type { PhaseSum } from "./phase-sums.ts";
import type { ScalarMetric } from "./scalar-metric.ts";

/** The name under which everything beyond a cap is counted, so that nothing disappears. */
export const overflowName = "(other)";

/** The measurements of one worker in one window, as deltas: the sum of all reports of all workers is the run. */
export interface IntervalReport {
  /** The number of the report: 1, 2, 3, … per worker and run. */
  readonly sequence: number;
  /**
   * The window on the master's timeline: everything here completed in [window, window + windowCount) seconds of the run.
   */
  readonly window: number;
  readonly windowCount: number;
  readonly iterations: IterationCounts;
  readonly starts: StartCounts;
  readonly tasks: readonly ClassTasks[];
  readonly unawaited: readonly UnawaitedRequests[];
  /**
   * The number of iterations completed or finally dropped since the start of the run (not a delta), by scenario id, in loads
   * that end by count.
   */
  readonly counted: readonly (readonly [scenario: number, completed: number])[];
  /** The worker's progress in its share of each scenario. */
  readonly load: readonly LoadProgress[];
  /** The highest number of virtual users at the same time in the window. */
  readonly peakUsers: number;
  /** The highest number of virtual users of each class at the same time in the window. */
  readonly users: readonly { readonly className: string; readonly count: number }[];
  /** How closely an open load followed its plan; null without an open load. */
  readonly scheduling: SchedulingReport | null;
  readonly endpoints: readonly EndpointReport[];
  readonly series: readonly SeriesReport[];
  readonly checks: readonly CheckCounts[];
  readonly metrics: readonly ScalarReport[];
  readonly errors: readonly ErrorCount[];
  /** The sampled requests that are among the slowest of their endpoints; absent if there are none. */
  readonly slowest?: readonly SlowRequest[];
  /** The worker's health; null if it was not measured. */
  readonly health: HealthReport | null;
}

/**
 * The highest number of virtual users at the same time: of all classes together, and of each class. The peaks of the classes
 * need not coincide.
 */
export interface UserPeaks {
  readonly peak: number;
  readonly byClass: ReadonlyMap<string, number>;
}

/**
 * The load that a worker has made for its share of a scenario since the start of the run (not a delta). It is counted in
 * iterations; in a closed load, in milliseconds that virtual users ran.
 */
export interface LoadProgress {
  /** The id of the scenario. */
  readonly scenario: number;
  readonly made: number;
  /** The load that was not made because the worker was too late for it. */
  readonly late: number;
  /** The load that was not made because no virtual user was free for it, or its user never started. */
  readonly dropped: number;
  /**
   * In a load that ends by count, the number of iterations that the worker has to run, without those that it gave up for
   * other workers; otherwise 0.
   */
  readonly asked: number;
}

export interface IterationCounts {
  readonly completed: number;
  /** Completed iterations whose code threw. */
  readonly failed: number;
  /** Iterations that the end of the run aborted. */
  readonly interrupted: number;
  /** Iterations that were due, but no virtual user was free, or the user that got the iteration never started. */
  readonly dropped: number;
}

/** Virtual users by the result of their start. */
export interface StartCounts {
  /** Users whose `onStart` succeeded, or whose class has none. */
  readonly succeeded: number;
  /** Users whose `onStart` had not succeeded when the worker gave up or stopped them. */
  readonly failed: number;
}

/** Requests still open at the end of the code that made them. */
export interface UnawaitedRequests {
  /** The name of a task, or of a hook, such as `Shopper.onStart`. */
  readonly name: string;
  readonly requests: number;
}

/**
 * The executions of the tasks of one user class in one scenario, counted when the iteration began, whatever its result.
 * Both names are empty for tasks that were counted together because there were too many.
 */
export interface ClassTasks {
  readonly scenario: string;
  readonly className: string;
  readonly tasks: readonly { readonly name: string; readonly executions: number }[];
}

/** How closely an open load followed its plan. */
export interface SchedulingReport {
  /** The time from when an iteration was due until it was started or queued: the lateness of the load generator. */
  readonly scheduleLag: EncodedHistogram;
  /**
   * The time from when an iteration was started or queued, or from the call in the test, until the first byte of a request was
   * written: waiting for a free user and for a connection.
   */
  readonly blockedTime: EncodedHistogram;
}

/**
 * The kinds of samples that are recorded in addition to the endpoints. The position of a kind is its number in a report
 * frame: append only.
 *
 *   slice        a part of all requests that a threshold uses; its name is its key
 *   trend        a metric of the test; its samples are stored as service times, in thousandths instead of microseconds
 *   group        a group of the test; its name is its path. Its requests are the runs of the group, its response times
 *                their durations, and its service times their durations without pauses
 *
 * The streamed responses of an endpoint have three series with the name "METHOD name":
 *
 *   stream       the requests are the streams that ended, with their whole times
 *   first-event  the requests are the streams that had an event, with the times to the first event
 *   event-gap    the requests are all events, with the times from one event to the next as service times
 */
export const seriesKinds = ["slice", "trend", "group", "stream", "first-event", "event-gap"] as const;
export type SeriesKind = (typeof seriesKinds)[number];

/** The samples of a series; their method is empty, and their name is that of the series. */
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
  /** The response times; null if they all equal the service times (closed load). */
  readonly responseTime: EncodedHistogram | null;
  /** The phases that at least one request had, in order of time. */
  readonly phases: readonly PhaseSum[];
}

export interface EncodedHistogram {
  readonly count: number;
  readonly minMicros: number;
  readonly maxMicros: number;
  readonly sumMicros: number;
  /** The standard HdrHistogram V2 encoding, not compressed. */
  readonly bytes: Uint8Array;
}

export interface CheckCounts {
  readonly name: string;
  readonly passes: number;
  readonly failures: number;
}

/**
 * A count of equal failed requests, or of equal exceptions of the test's code (`kind` is "exception", `method` is empty,
 * `name` is the name of the task).
 */
export interface ErrorCount {
  readonly method: string;
  readonly name: string;
  readonly kind: FailureKind | "exception";
  readonly message: string;
  readonly count: number;
  /** The stack of an exception within the test, one line per call; empty if it is not known. */
  readonly stack: string;
  /** Some of the failed requests; absent for exceptions, and if none were kept. */
  readonly samples?: readonly FailedRequest[];
}
