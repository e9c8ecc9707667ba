import { type FailureKind, failureKinds } from "../core/failure-kind.ts";
import { CumulativeHistogram } from "./cumulative-histogram.ts";
import { decodeAndAdd } from "./histogram-codec.ts";
import { overflowName } from "./interval-recorder.ts";
import type { EndpointReport, ErrorCount, IntervalReport } from "./interval-report.ts";

/** Distinct names and errors that are kept apart; the workers have caps of their own, but not in common. */
const maxEndpoints = 2_000;
const maxErrors = 1_000;

/** One endpoint over the whole run and all workers. */
export class EndpointTotals {
  readonly method: string;
  readonly name: string;
  requests = 0;
  failures = 0;
  readonly failureKinds = new Map<FailureKind, number>();
  bytesIn = 0;
  bytesOut = 0;
  readonly serviceTime = new CumulativeHistogram();
  readonly responseTime = new CumulativeHistogram();

  constructor(method: string, name: string) {
    this.method = method;
    this.name = name;
  }

  add(report: EndpointReport): void {
    this.requests += report.requests;
    this.bytesIn += report.bytesIn;
    this.bytesOut += report.bytesOut;
    for (const { kind, count } of report.failures) {
      this.failures += count;
      this.failureKinds.set(kind, (this.failureKinds.get(kind) ?? 0) + count);
    }
    decodeAndAdd(report.serviceTime, this.serviceTime);
    decodeAndAdd(report.responseTime ?? report.serviceTime, this.responseTime);
  }

  merge(other: EndpointTotals): void {
    this.requests += other.requests;
    this.failures += other.failures;
    this.bytesIn += other.bytesIn;
    this.bytesOut += other.bytesOut;
    for (const [kind, count] of other.failureKinds) {
      this.failureKinds.set(kind, (this.failureKinds.get(kind) ?? 0) + count);
    }
    this.serviceTime.add(other.serviceTime);
    this.responseTime.add(other.responseTime);
  }
}

/** The sum of all reports of a run: a pure fold, so the order of reports does not matter. */
export class RunTotals {
  readonly #endpoints = new Map<string, EndpointTotals>();
  readonly checks = new Map<string, { passes: number; failures: number }>();
  readonly #errors = new Map<string, ErrorCount & { count: number }>();
  readonly scheduleLag = new CumulativeHistogram();
  readonly blockedTime = new CumulativeHistogram();
  completedIterations = 0;
  failedIterations = 0;
  interruptedIterations = 0;
  droppedIterations = 0;

  add(report: IntervalReport): void {
    this.completedIterations += report.iterations.completed;
    this.failedIterations += report.iterations.failed;
    this.interruptedIterations += report.iterations.interrupted;
    this.droppedIterations += report.iterations.dropped;
    if (report.scheduling !== null) {
      decodeAndAdd(report.scheduling.scheduleLag, this.scheduleLag);
      decodeAndAdd(report.scheduling.blockedTime, this.blockedTime);
    }
    for (const endpoint of report.endpoints) this.#endpoint(endpoint.method, endpoint.name).add(endpoint);
    for (const { name, passes, failures } of report.checks) {
      const counts = this.checks.get(name) ?? { passes: 0, failures: 0 };
      counts.passes += passes;
      counts.failures += failures;
      this.checks.set(name, counts);
    }
    for (const error of report.errors) {
      this.#addError(error);
    }
  }

  /** By method and name, for a stable order of reports. */
  endpoints(): EndpointTotals[] {
    return [...this.#endpoints.values()].sort((a, b) => compare(a.name, b.name) || compare(a.method, b.method));
  }

  /** The most frequent first. */
  errors(): ErrorCount[] {
    return [...this.#errors.values()].sort((a, b) => b.count - a.count || compare(errorKey(a), errorKey(b)));
  }

  /** All endpoints that `matches` accepts, merged into one. */
  merged(matches: (endpoint: EndpointTotals) => boolean = () => true): EndpointTotals {
    const sum = new EndpointTotals("", "Aggregated");
    for (const endpoint of this.#endpoints.values()) if (matches(endpoint)) sum.merge(endpoint);
    return sum;
  }

  /** Beyond the cap further distinct errors are counted together, by kind. */
  #addError(error: ErrorCount): void {
    const key = errorKey(error);
    const found = this.#errors.get(key);
    if (found !== undefined) found.count += error.count;
    else if (this.#errors.size < maxErrors || error.name === overflowName) this.#errors.set(key, { ...error });
    else this.#addError({ ...error, method: "", name: overflowName, message: "further distinct errors" });
  }

  #endpoint(givenMethod: string, givenName: string): EndpointTotals {
    let [method, name, key] = [givenMethod, givenName, `${givenMethod} ${givenName}`];
    if (this.#endpoints.size >= maxEndpoints && !this.#endpoints.has(key)) {
      [name, key] = [overflowName, `${method} ${overflowName}`];
    }
    let found = this.#endpoints.get(key);
    if (found === undefined) {
      found = new EndpointTotals(method, name);
      this.#endpoints.set(key, found);
    }
    return found;
  }
}

/** The kinds that occurred, in the order of `failureKinds`. */
export function listFailureKinds(totals: EndpointTotals): { kind: FailureKind; count: number }[] {
  return failureKinds.flatMap((kind) => {
    const count = totals.failureKinds.get(kind) ?? 0;
    return count > 0 ? [{ kind, count }] : [];
  });
}

function errorKey({ method, name, kind, message }: ErrorCount): string {
  return `${method} ${name}\n${kind}\n${message}`;
}

/** By code unit, so that the order does not depend on the machine's locale. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
