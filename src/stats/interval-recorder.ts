import { type FailureKind, failureKinds } from "../core/failure-kind.ts";
import { hideSecrets } from "../core/redaction/known-secrets.ts";
import { longestName } from "../core/size-limits.ts";
import { EndpointRecorder } from "./endpoint-recorder.ts";
import { MessageCache } from "./error-message.ts";
import { overflowOf } from "./error-totals.ts";
import { type FailedRequest, SampleBudget } from "./evidence/failed-request.ts";
import { SlowestOfWorker } from "./evidence/slow-request.ts";
import { IntervalHistogram } from "./histogram/interval-histogram.ts";
import { type ErrorCount, overflowName, type SeriesKind } from "./interval-report.ts";
import { type KeptNames, noKeptNames } from "./name-cap.ts";
import { mergeScalars, type ScalarMetric } from "./scalar-metric.ts";
import { streamName } from "./stream-totals.ts";
import { TaskCounters } from "./task-counters.ts";

const maxEndpoints = 1_000;
const maxChecks = 1_000;
const maxGroups = 500;
/** The number of endpoints whose streams are recorded separately: the histograms of each take 0.5 MB. */
const maxStreams = 200;
const maxUnawaited = 1_000;
const maxErrors = 500;
/** The number of distinct exceptions whose stack is sent, once each because stacks are long. */
const maxStacks = 50;
const maxStackLength = 2_000;

/** Cuts a long name in the middle: long names differ at either end. */
function cutInTheMiddle(given: string): string {
  const name = hideSecrets(given);
  const half = longestName / 2;
  return name.length > longestName ? `${name.slice(0, half)}…${name.slice(-half)}` : name;
}

const noStack = () => "";

/** Whether the response times of a series differ from its service times in an open load. */
function hasOwnResponseTimes(kind: SeriesKind): boolean {
  return kind === "slice" || kind === "stream" || kind === "first-event";
}

type RecordedError = ErrorCount & { count: number; samples?: readonly FailedRequest[] };

export interface SeriesRecorder {
  readonly kind: SeriesKind;
  readonly samples: EndpointRecorder;
}

/** The recorders of the streamed responses of an endpoint: see `seriesKinds`. */
export interface StreamRecorders {
  readonly ended: EndpointRecorder;
  readonly first: EndpointRecorder;
  readonly events: EndpointRecorder;
}

/**
 * Everything that one worker counts between two reports. Memory is bounded: names beyond a cap are counted under "(other)",
 * except the names by which the test is judged.
 */
export class IntervalRecorder {
  readonly endpoints: EndpointRecorder[] = [];
  readonly checks = new Map<string, { passes: number; failures: number }>();
  /** Slices of the requests, the trends that the test declares, its groups, and its streams. */
  readonly series: SeriesRecorder[] = [];
  /** The other metrics that the test declares. */
  readonly metrics = new Map<string, ScalarMetric>();
  readonly errors = new Map<string, RecordedError>();
  readonly tasks = new TaskCounters();
  readonly slowest = new SlowestOfWorker();
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
  /** The time from when an iteration was due until it was started or queued, in open loads. */
  readonly scheduleLag = new IntervalHistogram();
  /**
   * The time from when an iteration was started or queued, or from the call in the test, until the first byte of a request was
   * written, in open loads.
   */
  readonly blockedTime = new IntervalHistogram();
  /**
   * The number of iterations completed or finally dropped since the start of the run, by scenario id, in loads that end by
   * count. Not reset.
   */
  readonly countedIterations = new Map<number, number>();
  readonly #messages = new MessageCache();
  readonly #seriesByName = new Map<string, EndpointRecorder>();
  readonly #streams = new Map<string, StreamRecorders>();
  readonly #samples = new SampleBudget();
  readonly #byMethod = new Map<string, Map<string, EndpointRecorder>>();
  /** Exceptions whose stack was sent, in this interval or before. */
  readonly #stacked = new Set<string>();
  readonly #keptRequests: ReadonlySet<string>;
  readonly #keptChecks: ReadonlySet<string>;
  readonly #keptGroups: ReadonlySet<string>;
  #cappedEndpoints = 0;
  #cappedChecks = 0;
  #cappedGroups = 0;
  #cappedStreams = 0;
  #hasOpenLoad: boolean;

  /** @param kept the names that are counted separately beyond the caps */
  constructor(hasOpenLoad = false, kept: KeptNames = noKeptNames) {
    this.#hasOpenLoad = hasOpenLoad;
    this.#keptRequests = new Set(kept.requests);
    this.#keptChecks = new Set(kept.checks);
    this.#keptGroups = new Set(kept.groups);
  }

  /** Whether response times can differ from service times. */
  get hasOpenLoad(): boolean {
    return this.#hasOpenLoad;
  }

  /** Prepares for an open load, also during an interval, if the worker gets part of one later. */
  expectOpenLoad(): void {
    this.#hasOpenLoad = true;
    for (const endpoint of this.endpoints) endpoint.expectOpenLoad();
    for (const { kind, samples } of this.series) if (hasOwnResponseTimes(kind)) samples.expectOpenLoad();
  }

  /** Returns the recorder for the samples of a series, one for the whole run. */
  seriesOf(kind: SeriesKind, name: string): EndpointRecorder {
    const key = `${kind} ${name}`;
    const found = this.#seriesByName.get(key);
    if (found !== undefined) return found;
    const shown = hideSecrets(name);
    const samples =
      shown === name
        ? new EndpointRecorder("", name, hasOwnResponseTimes(kind) && this.hasOpenLoad)
        : this.seriesOf(kind, shown);
    this.#seriesByName.set(key, samples);
    if (shown === name) this.series.push({ kind, samples });
    return samples;
  }

  /** Returns the recorder of the group with this path, or of all groups beyond the cap. */
  group(path: string): EndpointRecorder {
    const bounded = path.length > longestName ? cutInTheMiddle(path) : path;
    const found = this.#seriesByName.get(`group ${bounded}`);
    if (found !== undefined) return found;
    const name = hideSecrets(bounded);
    if (name !== bounded) return this.group(name);
    if (name !== overflowName && !this.#keptGroups.has(name)) {
      if (this.#cappedGroups >= maxGroups) return this.group(overflowName);
      this.#cappedGroups++;
    }
    return this.seriesOf("group", name);
  }

  /** Returns the recorders of the streamed responses of an endpoint. Beyond the cap, all endpoints of a method share them. */
  streamsOf(endpoint: EndpointRecorder): StreamRecorders {
    const key = streamName(endpoint);
    const found = this.#streams.get(key);
    if (found !== undefined) return found;
    const isKept = endpoint.name === overflowName || this.#keptRequests.has(endpoint.name);
    const isCapped = !isKept && this.#cappedStreams >= maxStreams;
    if (!isKept && !isCapped) this.#cappedStreams++;
    const name = isCapped ? streamName({ method: endpoint.method, name: overflowName }) : key;
    const recorders = {
      ended: this.seriesOf("stream", name),
      first: this.seriesOf("first-event", name),
      events: this.seriesOf("event-gap", name),
    };
    this.#streams.set(key, recorders);
    return recorders;
  }

  /** Adds to a metric that the test declares. */
  addMetric(name: string, added: ScalarMetric): void {
    const before = this.metrics.get(name);
    this.metrics.set(name, before === undefined ? added : mergeScalars(before, added));
  }

  endpoint(method: string, name: string): EndpointRecorder {
    const bounded = name.length > longestName ? cutInTheMiddle(name) : name;
    return this.#byMethod.get(method)?.get(bounded) ?? this.#addEndpoint(method, bounded);
  }

  #addEndpoint(method: string, given: string): EndpointRecorder {
    const name = hideSecrets(given);
    if (name !== given) return this.endpoint(method, name);
    const isKept = name === overflowName || this.#keptRequests.has(name);
    if (!isKept && this.#cappedEndpoints >= maxEndpoints) return this.endpoint(method, overflowName);
    if (!isKept) this.#cappedEndpoints++;
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

  /** Counts iterations of a load that ends by count, in addition to `completedIterations`. */
  countIterations(scenario: number, completed: number): void {
    this.countedIterations.set(scenario, (this.countedIterations.get(scenario) ?? 0) + completed);
  }

  /**
   * Marks the request just recorded on `endpoint` as failed.
   * @param sampleOf describes the request; called only if it is kept as evidence of its error
   */
  failure(
    endpoint: EndpointRecorder,
    kind: FailureKind,
    message: string,
    sampleOf: (() => FailedRequest) | null = null,
  ): void {
    const position = failureKinds.indexOf(kind);
    endpoint.failures[position] = (endpoint.failures[position] ?? 0) + 1;
    const counted = this.#error(endpoint.method, endpoint.name, kind, message);
    if (sampleOf === null || counted === null || !this.#samples.takes(counted.key)) return;
    const { error } = counted;
    error.samples = [...(error.samples ?? []), sampleOf()];
  }

  /** Counts an exception of a task. @param stackOf returns the stack; called only if the exception is new */
  exception(taskName: string, message: string, stackOf: () => string): void {
    this.#error("", taskName, "exception", message, stackOf);
  }

  /** Counts an error. Returns the error with its key; null if it is counted together with others. */
  #error(
    method: string,
    name: string,
    kind: ErrorCount["kind"],
    text: string,
    stackOf = noStack,
  ): { readonly key: string; readonly error: RecordedError } | null {
    const message = this.#messages.grouped(text);
    const key = `${method} ${name}\n${kind}\n${message}`;
    const found = this.errors.get(key);
    if (found !== undefined) {
      found.count++;
      return { key, error: found };
    }
    if (this.errors.size >= maxErrors) {
      this.#overflowingError(kind);
      return null;
    }
    const error = { method, name, kind, message, count: 1, stack: this.#newStack(key, stackOf) };
    this.errors.set(key, error);
    return { key, error };
  }

  #newStack(key: string, stackOf: () => string): string {
    if (stackOf === noStack || this.#stacked.size === maxStacks || this.#stacked.has(key)) return "";
    this.#stacked.add(key);
    return hideSecrets(stackOf()).slice(0, maxStackLength);
  }

  #overflowingError(kind: ErrorCount["kind"]): void {
    const found = this.errors.get(kind);
    if (found !== undefined) found.count++;
    else this.errors.set(kind, overflowOf({ kind, count: 1 }));
  }

  /** Counts requests still open at the end of a task or hook. Returns true the first time in the run. */
  requestsNotAwaited(name: string, requests: number): boolean {
    const isNew = !this.unawaited.has(name);
    const counted = isNew && this.unawaited.size >= maxUnawaited ? overflowName : name;
    this.unawaited.set(counted, (this.unawaited.get(counted) ?? 0) + requests);
    return isNew && counted === name;
  }

  check(given: string, passed: boolean): void {
    const bounded = given.length > longestName ? cutInTheMiddle(given) : given;
    const counts = this.checks.get(bounded) ?? this.#addCheck(bounded);
    if (passed) counts.passes++;
    else counts.failures++;
  }

  #addCheck(given: string): { passes: number; failures: number } {
    const name = hideSecrets(given);
    const found = this.checks.get(name);
    if (found !== undefined) return found;
    if (name !== overflowName && !this.#keptChecks.has(name)) {
      if (this.#cappedChecks >= maxChecks) return this.#addCheck(overflowName);
      this.#cappedChecks++;
    }
    const added = { passes: 0, failures: 0 };
    this.checks.set(name, added);
    return added;
  }

  /** Starts the next interval. Endpoints, checks and tasks are kept, so that names keep their place under the caps. */
  reset(): void {
    for (const endpoint of this.endpoints) endpoint.reset();
    for (const { samples } of this.series) samples.reset();
    this.metrics.clear();
    for (const counts of this.checks.values()) {
      counts.passes = 0;
      counts.failures = 0;
    }
    this.errors.clear();
    this.#samples.nextInterval();
    this.slowest.ofInterval.clear();
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
