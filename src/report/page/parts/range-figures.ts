import { countsInTotals } from "../../../core/measure-kind.ts";
import { CumulativeHistogram } from "../../../stats/histogram/cumulative-histogram.ts";
import { rounded } from "../../numbers.ts";
import { distributionOf } from "../../result/distribution-of.ts";
import type { Distribution, EndpointResult, GroupResult, Result } from "../../result/result-schema.ts";
import { distributionColumn } from "../distribution-column.ts";
import type { DistributionColumn, Distributions, SliceColumns, Slices } from "../model.ts";
import { addPacked } from "./packed-histogram.ts";

/** A range of whole slices: [fromMs, toMs). */
export interface SliceRange {
  readonly fromMs: number;
  readonly toMs: number;
  /** The positions of the first slice and of the one after the last. */
  readonly first: number;
  readonly end: number;
}

/** The figures of an endpoint in a part of the run. The times are null if the report does not contain them. */
export interface EndpointFigures extends Omit<EndpointResult, "phasesMs" | "serviceTimeMs" | "responseTimeMs"> {
  readonly serviceTimeMs: Distribution | null;
  readonly responseTimeMs: Distribution | null;
}

/** The figures of a part of the run. If the part is the whole run, they are those of `result.json`. */
export interface RangeFigures {
  readonly total: EndpointFigures;
  readonly endpoints: readonly EndpointFigures[];
  readonly distributions: Distributions;
}

/** Returns the smallest range of slices that contains [fromMs, toMs), as far as there are slices; null if it contains none. */
export function sliceRange({ startMs, endMs }: Slices, fromMs: number, toMs: number): SliceRange | null {
  const ends = [...startMs.slice(1), endMs];
  const first = ends.findIndex((end) => end > fromMs);
  const after = startMs.findIndex((start) => start >= toMs);
  const end = after < 0 ? startMs.length : after;
  const [from, to] = [startMs[first], ends[end - 1]];
  return from === undefined || to === undefined || first >= end ? null : { fromMs: from, toMs: to, first, end };
}

/** Adds up the slices of a range. Endpoints without a request in the range are left out. */
export function rangeFigures(slices: Slices, range: SliceRange, percentiles: readonly number[]): RangeFigures {
  const seconds = rangeSeconds(slices, range);
  const all = new Sum("", "Aggregated");
  const figures: EndpointFigures[] = [];
  const columns: (DistributionColumn & { method: string; name: string })[] = [];
  for (const endpoint of slices.endpoints) {
    const { method, name } = endpoint;
    const sum = new Sum(method, name, endpoint.responseTime !== null);
    sum.add(endpoint, range);
    if (sum.requests === 0) continue;
    figures.push(sum.figures(seconds));
    if (endpoint.responseTime !== null) columns.push({ method, name, ...sum.distribution(percentiles) });
    if (countsInTotals(endpoint)) all.merge(sum);
  }
  if (slices.rest !== null) all.add(slices.rest, range);
  return {
    total: all.figures(seconds),
    endpoints: figures,
    distributions: { percentiles, total: all.distribution(percentiles), endpoints: columns },
  };
}

/** Returns the columns whose sum is the response times of an endpoint, by its position, or of all endpoints for null. */
export function timedColumns(slices: Slices, position: number | null): readonly SliceColumns[] {
  if (position !== null) return slices.endpoints.slice(position, position + 1);
  return [...slices.endpoints.filter(countsInTotals), ...(slices.rest === null ? [] : [slices.rest])];
}

/** Adds the response times of a slice to a histogram. */
export function addTimes(columns: readonly SliceColumns[], slice: number, histogram: CumulativeHistogram): void {
  for (const { responseTime } of columns) addPacked(responseTime?.[slice] ?? "", histogram);
}

/**
 * Returns a percentile of the response times of each slice in ms, for the endpoint at a position, or for all endpoints;
 * null with fewer than `fewest` times.
 */
export function sliceTimes(slices: Slices, position: number | null, percentile: number, fewest: number) {
  return timesOfSlices(timedColumns(slices, position), slices.startMs.length, [percentile], fewest)[0] ?? [];
}

/** Returns several percentiles per slice, one line for each percentile, of the sum of any columns. */
export function timesOfSlices(
  columns: readonly SliceColumns[],
  slices: number,
  percentiles: readonly number[],
  fewest: number,
): (number | null)[][] {
  const histogram = new CumulativeHistogram();
  const times = Array.from({ length: slices }, (_, slice) => {
    histogram.reset();
    addTimes(columns, slice, histogram);
    return histogram.count < fewest ? null : histogram.percentilesMicros(percentiles);
  });
  return percentiles.map((_, position) => times.map((all) => (all === null ? null : (all[position] ?? 0) / 1_000)));
}

/** The activity of a user class in a part of the run. */
export interface ClassFigures {
  /** The iterations that the users of the class started. */
  readonly executions: number;
  readonly executionsPerSecond: number;
  /** Their requests to all endpoints together; null if they were not recorded separately. */
  readonly requests: EndpointFigures | null;
  readonly distribution: DistributionColumn;
}

/** Adds up the slices of a range for one user class; null for a class without activity in the whole run. */
export function classFigures(
  slices: Slices,
  range: SliceRange,
  name: string,
  percentiles: readonly number[],
): ClassFigures | null {
  const found = slices.classes.find((one) => one.name === name);
  if (found === undefined) return null;
  const seconds = rangeSeconds(slices, range);
  const executions = found.executions.slice(range.first, range.end).reduce((sum, count) => sum + count, 0);
  const sum = new Sum("", name, found.requests !== null && found.requests.responseTime !== null);
  if (found.requests !== null) sum.add(found.requests, range);
  return {
    executions,
    executionsPerSecond: seconds > 0 ? rounded(executions / seconds) : 0,
    requests: found.requests === null ? null : sum.figures(seconds),
    distribution: sum.distribution(percentiles),
  };
}

/** The figures of a group in a part of the run. The times are null if the report does not contain them. */
export interface GroupFigures extends Omit<GroupResult, "durationMs" | "activeTimeMs"> {
  readonly durationMs: Distribution | null;
  readonly activeTimeMs: Distribution | null;
}

/** Adds up the slices of a range for each group. Groups that did not run in it are left out. */
export function groupFigures(slices: Slices, range: SliceRange): GroupFigures[] {
  const seconds = rangeSeconds(slices, range);
  return slices.groups.flatMap((group): GroupFigures[] => {
    const sum = new Sum("", group.name, group.responseTime !== null);
    sum.add(group, range);
    if (sum.requests === 0) return [];
    const { requests, failures, stalledRequests: stalledCount, requestsPerSecond, ...times } = sum.figures(seconds);
    return [
      {
        ...{ name: group.name, count: requests, failures, ratePerSecond: requestsPerSecond },
        ...(stalledCount === undefined ? {} : { stalledCount }),
        ...{ durationMs: times.responseTimeMs, activeTimeMs: times.serviceTimeMs },
      },
    ];
  });
}

/** Adds up the slices of a range for each check. Checks that did not run in it are left out. */
export function checkFigures({ checks }: Slices, { first, end }: SliceRange): Result["checks"] {
  const sumOf = (counts: readonly number[]) => counts.slice(first, end).reduce((sum, count) => sum + count, 0);
  return checks
    .map(({ name, passes, failures }) => ({ name, passes: sumOf(passes), failures: sumOf(failures) }))
    .filter(({ passes, failures }) => passes + failures > 0);
}

/** The sum over some endpoints in a part of the run. */
export interface PartTotals {
  readonly requests: number;
  readonly failures: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly responseTime: CumulativeHistogram;
  readonly serviceTime: CumulativeHistogram;
  /** The time over which requests per second are counted. */
  readonly seconds: number;
}

/** Adds up the slices of some endpoints in a range. @param others whether endpoints without columns of their own are included */
export function partTotals(
  slices: Slices,
  range: SliceRange,
  endpoints: readonly SliceColumns[],
  others: boolean,
): PartTotals {
  const sum = new Sum("", "");
  for (const endpoint of endpoints) sum.add(endpoint, range);
  if (others && slices.rest !== null) sum.add(slices.rest, range);
  return sum.totals(rangeSeconds(slices, range));
}

/** Converts counts of slices to rates per second. */
export function ratesOfSlices(
  { startMs, endMs }: Pick<Slices, "startMs" | "endMs">,
  counts: readonly number[],
): number[] {
  return counts.map((count, slice) => {
    const widthMs = (startMs[slice + 1] ?? endMs) - (startMs[slice] ?? 0);
    return widthMs > 0 ? (count * 1_000) / widthMs : 0;
  });
}

/**
 * The time in s over which the requests of a range are counted per second: for the whole run the time of the result, otherwise the
 * range without its pauses.
 */
export function rangeSeconds(slices: Slices, { fromMs, toMs, first, end }: SliceRange): number {
  if (first === 0 && end === slices.startMs.length && slices.measuredMs > 0) return slices.measuredMs / 1_000;
  const pausedMs = slices.pausesMs.reduce(
    (sum, [from, to]) => sum + Math.max(0, Math.min(to, toMs) - Math.max(from, fromMs)),
    0,
  );
  return (toMs - fromMs - pausedMs) / 1_000;
}

/** The sum over the slices of one endpoint, or of all endpoints. */
class Sum {
  readonly #method: string;
  readonly #name: string;
  requests = 0;
  readonly #failureKinds = new Map<string, number>();
  #bytesIn = 0;
  #bytesOut = 0;
  readonly #responseTime = new CumulativeHistogram();
  readonly #serviceTime = new CumulativeHistogram();

  readonly #hasTimes: boolean;

  constructor(method: string, name: string, hasTimes = true) {
    this.#method = method;
    this.#name = name;
    this.#hasTimes = hasTimes;
  }

  add(columns: SliceColumns, { first, end }: SliceRange): void {
    for (let slice = first; slice < end; slice++) {
      this.requests += columns.requests[slice] ?? 0;
      this.#addKinds(Object.entries(columns.failureKinds[slice] ?? {}));
      this.#bytesIn += columns.bytesIn[slice] ?? 0;
      this.#bytesOut += columns.bytesOut[slice] ?? 0;
      addPacked(columns.responseTime?.[slice] ?? "", this.#responseTime);
      addPacked((columns.serviceTime ?? columns.responseTime)?.[slice] ?? "", this.#serviceTime);
    }
  }

  merge(other: Sum): void {
    this.requests += other.requests;
    this.#addKinds(other.#failureKinds);
    this.#bytesIn += other.#bytesIn;
    this.#bytesOut += other.#bytesOut;
    this.#responseTime.add(other.#responseTime);
    this.#serviceTime.add(other.#serviceTime);
  }

  figures(seconds: number): EndpointFigures {
    const stalledRequests = this.requests - this.#serviceTime.count;
    const { failures } = this.totals(seconds);
    return {
      method: this.#method,
      name: this.#name,
      requests: this.requests,
      failures,
      failureKinds: Object.fromEntries(this.#failureKinds),
      ...(stalledRequests > 0 && this.#hasTimes ? { stalledRequests } : {}),
      requestsPerSecond: seconds > 0 ? rounded(this.requests / seconds) : 0,
      bytesIn: this.#bytesIn,
      bytesOut: this.#bytesOut,
      serviceTimeMs: this.#hasTimes ? distributionOf(this.#serviceTime) : null,
      responseTimeMs: this.#hasTimes ? distributionOf(this.#responseTime) : null,
    };
  }

  totals(seconds: number): PartTotals {
    const failures = [...this.#failureKinds.values()].reduce((sum, count) => sum + count, 0);
    const [requests, bytesIn, bytesOut] = [this.requests, this.#bytesIn, this.#bytesOut];
    return {
      ...{ requests, failures, bytesIn, bytesOut, seconds },
      responseTime: this.#responseTime,
      serviceTime: this.#serviceTime,
    };
  }

  distribution(percentiles: readonly number[]): DistributionColumn {
    return distributionColumn(this.#responseTime, percentiles);
  }

  #addKinds(kinds: Iterable<readonly [kind: string, count: number]>): void {
    for (const [kind, count] of kinds) this.#failureKinds.set(kind, (this.#failureKinds.get(kind) ?? 0) + count);
  }
}
