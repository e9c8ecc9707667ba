import { type IntervalReport, overflowName, type SeriesReport } from "./interval-report.ts";
import { isStreamSeries, streamedEndpoint, streamName } from "./stream-totals.ts";

/** The names of requests, checks and groups that have a place beyond every cap. */
export interface KeptNames {
  readonly requests: readonly string[];
  readonly checks: readonly string[];
  readonly groups: readonly string[];
}

export const noKeptNames: KeptNames = { requests: [], checks: [], groups: [] };

type NamedReport = Pick<IntervalReport, "endpoints" | "checks" | "series">;

/**
 * Decides which names of a run are counted separately: the first ones that come, up to a cap, and those that the test is
 * judged by, whenever they come. All others are counted together under "(other)". Each worker has its own, lower cap, so
 * that many workers together can report more names than the run keeps.
 */
export class NameCap {
  readonly #mostEndpoints: number;
  readonly #mostChecks: number;
  readonly #mostGroups: number;
  readonly #keptRequests: ReadonlySet<string>;
  readonly #keptChecks: ReadonlySet<string>;
  readonly #keptGroups: ReadonlySet<string>;
  readonly #endpoints = new Set<string>();
  readonly #checks = new Set<string>();
  readonly #groups = new Set<string>();

  constructor(kept: KeptNames, mostEndpoints = 2_000, mostChecks = 2_000, mostGroups = 1_000) {
    this.#keptRequests = new Set(kept.requests);
    this.#keptChecks = new Set(kept.checks);
    this.#keptGroups = new Set(kept.groups);
    this.#mostEndpoints = mostEndpoints;
    this.#mostChecks = mostChecks;
    this.#mostGroups = mostGroups;
  }

  /** Returns the report with the names under which it is counted. */
  apply<Report extends NamedReport>(report: Report): Report {
    const { endpoints, checks, series } = report;
    const areKnown =
      endpoints.every((one) => this.#admits(one)) &&
      checks.every(({ name }) => this.#admitsCheck(name)) &&
      series.every((one) => this.#admitsSeries(one));
    if (areKnown) return report;
    return {
      ...report,
      endpoints: endpoints.map((one) => (this.#admits(one) ? one : { ...one, name: overflowName })),
      checks: checks.map((one) => (this.#admitsCheck(one.name) ? one : { ...one, name: overflowName })),
      series: series.map((one) =>
        this.#admitsSeries(one) ? one : { ...one, samples: { ...one.samples, name: overflowOf(one) } },
      ),
    };
  }

  /** Admits the names of a run that is resumed. */
  admitAll(
    endpoints: Iterable<{ readonly method: string; readonly name: string }>,
    checks: Iterable<string>,
    groups: Iterable<string>,
  ): void {
    for (const endpoint of endpoints) this.#admits(endpoint);
    for (const name of checks) this.#admitsCheck(name);
    for (const name of groups) this.#admitsGroup(name);
  }

  #admits({ method, name }: { readonly method: string; readonly name: string }): boolean {
    if (name === overflowName || this.#keptRequests.has(name)) return true;
    return admitted(this.#endpoints, `${method} ${name}`, this.#mostEndpoints);
  }

  #admitsCheck(name: string): boolean {
    if (name === overflowName || this.#keptChecks.has(name)) return true;
    return admitted(this.#checks, name, this.#mostChecks);
  }

  /** Slices and trends are declared before the run, so there are not too many. */
  #admitsSeries({ kind, samples }: SeriesReport): boolean {
    if (isStreamSeries(kind)) return this.#admits(streamedEndpoint(samples.name));
    return kind !== "group" || this.#admitsGroup(samples.name);
  }

  #admitsGroup(name: string): boolean {
    if (name === overflowName || this.#keptGroups.has(name)) return true;
    return admitted(this.#groups, name, this.#mostGroups);
  }
}

function overflowOf({ kind, samples }: SeriesReport): string {
  if (!isStreamSeries(kind)) return overflowName;
  return streamName({ method: streamedEndpoint(samples.name).method, name: overflowName });
}

function admitted(names: Set<string>, name: string, most: number): boolean {
  if (names.has(name)) return true;
  if (names.size >= most) return false;
  names.add(name);
  return true;
}
