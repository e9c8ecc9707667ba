import { decodeAndAdd } from "./histogram/codec.ts";
import { CumulativeHistogram } from "./histogram/cumulative-histogram.ts";
import { type IntervalReport, overflowName } from "./interval-report.ts";
import { mergeScalars, type ScalarMetric } from "./scalar-metric.ts";
import { TaskTotals } from "./task-counters.ts";

/** The number of distinct checks that are counted separately: the checks that `NameCap` admits, and those of thresholds. */
const maxChecks = 3_000;
/** The number of distinct tasks and hooks whose requests without await are counted separately. */
const maxUnawaited = 2_000;

type LoadSummand = Pick<
  IntervalReport,
  "iterations" | "starts" | "tasks" | "unawaited" | "scheduling" | "checks" | "metrics"
>;

/**
 * The totals of virtual users besides their requests: iterations, checks, and how closely an open load followed its plan.
 */
export class LoadTotals {
  readonly checks = new Map<string, { passes: number; failures: number }>();
  /** The metrics that the test declares, without trends. */
  readonly metrics = new Map<string, ScalarMetric>();
  readonly tasks = new TaskTotals();
  readonly scheduleLag = new CumulativeHistogram();
  readonly blockedTime = new CumulativeHistogram();
  completedIterations = 0;
  failedIterations = 0;
  interruptedIterations = 0;
  droppedIterations = 0;
  /** The number of users that started successfully. */
  startedUsers = 0;
  /** The number of users whose `onStart` had not succeeded when the worker gave up or stopped them. */
  failedStarts = 0;
  /** The number of requests still open at the end of the code that made them, by task or hook. */
  readonly unawaited = new Map<string, number>();

  addLoad({ iterations, starts, tasks, unawaited, scheduling, checks, metrics }: LoadSummand): void {
    this.completedIterations += iterations.completed;
    this.failedIterations += iterations.failed;
    this.interruptedIterations += iterations.interrupted;
    this.droppedIterations += iterations.dropped;
    this.startedUsers += starts.succeeded;
    this.failedStarts += starts.failed;
    for (const { name, requests } of unawaited) this.#addUnawaited(name, requests);
    for (const one of tasks) this.tasks.add(one);
    if (scheduling !== null) {
      decodeAndAdd(scheduling.scheduleLag, this.scheduleLag);
      decodeAndAdd(scheduling.blockedTime, this.blockedTime);
    }
    for (const { name, passes, failures } of checks) this.#addCheck(name, passes, failures);
    for (const { name, metric } of metrics) this.addMetric(name, metric);
  }

  mergeLoad(other: LoadTotals): void {
    this.completedIterations += other.completedIterations;
    this.failedIterations += other.failedIterations;
    this.interruptedIterations += other.interruptedIterations;
    this.droppedIterations += other.droppedIterations;
    this.startedUsers += other.startedUsers;
    this.failedStarts += other.failedStarts;
    for (const [name, requests] of other.unawaited) this.#addUnawaited(name, requests);
    this.tasks.merge(other.tasks);
    this.scheduleLag.add(other.scheduleLag);
    this.blockedTime.add(other.blockedTime);
    for (const [name, { passes, failures }] of other.checks) this.#addCheck(name, passes, failures);
    for (const [name, metric] of other.metrics) this.addMetric(name, metric);
  }

  /** Adds to a metric. A test declares its metrics, so their number is bounded. */
  addMetric(name: string, added: ScalarMetric): void {
    const before = this.metrics.get(name);
    this.metrics.set(name, before === undefined ? added : mergeScalars(before, added));
  }

  #addUnawaited(givenName: string, requests: number): void {
    const isFull = this.unawaited.size >= maxUnawaited && !this.unawaited.has(givenName);
    const name = isFull ? overflowName : givenName;
    this.unawaited.set(name, (this.unawaited.get(name) ?? 0) + requests);
  }

  /** Adds to a check. Each worker has its own cap; beyond the cap of the run, checks are counted together. */
  #addCheck(givenName: string, passes: number, failures: number): void {
    const isFull = this.checks.size >= maxChecks && !this.checks.has(givenName);
    const name = isFull ? overflowName : givenName;
    const counts = this.checks.get(name) ?? { passes: 0, failures: 0 };
    counts.passes += passes;
    counts.failures += failures;
    this.checks.set(name, counts);
  }
}
