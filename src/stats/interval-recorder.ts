import { type FailureKind, failureKinds } from "../core/failure-kind.ts";
import { MessageCache } from "./error-message.ts";
import { overflowOf } from "./error-totals.ts";
import { IntervalHistogram } from "./histogram/interval-histogram.ts";
import { type ErrorCount, overflowName, type SeriesKind } from "./interval-report.ts";
import { PhaseSums } from "./phase-sums.ts";
import { mergeScalars, type ScalarMetric } from "./scalar-metric.ts";
import { TaskCounters } from "./task-counters.ts";

const maxEndpoints = 1_000;
const maxChecks = 1_000;
const maxUnawaited = 1_000;
const maxErrors = 500;
/** All names together must fit into the frame of one report. */
const longestName = 1_000;
/** Distinct exceptions whose stack is kept: once each, as it is long. */
const maxStacks = 50;
const maxStackLength = 2_000;

/** The counters of one endpoint in the current interval. One object per endpoint for the whole run; reset, not replaced. */
export class EndpointRecorder {
  readonly method: string;
  readonly name: string;
  requests = 0;
  bytesIn = 0;
  bytesOut = 0;
  /** By position in `failureKinds`. */
  readonly failures: number[] = failureKinds.map(() => 0);
  readonly serviceTime = new IntervalHistogram();
  /** Of requests that were sent. */
  readonly phases = new PhaseSums();
  /** Null while every response time equals the service time. */
  responseTime: IntervalHistogram | null;

  constructor(method: string, name: string, hasOpenLoad: boolean) {
    this.method = method;
    this.name = name;
    this.responseTime = hasOpenLoad ? new IntervalHistogram() : null;
  }

  /**
   * Counts one finished request. `serviceMicros` is from the write of the request to its last byte, or to its failure;
   * `responseMicros` from its intended start.
   */
  record(serviceMicros: number, responseMicros: number, bytesIn: number, bytesOut: number): void {
    this.requests++;
    this.bytesIn += bytesIn;
    this.bytesOut += bytesOut;
    this.serviceTime.record(serviceMicros);
    this.responseTime?.record(responseMicros);
  }

  /** From now on response times may differ from service times; so far they did not. */
  expectOpenLoad(): void {
    if (this.responseTime !== null) return;
    this.responseTime = new IntervalHistogram();
    this.responseTime.copyFrom(this.serviceTime);
  }

  reset(): void {
    this.requests = 0;
    this.bytesIn = 0;
    this.bytesOut = 0;
    this.failures.fill(0);
    this.serviceTime.reset();
    this.responseTime?.reset();
    this.phases.reset();
  }
}

/** Both ends stay: long names differ in either. */
function cutInTheMiddle(name: string): string {
  const half = longestName / 2;
  return `${name.slice(0, half)}…${name.slice(-half)}`;
}

const noStack = () => "";

export interface SeriesRecorder {
  readonly kind: SeriesKind;
  readonly samples: EndpointRecorder;
}

/** Everything that one worker counts between two reports. Bounded: names past a cap are counted under "(other)". */
export class IntervalRecorder {
  readonly endpoints: EndpointRecorder[] = [];
  readonly checks = new Map<string, { passes: number; failures: number }>();
  /** Slices of the requests, and trends of the test's own. */
  readonly series: SeriesRecorder[] = [];
  /** The other metrics of the test's own. */
  readonly metrics = new Map<string, ScalarMetric>();
  readonly errors = new Map<string, ErrorCount & { count: number }>();
  readonly tasks = new TaskCounters();
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
  /** Open loads: from when an iteration was due until it was started or queued. */
  readonly scheduleLag = new IntervalHistogram();
  /** Open loads: from there, or from when the test asked for it, until the first byte of a request was written. */
  readonly blockedTime = new IntervalHistogram();
  /** Of counted loads, by the scenario's id: iterations completed, or dropped for good, since the start of the run. It is not reset. */
  readonly countedIterations = new Map<number, number>();
  readonly #messages = new MessageCache();
  readonly #byMethod = new Map<string, Map<string, EndpointRecorder>>();
  /** Exceptions whose stack was kept, in this interval or before. */
  readonly #stacked = new Set<string>();
  #hasOpenLoad: boolean;

  constructor(hasOpenLoad = false) {
    this.#hasOpenLoad = hasOpenLoad;
  }

  /** Whether response times can differ from service times. */
  get hasOpenLoad(): boolean {
    return this.#hasOpenLoad;
  }

  /** There is an open load now; in mid-interval too, when a worker gets a part of one later. */
  expectOpenLoad(): void {
    this.#hasOpenLoad = true;
    for (const endpoint of this.endpoints) endpoint.expectOpenLoad();
    for (const { kind, samples } of this.series) if (kind === "slice") samples.expectOpenLoad();
  }

  /** Where the samples of a series go; one for the whole run. */
  seriesOf(kind: SeriesKind, name: string): EndpointRecorder {
    const found = this.series.find((one) => one.kind === kind && one.samples.name === name);
    if (found !== undefined) return found.samples;
    const samples = new EndpointRecorder("", name, kind === "slice" && this.hasOpenLoad);
    this.series.push({ kind, samples });
    return samples;
  }

  /** Adds to a metric of the test's own. */
  addMetric(name: string, added: ScalarMetric): void {
    const before = this.metrics.get(name);
    this.metrics.set(name, before === undefined ? added : mergeScalars(before, added));
  }

  endpoint(method: string, name: string): EndpointRecorder {
    const bounded = name.length > longestName ? cutInTheMiddle(name) : name;
    return this.#byMethod.get(method)?.get(bounded) ?? this.#addEndpoint(method, bounded);
  }

  #addEndpoint(method: string, name: string): EndpointRecorder {
    if (this.endpoints.length >= maxEndpoints && name !== overflowName) return this.endpoint(method, overflowName);
    let names = this.#byMethod.get(method);
    if (names === undefined) {
      names = new Map();
      this.#byMethod.set(method, names);
    }
    const added = new EndpointRecorder(method, name, this.hasOpenLoad);
    names.set(name, added);
    this.endpoints.push(added);
    return added;
  }

  /** Iterations of a counted load, beside `completedIterations`. */
  countIterations(scenario: number, completed: number): void {
    this.countedIterations.set(scenario, (this.countedIterations.get(scenario) ?? 0) + completed);
  }

  /** Marks the request just recorded on `endpoint` as failed. */
  failure(endpoint: EndpointRecorder, kind: FailureKind, message: string): void {
    const position = failureKinds.indexOf(kind);
    endpoint.failures[position] = (endpoint.failures[position] ?? 0) + 1;
    this.#error(endpoint.method, endpoint.name, kind, message);
  }

  /** What a task's code threw. @param stackOf its stack; asked for when this exception is new */
  exception(taskName: string, message: string, stackOf: () => string): void {
    this.#error("", taskName, "exception", message, stackOf);
  }

  #error(method: string, name: string, kind: ErrorCount["kind"], text: string, stackOf = noStack): void {
    const message = this.#messages.grouped(text);
    const key = `${method} ${name}\n${kind}\n${message}`;
    const found = this.errors.get(key);
    if (found !== undefined) found.count++;
    else if (this.errors.size < maxErrors) {
      this.errors.set(key, { method, name, kind, message, count: 1, stack: this.#newStack(key, stackOf) });
    } else this.#overflowingError(kind);
  }

  #newStack(key: string, stackOf: () => string): string {
    if (stackOf === noStack || this.#stacked.size === maxStacks || this.#stacked.has(key)) return "";
    this.#stacked.add(key);
    return stackOf().slice(0, maxStackLength);
  }

  #overflowingError(kind: ErrorCount["kind"]): void {
    const found = this.errors.get(kind);
    if (found !== undefined) found.count++;
    else this.errors.set(kind, overflowOf({ kind, count: 1 }));
  }

  /** A task or hook has ended before so many of its requests. True the first time in the run. */
  requestsNotAwaited(name: string, requests: number): boolean {
    const isNew = !this.unawaited.has(name);
    const known = isNew && this.unawaited.size >= maxUnawaited ? overflowName : name;
    this.unawaited.set(known, (this.unawaited.get(known) ?? 0) + requests);
    return isNew && known === name;
  }

  check(given: string, passed: boolean): void {
    const name = given.length > longestName ? cutInTheMiddle(given) : given;
    let counts = this.checks.get(name);
    if (counts === undefined) {
      const known = this.checks.size < maxChecks ? name : overflowName;
      counts = this.checks.get(known) ?? { passes: 0, failures: 0 };
      this.checks.set(known, counts);
    }
    if (passed) counts.passes++;
    else counts.failures++;
  }

  /** Begins the next interval. Endpoints, checks and tasks stay known, so that names keep their place under the caps. */
  reset(): void {
    for (const endpoint of this.endpoints) endpoint.reset();
    for (const { samples } of this.series) samples.reset();
    this.metrics.clear();
    for (const counts of this.checks.values()) {
      counts.passes = 0;
      counts.failures = 0;
    }
    this.errors.clear();
    this.tasks.reset();
    this.scheduleLag.reset();
    this.blockedTime.reset();
    this.completedIterations = 0;
    this.failedIterations = 0;
    this.interruptedIterations = 0;
    this.droppedIterations = 0;
    this.startedUsers = 0;
    this.failedStarts = 0;
    for (const name of this.unawaited.keys()) this.unawaited.set(name, 0);
  }
}
