import { decodeAndAdd } from "./histogram/codec.ts";
import { CumulativeHistogram } from "./histogram/cumulative-histogram.ts";
import { type IntervalReport, overflowName } from "./interval-report.ts";
import { mergeScalars, type ScalarMetric } from "./scalar-metric.ts";
import { TaskTotals } from "./task-counters.ts";

/** Distinct checks that are kept apart. */
const maxChecks = 2_000;
/** Distinct tasks and hooks that are kept apart by the requests that they did not await. */
const maxUnawaited = 2_000;

type LoadSummand = Pick<
  IntervalReport,
  "iterations" | "starts" | "tasks" | "unawaited" | "scheduling" | "checks" | "metrics"
>;

/** What the virtual users did besides their requests: iterations, checks, and how well an open load kept to its plan. */
export class LoadTotals {
  readonly checks = new Map<string, { passes: number; failures: number }>();
  /** Metrics of the test's own but trends. */
  readonly metrics = new Map<string, ScalarMetric>();
  readonly tasks = new TaskTotals();
  readonly scheduleLag = new CumulativeHistogram();
  readonly blockedTime = new CumulativeHistogram();
  completedIterations = 0;
  failedIterations = 0;
  interruptedIterations = 0;
  droppedIterations = 0;
  /** Users whose start ended well. */
  startedUsers = 0;
  /** Users whose `onStart` had not ended well when they were given up or stopped. */
  failedStarts = 0;
  /** By task or hook: requests that were still open when it had ended. */
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

  /** A test declares them, so there are only so many. */
  addMetric(name: string, added: ScalarMetric): void {
    const before = this.metrics.get(name);
    this.metrics.set(name, before === undefined ? added : mergeScalars(before, added));
  }

  #addUnawaited(givenName: string, requests: number): void {
    const isFull = this.unawaited.size >= maxUnawaited && !this.unawaited.has(givenName);
    const name = isFull ? overflowName : givenName;
    this.unawaited.set(name, (this.unawaited.get(name) ?? 0) + requests);
  }

  /** The workers have a cap of their own, but not in common: what passes it is counted together. */
  #addCheck(givenName: string, passes: number, failures: number): void {
    const isFull = this.checks.size >= maxChecks && !this.checks.has(givenName);
    const name = isFull ? overflowName : givenName;
    const counts = this.checks.get(name) ?? { passes: 0, failures: 0 };
    counts.passes += passes;
    counts.failures += failures;
    this.checks.set(name, counts);
  }
}
