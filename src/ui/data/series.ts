import type {
  EndpointColumns,
  HeatMap,
  PlanColumns,
  RunReport,
  WindowColumns,
  WorkerReport,
} from "../../report/page/model.ts";
import type { TimesPoint } from "../../report/page/parts/wide-times.ts";

/** One line of a chart. Null is a gap. Undefined means that only other lines have this x position: the line is drawn through it. */
export type Line = readonly (number | null | undefined)[];

/** The data of a chart: x in seconds since the start of the run, ascending, and lines of the same length as x. */
export interface ChartData {
  readonly x: readonly number[];
  readonly lines: readonly Line[];
}

type Windows = Pick<WindowColumns, "startMs" | "widthMs">;

/** The x positions of windows: their middles, in seconds. */
function windowSeconds({ startMs, widthMs }: Windows): number[] {
  return startMs.map((start, position) => (start + (widthMs[position] ?? 0) / 2) / 1_000);
}

/** Requests and failures per second. */
export function throughputSeries(windows: Windows, columns: EndpointColumns): ChartData {
  const { widthMs } = windows;
  return { x: windowSeconds(windows), lines: [rates(columns.requests, widthMs), rates(columns.failures, widthMs)] };
}

/** Returns p50, p95 and p99 of points with enough requests, and the p95 of points with few. */
export function timesData(points: readonly TimesPoint[]): ChartData {
  const { x, lines } = knownAndFew(points, "p95Ms");
  const known = (of: (point: TimesPoint) => number | null) => points.map((one) => (one.isFew ? null : of(one)));
  const [p95 = [], few = []] = lines;
  return { x, lines: [known(({ p50Ms }) => p50Ms), p95, known(({ p99Ms }) => p99Ms), few] };
}

/** Returns a percentile of points with enough requests, and of points with few. */
export function knownAndFew(points: readonly TimesPoint[], percentile: "p50Ms" | "p95Ms" | "p99Ms"): ChartData {
  return {
    x: points.map(({ fromMs, toMs }) => (fromMs + toMs) / 2_000),
    lines: [
      points.map(({ isFew, [percentile]: value }) => (isFew ? null : value)),
      points.map(({ isFew, [percentile]: value }) => (isFew ? value : null)),
    ],
  };
}

/**
 * Returns planned and actual users, and planned and actual iterations per second. The plan extends beyond the measured windows.
 * Each point of the plan has its own x position, so a jump is two points at one x: a vertical line, however wide the windows are.
 */
export function loadSeries({ plan, windows }: Pick<RunReport, "plan" | "windows">): ChartData {
  const places = loadPlaces(plan, windows);
  const iterations = rates(windows.iterations, windows.widthMs);
  return {
    x: places.map(({ second }) => second),
    lines: [
      planned(plan, plan.users, places),
      measured(windows.users, places),
      planned(plan, plan.ratePerSecond, places),
      measured(iterations, places),
    ],
  };
}

/** One x position of the load chart: a point of the plan, or the middle of a window. */
interface LoadPlace {
  readonly second: number;
  /** The position in the columns of the plan; null for a window. */
  readonly ofPlan: number | null;
  /** The position in the columns of the windows; null for a point of the plan. */
  readonly ofWindow: number | null;
}

/** Returns all points of the plan and all windows, ascending. At the same time, points of the plan come before windows. */
function loadPlaces({ atMs, users, ratePerSecond }: PlanColumns, windows: Windows): LoadPlace[] {
  const plan = users === null && ratePerSecond === null ? [] : atMs;
  const places: LoadPlace[] = [];
  let next = 0;
  const addPlan = (toSecond: number) => {
    for (; next < plan.length && (plan[next] ?? 0) / 1_000 <= toSecond; next++) {
      places.push({ second: (plan[next] ?? 0) / 1_000, ofPlan: next, ofWindow: null });
    }
  };
  for (const [ofWindow, second] of windowSeconds(windows).entries()) {
    addPlan(second);
    places.push({ second, ofPlan: null, ofWindow });
  }
  addPlan(Number.POSITIVE_INFINITY);
  return places;
}

/** Returns a measured line. It ends at the last window, and is drawn through between windows. */
function measured(values: Line, places: readonly LoadPlace[]): Line {
  const last = places.findLastIndex(({ ofWindow }) => ofWindow !== null);
  return places.map(({ ofWindow }, position) => {
    if (ofWindow === null) return position > last ? null : undefined;
    return values[ofWindow] ?? null;
  });
}

function planned(plan: PlanColumns, values: readonly number[] | null, places: readonly LoadPlace[]): Line {
  if (values === null) return places.map(() => null);
  const columns = { ...plan, values };
  return places.map(({ second, ofPlan }) => {
    return ofPlan === null ? plannedAt(columns, second * 1_000) : (values[ofPlan] ?? null);
  });
}

/**
 * Returns rates per second. A last window of less than half the width of the one before is a gap, because a rate over a
 * few milliseconds is meaningless.
 */
function rates(counts: readonly number[], widthMs: readonly number[]): (number | null)[] {
  return counts.map((count, position) => {
    const width = widthMs[position] ?? 0;
    const isStump = position === counts.length - 1 && width < (widthMs[position - 1] ?? 0) / 2;
    return isStump || width === 0 ? null : (count * 1_000) / width;
  });
}

/**
 * Returns the planned value at a time, interpolated linearly. If two points have the same time, the later one counts. Null outside
 * of the plan; the last value of a plan without an end continues.
 */
export function plannedAt(
  { atMs, values, isEndless }: Pick<PlanColumns, "atMs" | "isEndless"> & { readonly values: readonly number[] },
  ms: number,
): number | null {
  const after = upperBound(atMs, ms);
  const from = values[after - 1];
  const fromMs = atMs[after - 1];
  if (from === undefined || fromMs === undefined) return null;
  const to = values[after];
  const toMs = atMs[after];
  if (to === undefined || toMs === undefined) return fromMs === ms || isEndless === true ? from : null;
  return from + ((to - from) * (ms - fromMs)) / (toMs - fromMs);
}

/** Returns the position of the first element above `value`. */
function upperBound(ascending: readonly number[], value: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ascending[middle] ?? 0) <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Returns one line per worker, on the union of their sample times. */
export function workerLines(
  workers: readonly WorkerReport[],
  valuesOf: (series: WorkerReport["series"]) => Line,
): ChartData {
  // Samples are about a second apart. Rounding to whole seconds aligns the samples of all workers.
  const seconds = new Set(workers.flatMap(({ series }) => series.atMs.map(toSecond)));
  const x = [...seconds].sort((a, b) => a - b);
  const positionOf = new Map(x.map((second, position) => [second, position]));
  const lines = workers.map(({ series }) => {
    const line: (number | null)[] = x.map(() => null);
    const values = valuesOf(series);
    for (const [sample, at] of series.atMs.entries()) {
      const position = positionOf.get(toSecond(at));
      if (position !== undefined) line[position] = values[sample] ?? null;
    }
    return line;
  });
  return { x, lines };
}

/** The requests per second of each sample. */
export function workerRates({ widthMs, requests }: WorkerReport["series"]): Line {
  return requests.map((count, sample) => {
    const width = widthMs[sample] ?? 0;
    return width === 0 ? null : (count * 1_000) / width;
  });
}

function toSecond(atMs: number): number {
  return Math.round(atMs / 1_000);
}

/** Returns the x positions of a heat map, without lines: its cells are drawn separately. */
export function heatColumns(heat: HeatMap): ChartData {
  const x = windowSeconds(heat);
  return { x, lines: [x.map(() => null)] };
}

/** Returns the value of a line at a position. Where the line has no x position, it is the closest value before, otherwise after. */
export function shownAt(line: Line, position: number): number | null {
  for (let at = position; at >= 0; at--) if (line[at] !== undefined) return line[at] ?? null;
  return line.find((value, at) => at > position && value !== undefined) ?? null;
}

/** Returns the highest value; 0 if there is none. */
export function highest(values: Iterable<number | null | undefined>): number {
  let most = 0;
  for (const value of values) if (value != null && value > most) most = value;
  return most;
}

/** Combines the lines of several charts in one, with the times of all. */
export function overlay(charts: readonly ChartData[]): ChartData {
  const x = [...new Set(charts.flatMap((one) => one.x))].sort((a, b) => a - b);
  return { x, lines: charts.flatMap((one) => one.lines.map((line) => spread(x, one.x, line))) };
}

/** Resamples a line to `x`. Between two of its own times it keeps the earlier value, and it ends after its last time. */
function spread(x: readonly number[], own: readonly number[], line: Line): Line {
  const valueAt = new Map(own.map((second, position) => [second, line[position] ?? null]));
  const last = own.at(-1) ?? Number.NEGATIVE_INFINITY;
  let latest: number | null = null;
  return x.map((second) => {
    if (valueAt.has(second)) latest = valueAt.get(second) ?? null;
    return second > last ? null : latest;
  });
}
