import { longestName } from "../core/size-limits.ts";
import { type IntervalReport, overflowName, type SeriesReport } from "./interval-report.ts";
import { isStreamSeries, streamedEndpoint, streamName } from "./stream-totals.ts";

/** The names of requests, checks and groups that are counted separately beyond every cap. */
export interface KeptNames {
  readonly requests: readonly string[];
  readonly checks: readonly string[];
  readonly groups: readonly string[];
}

export const noKeptNames: KeptNames = { requests: [], checks: [], groups: [] };

/** The names that the master knows before the run: user classes, metrics, and the parts that thresholds select. */
export interface ExpectedNames {
  readonly classes: readonly string[];
  readonly metrics: readonly string[];
  readonly slices: readonly string[];
}

const noExpectedNames: ExpectedNames = { classes: [], metrics: [], slices: [] };

/** More than a test can declare: only a worker that lies or is broken reports more. */
const mostMetrics = 500;
const mostClasses = 200;
const mostSlices = 200;

/** The methods of requests, including the kinds of measures: a test uses a handful. */
const mostMethods = 100;
/** The names of each kind that a run counts separately, beside those that it is judged by. */
const mostOfRun = { endpoints: 2_000, checks: 2_000, groups: 1_000 };
/** The names of each kind that one worker brings into a run; the caps of a worker of muster are not higher. */
const mostOfWorker = { endpoints: 1_000, checks: 1_000, groups: 500 };

type CappedKind = keyof typeof mostOfWorker;

type NamedReport = Pick<IntervalReport, "endpoints" | "checks" | "series" | "users" | "metrics" | "slowest">;

/** The kind of names of which a worker reported more than a worker of muster would. Such names are counted together. */
export type StrangeNames = "user classes" | "metrics";

/**
 * Decides which names of a run are counted separately: the first names that arrive, up to a cap, and the names by which the
 * test is judged, whenever they arrive. All other names are counted together under "(other)". Each worker has its own, lower
 * cap, so that many workers together can report more names than the run keeps.
 */
export class NameCap {
  readonly #most: Readonly<Record<CappedKind, number>>;
  readonly #keptRequests: ReadonlySet<string>;
  readonly #keptChecks: ReadonlySet<string>;
  readonly #keptGroups: ReadonlySet<string>;
  readonly #names = { endpoints: new Set<string>(), checks: new Set<string>(), groups: new Set<string>() };
  readonly #methods = new Set<string>();
  /** The number of names that each worker was the first to report. */
  readonly #brought = new Map<number, Record<CappedKind, number>>();
  /** The entry of `#brought` for the worker whose report is being applied; null while a run is resumed. */
  #bringing: Record<CappedKind, number> | null = null;
  readonly #expected: { readonly [Kind in keyof ExpectedNames]: ReadonlySet<string> };
  readonly #classes = new Set<string>();
  readonly #metrics = new Set<string>();
  readonly #slices = new Set<string>();
  #strange: StrangeNames | null = null;

  constructor(
    kept: KeptNames,
    { classes, metrics, slices }: ExpectedNames = noExpectedNames,
    mostEndpoints = mostOfRun.endpoints,
    mostChecks = mostOfRun.checks,
    mostGroups = mostOfRun.groups,
  ) {
    this.#expected = { classes: new Set(classes), metrics: new Set(metrics), slices: new Set(slices) };
    this.#keptRequests = new Set(kept.requests);
    this.#keptChecks = new Set(kept.checks);
    this.#keptGroups = new Set(kept.groups);
    this.#most = { endpoints: mostEndpoints, checks: mostChecks, groups: mostGroups };
  }

  /** Returns the report of a worker with the names under which it is counted. */
  apply<Report extends NamedReport>(report: Report, worker: number): Report {
    const { endpoints, checks, series, users, metrics, slowest = [] } = report;
    this.#bringing = this.#broughtBy(worker);
    const areKnown =
      users.every(({ className }) => this.#admitsClass(className)) &&
      metrics.every(({ name }) => this.#admitsMetric(name)) &&
      endpoints.every((one) => this.#admitsMethod(one.method) && this.#admits(one)) &&
      checks.every(({ name }) => this.#admitsCheck(name)) &&
      series.every((one) => this.#admitsSeries(one));
    if (areKnown) return report;
    return {
      ...report,
      users: users.map((one) => (this.#admitsClass(one.className) ? one : { ...one, className: overflowName })),
      metrics: metrics.map((one) => (this.#admitsMetric(one.name) ? one : { ...one, name: overflowName })),
      endpoints: endpoints.map((one) => this.#counted(one)),
      ...(slowest.length === 0 ? {} : { slowest: slowest.map((one) => this.#counted(one)) }),
      checks: checks.map((one) => (this.#admitsCheck(one.name) ? one : { ...one, name: overflowName })),
      series: series.map((one) =>
        this.#admitsSeries(one) ? one : { ...one, samples: { ...one.samples, name: this.#overflowOf(one) } },
      ),
    };
  }

  /** Returns the kind of names of which the last report had too many; null if a worker of muster can report as many. */
  takeStrange(): StrangeNames | null {
    const strange = this.#strange;
    this.#strange = null;
    return strange;
  }

  /** Admits the names of a run that is resumed. */
  admitAll(
    endpoints: Iterable<{ readonly method: string; readonly name: string }>,
    checks: Iterable<string>,
    groups: Iterable<string>,
  ): void {
    this.#bringing = null;
    for (const endpoint of endpoints) if (this.#admitsMethod(endpoint.method)) this.#admits(endpoint);
    for (const name of checks) this.#admitsCheck(name);
    for (const name of groups) this.#admitsGroup(name);
  }

  #admits({ method, name }: { readonly method: string; readonly name: string }): boolean {
    if (name === overflowName || this.#keptRequests.has(name)) return true;
    return this.#admitsCapped("endpoints", `${method} ${name}`);
  }

  #counted<Endpoint extends { readonly method: string; readonly name: string }>(endpoint: Endpoint): Endpoint {
    const method = this.#admitsMethod(endpoint.method) ? endpoint.method : overflowName;
    if (method === endpoint.method && this.#admits(endpoint)) return endpoint;
    return { ...endpoint, method, name: overflowName };
  }

  /** Whether a method is counted separately. Each such method has an entry for the names beyond the cap. */
  #admitsMethod(method: string): boolean {
    return method === overflowName || admitted(this.#methods, method, mostMethods);
  }

  #admitsCheck(name: string): boolean {
    if (name === overflowName || this.#keptChecks.has(name)) return true;
    return this.#admitsCapped("checks", name);
  }

  #admitsSeries({ kind, samples }: SeriesReport): boolean {
    const { name } = samples;
    if (isStreamSeries(kind)) {
      const endpoint = streamedEndpoint(name);
      return this.#admitsMethod(endpoint.method) && this.#admits(endpoint);
    }
    if (kind === "group") return this.#admitsGroup(name);
    if (kind === "trend") return this.#admitsMetric(name);
    return this.#admitsExpected("metrics", name, this.#expected.slices, this.#slices, mostSlices);
  }

  #admitsClass(name: string): boolean {
    return this.#admitsExpected("user classes", name, this.#expected.classes, this.#classes, mostClasses);
  }

  #admitsMetric(name: string): boolean {
    return this.#admitsExpected("metrics", name, this.#expected.metrics, this.#metrics, mostMetrics);
  }

  #admitsExpected(
    what: StrangeNames,
    name: string,
    expected: ReadonlySet<string>,
    names: Set<string>,
    most: number,
  ): boolean {
    if (name === overflowName || expected.has(name)) return true;
    if (name.length <= longestName && admitted(names, name, most)) return true;
    this.#strange = what;
    return false;
  }

  #admitsGroup(name: string): boolean {
    if (name === overflowName || this.#keptGroups.has(name)) return true;
    return this.#admitsCapped("groups", name);
  }

  #admitsCapped(kind: CappedKind, name: string): boolean {
    const names = this.#names[kind];
    if (names.has(name)) return true;
    const brought = this.#bringing;
    if (names.size >= this.#most[kind] || (brought?.[kind] ?? 0) >= mostOfWorker[kind]) return false;
    names.add(name);
    if (brought !== null) brought[kind]++;
    return true;
  }

  #broughtBy(worker: number): Record<CappedKind, number> {
    let brought = this.#brought.get(worker);
    if (brought === undefined) {
      brought = { endpoints: 0, checks: 0, groups: 0 };
      this.#brought.set(worker, brought);
    }
    return brought;
  }

  #overflowOf({ kind, samples }: SeriesReport): string {
    if (!isStreamSeries(kind)) return overflowName;
    const { method } = streamedEndpoint(samples.name);
    return streamName({ method: this.#admitsMethod(method) ? method : overflowName, name: overflowName });
  }
}

function admitted(names: Set<string>, name: string, most: number): boolean {
  if (names.has(name)) return true;
  if (names.size >= most) return false;
  names.add(name);
  return true;
}
