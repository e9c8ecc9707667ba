import { type FailureKind, failureKinds } from "../core/failure-kind.ts";
import { byCodeUnit, type CountedError, ErrorTotals } from "./error-totals.ts";
import { decodeAndAdd } from "./histogram/codec.ts";
import { CumulativeHistogram } from "./histogram/cumulative-histogram.ts";
import { type EndpointReport, type IntervalReport, overflowName, type SeriesKind } from "./interval-report.ts";
import { LoadTotals } from "./load-totals.ts";
import { PhaseSums } from "./phase-sums.ts";

/**
 * Distinct names that are kept apart; the workers have caps of their own, but not in common. What stands for
 * those beyond a cap does not count towards it: so whatever was kept apart once is kept apart in every order of adding.
 */
export const maxEndpoints = 2_000;

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
  readonly phases = new PhaseSums();
  /** From the first response time that is not the service time. A closed load has none: it is decoded and added once. */
  #ownResponseTime: CumulativeHistogram | null = null;

  constructor(method: string, name: string) {
    this.method = method;
    this.name = name;
  }

  /** The service times themselves while no response time differs. */
  get responseTime(): CumulativeHistogram {
    return this.#ownResponseTime ?? this.serviceTime;
  }

  get hasOwnResponseTime(): boolean {
    return this.#ownResponseTime !== null;
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

/** What totals are the sum of: a report of a worker, or a window of the store. */
export type Summand = Omit<
  IntervalReport,
  "sequence" | "window" | "windowCount" | "peakUsers" | "users" | "health" | "counted"
>;

export interface SeriesTotals {
  readonly kind: SeriesKind;
  readonly samples: EndpointTotals;
}

/** The sum of all reports of a run: a pure fold, so the order of reports does not matter. */
export class RunTotals extends LoadTotals {
  readonly #endpoints = new Map<string, EndpointTotals>();
  /** By kind and name. */
  readonly #series = new Map<string, SeriesTotals>();
  readonly #errors = new ErrorTotals();
  #namedEndpoints = 0;

  /** @param worker the number of the one that reports it, when it is one's */
  add(summand: Summand, worker?: number): void {
    this.addLoad(summand);
    for (const endpoint of summand.endpoints) this.endpoint(endpoint.method, endpoint.name).add(endpoint);
    for (const { kind, samples } of summand.series) this.addTo(kind, samples.name).add(samples);
    for (const error of summand.errors) {
      const isTold = worker !== undefined && error.kind === "exception";
      this.addError(isTold ? { ...error, workers: [worker] } : error);
    }
  }

  /** Adds all that `other` holds; it stays as it is. */
  merge(other: RunTotals): void {
    this.mergeLoad(other);
    for (const endpoint of other.eachEndpoint()) this.endpoint(endpoint.method, endpoint.name).merge(endpoint);
    for (const { kind, samples } of other.eachSeries()) this.addTo(kind, samples.name).merge(samples);
    for (const error of other.eachError()) this.addError(error);
  }

  eachSeries(): Iterable<SeriesTotals> {
    return this.#series.values();
  }

  /** The samples of a series; undefined while there are none. */
  seriesOf(kind: SeriesKind, name: string): EndpointTotals | undefined {
    return this.#series.get(`${kind} ${name}`)?.samples;
  }

  /** The samples of a series, to add to. */
  addTo(kind: SeriesKind, name: string): EndpointTotals {
    const key = `${kind} ${name}`;
    let series = this.#series.get(key);
    if (series === undefined) {
      series = { kind, samples: new EndpointTotals("", name) };
      this.#series.set(key, series);
    }
    return series.samples;
  }

  get endpointCount(): number {
    return this.#endpoints.size;
  }

  /** In the order in which they came, which decides who is below a cap. */
  eachEndpoint(): Iterable<EndpointTotals> {
    return this.#endpoints.values();
  }

  /** In the order in which they came. */
  eachError(): Iterable<CountedError> {
    return this.#errors.each();
  }

  /** By method and name, for a stable order of reports. */
  endpoints(): EndpointTotals[] {
    return [...this.#endpoints.values()].sort((a, b) => byCodeUnit(a.name, b.name) || byCodeUnit(a.method, b.method));
  }

  /** The most frequent first. */
  errors(): CountedError[] {
    return this.#errors.list();
  }

  /** All endpoints that `matches` accepts, merged into one. */
  merged(matches: (endpoint: EndpointTotals) => boolean = () => true): EndpointTotals {
    const sum = new EndpointTotals("", "Aggregated");
    for (const endpoint of this.#endpoints.values()) if (matches(endpoint)) sum.merge(endpoint);
    return sum;
  }

  /** The totals of an endpoint, to add to; beyond the cap those that stand for it. */
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
}

/** The kinds that occurred, in the order of `failureKinds`. */
export function listFailureKinds(totals: EndpointTotals): { kind: FailureKind; count: number }[] {
  return failureKinds.flatMap((kind) => {
    const count = totals.failureKinds.get(kind) ?? 0;
    return count > 0 ? [{ kind, count }] : [];
  });
}
