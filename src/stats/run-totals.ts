import { type FailureKind, failureKinds } from "../core/failure-kind.ts";
import { groupSeparator } from "../core/group-path.ts";
import { countsInTotals, isOfOnStop } from "../core/measure-kind.ts";
import { byCodeUnit, type CountedError, ErrorTotals } from "./error-totals.ts";
import { SlowestRequests, type SlowRequest } from "./evidence/slow-request.ts";
import { decodeAndAdd } from "./histogram/codec.ts";
import { CumulativeHistogram } from "./histogram/cumulative-histogram.ts";
import {
  type EndpointReport,
  type ErrorCount,
  type IntervalReport,
  overflowName,
  type SeriesKind,
} from "./interval-report.ts";
import { LoadTotals } from "./load-totals.ts";
import { PhaseSums } from "./phase-sums.ts";

/**
 * The number of distinct endpoints that are counted separately: the endpoints that `NameCap` admits, and room for those by
 * which the test is judged. The overflow entries do not count towards it, so an endpoint that was once counted separately
 * remains separate in every order of adding.
 */
export const maxEndpoints = 3_000;

/** The totals of one endpoint over the whole run and all workers. */
export class EndpointTotals {
  readonly method: string;
  readonly name: string;
  requests = 0;
  failures = 0;
  readonly failureKinds = new Map<FailureKind, number>();
  bytesIn = 0;
  bytesOut = 0;
  readonly serviceTime = new CumulativeHistogram();
  readonly phases = new PhaseSums();
  /**
   * The response times; null until one differs from its service time. In a closed load, none differs, so its histograms are
   * decoded and added only once.
   */
  #ownResponseTime: CumulativeHistogram | null = null;

  constructor(method: string, name: string) {
    this.method = method;
    this.name = name;
  }

  /** The response times, which are the service times until one differs. */
  get responseTime(): CumulativeHistogram {
    return this.#ownResponseTime ?? this.serviceTime;
  }

  get hasOwnResponseTime(): boolean {
    return this.#ownResponseTime !== null;
  }

  /** The number of requests whose times are left out because their worker stalled. */
  get stalledRequests(): number {
    return this.requests - this.serviceTime.count;
  }

  add(report: EndpointReport): void {
    this.requests += report.requests;
    this.bytesIn += report.bytesIn;
    this.bytesOut += report.bytesOut;
    for (const { kind, count } of report.failures) this.#addFailures(kind, count);
    for (const phase of report.phases) this.phases.add(phase);
    if (report.responseTime !== null) this.#keepResponseTimeApart();
    decodeAndAdd(report.serviceTime, this.serviceTime);
    if (this.#ownResponseTime !== null) decodeAndAdd(report.responseTime ?? report.serviceTime, this.#ownResponseTime);
  }

  merge(other: EndpointTotals): void {
    this.requests += other.requests;
    this.bytesIn += other.bytesIn;
    this.bytesOut += other.bytesOut;
    for (const [kind, count] of other.failureKinds) this.#addFailures(kind, count);
    this.phases.merge(other.phases);
    if (other.hasOwnResponseTime) this.#keepResponseTimeApart();
    this.serviceTime.add(other.serviceTime);
    this.#ownResponseTime?.add(other.responseTime);
  }

  #addFailures(kind: FailureKind, count: number): void {
    this.failures += count;
    this.failureKinds.set(kind, (this.failureKinds.get(kind) ?? 0) + count);
  }

  #keepResponseTimeApart(): void {
    if (this.#ownResponseTime !== null) return;
    this.#ownResponseTime = new CumulativeHistogram();
    this.#ownResponseTime.add(this.serviceTime);
  }
}

/** The measurements that are added to totals: a report of a worker, or a window of the store. */
export type Summand = Omit<
  IntervalReport,
  "sequence" | "window" | "windowCount" | "peakUsers" | "users" | "health" | "counted" | "load"
>;

export interface SeriesTotals {
  readonly kind: SeriesKind;
  readonly samples: EndpointTotals;
}

/** The sum of all reports of a run: a pure fold, so the order of reports does not matter. */
export class RunTotals extends LoadTotals {
  readonly #endpoints = new Map<string, EndpointTotals>();
  /** The series by kind and name. */
  readonly #series = new Map<string, SeriesTotals>();
  readonly #errors = new ErrorTotals();
  readonly #slowest = new SlowestRequests();
  #namedEndpoints = 0;

  /** @param worker the number of the worker that reports it, if a single worker does */
  add(summand: Summand, worker?: number): void {
    this.addLoad(summand);
    for (const endpoint of summand.endpoints) this.endpoint(endpoint.method, endpoint.name).add(endpoint);
    for (const { kind, samples } of summand.series) this.addTo(kind, samples.name).add(samples);
    for (const error of summand.errors) {
      this.addError(worker === undefined ? error : seenBy(worker, error));
    }
    for (const slow of summand.slowest ?? []) this.addSlow(worker === undefined ? slow : { ...slow, worker });
  }

  /** Adds all of `other`, which stays unchanged. */
  merge(other: RunTotals): void {
    this.mergeLoad(other);
    for (const endpoint of other.eachEndpoint()) this.endpoint(endpoint.method, endpoint.name).merge(endpoint);
    for (const { kind, samples } of other.eachSeries()) this.addTo(kind, samples.name).merge(samples);
    for (const error of other.eachError()) this.addError(error);
    for (const slow of other.eachSlow()) this.addSlow(slow);
  }

  eachSeries(): Iterable<SeriesTotals> {
    return this.#series.values();
  }

  /** The samples of a series; undefined if there are none. */
  seriesOf(kind: SeriesKind, name: string): EndpointTotals | undefined {
    return this.#series.get(`${kind} ${name}`)?.samples;
  }

  /** Returns the samples of a series, to add to. They are created on demand. */
  addTo(kind: SeriesKind, name: string): EndpointTotals {
    const key = `${kind} ${name}`;
    let series = this.#series.get(key);
    if (series === undefined) {
      series = { kind, samples: new EndpointTotals("", name) };
      this.#series.set(key, series);
    }
    return series.samples;
  }

  /** Lists the groups sorted by path, so that a group is followed by the groups in it. */
  groups(): EndpointTotals[] {
    const groups = [...this.#series.values()].flatMap(({ kind, samples }) => (kind === "group" ? [samples] : []));
    return groups.sort((a, b) => byCodeUnit(sortedPath(a), sortedPath(b)));
  }

  /** Merges all groups that `matches` accepts into one. */
  mergedGroups(matches: (path: string) => boolean): EndpointTotals {
    const sum = new EndpointTotals("", "Aggregated");
    for (const group of this.groups()) if (matches(group.name)) sum.merge(group);
    return sum;
  }

  get endpointCount(): number {
    return this.#endpoints.size;
  }

  /** Iterates over the endpoints in order of arrival, which decides which ones are below the cap. */
  eachEndpoint(): Iterable<EndpointTotals> {
    return this.#endpoints.values();
  }

  /** Iterates over the errors in order of arrival. */
  eachError(): Iterable<CountedError> {
    return this.#errors.each();
  }

  /** Lists the endpoints of the load sorted by name and method, so that the order of reports is stable. */
  endpoints(): EndpointTotals[] {
    return this.#sortedEndpoints().filter((endpoint) => !isOfOnStop(endpoint));
  }

  /** Lists the endpoints of the requests that `onStop` made, in the same order. */
  endpointsOfOnStop(): EndpointTotals[] {
    return this.#sortedEndpoints().filter(isOfOnStop);
  }

  #sortedEndpoints(): EndpointTotals[] {
    return [...this.#endpoints.values()].sort((a, b) => byCodeUnit(a.name, b.name) || byCodeUnit(a.method, b.method));
  }

  /** Lists the errors, the most frequent first. */
  errors(): CountedError[] {
    return this.#errors.list();
  }

  /** Merges all endpoints that `matches` accepts into one; by default all that count in totals. */
  merged(matches: (endpoint: EndpointTotals) => boolean = countsInTotals): EndpointTotals {
    const sum = new EndpointTotals("", "Aggregated");
    for (const endpoint of this.#endpoints.values()) if (matches(endpoint)) sum.merge(endpoint);
    return sum;
  }

  /** Returns the totals of an endpoint, to add to; beyond the cap, the totals of the overflow entry. */
  endpoint(method: string, name: string): EndpointTotals {
    const key = `${method} ${name}`;
    const found = this.#endpoints.get(key);
    if (found !== undefined) return found;
    if (name !== overflowName) {
      if (this.#namedEndpoints === maxEndpoints) return this.endpoint(method, overflowName);
      this.#namedEndpoints++;
    }
    const added = new EndpointTotals(method, name);
    this.#endpoints.set(key, added);
    return added;
  }

  addError(error: CountedError): void {
    this.#errors.add(error);
  }

  /** Adds a sampled request, if it is one of the slowest of an endpoint that has been added. */
  addSlow(slow: SlowRequest): void {
    if (this.#endpoints.has(`${slow.method} ${slow.name}`)) this.#slowest.add(slow);
  }

  eachSlow(): Iterable<SlowRequest> {
    return this.#slowest.each();
  }

  /** The slowest sampled requests of an endpoint, the slowest first. */
  slowestOf(endpoint: Pick<EndpointTotals, "method" | "name">): readonly SlowRequest[] {
    return this.#slowest.of(endpoint);
  }
}

/** Returns the path of a group with a separator that sorts before every other character. */
function sortedPath({ name }: EndpointTotals): string {
  return name.replaceAll(groupSeparator, "\0");
}

/** The failure kinds that occurred, in the order of `failureKinds`. */
export function listFailureKinds(totals: EndpointTotals): { kind: FailureKind; count: number }[] {
  return failureKinds.flatMap((kind) => {
    const count = totals.failureKinds.get(kind) ?? 0;
    return count > 0 ? [{ kind, count }] : [];
  });
}

/** Adds the number of the worker to an exception, or to the samples of failed requests. */
function seenBy(worker: number, error: ErrorCount): CountedError {
  if (error.kind === "exception") return { ...error, workers: [worker] };
  const { samples } = error;
  return samples === undefined ? error : { ...error, samples: samples.map((one) => ({ ...one, worker })) };
}
