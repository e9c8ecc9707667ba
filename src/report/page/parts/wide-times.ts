import { CumulativeHistogram } from "../../../stats/histogram/cumulative-histogram.ts";
import type { EndpointColumns, SliceColumns, Slices, WindowColumns } from "../model.ts";
import { nameOf } from "../slow-endpoint.ts";
import { addTimes, timedColumns } from "./range-figures.ts";

/** The least number of response times with a known p99. With fewer, the p99 would be the longest one. */
export const fewestTimes = 100;

/** The response times of a part of the run: of one window, or of enough neighbouring slices to have `fewestTimes` of them. */
export interface TimesPoint {
  readonly fromMs: number;
  readonly toMs: number;
  readonly requests: number;
  /** The median; this and the next two fields are null without requests. */
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  readonly p99Ms: number | null;
  /** Whether the point is merged from several windows. */
  readonly isWide: boolean;
  /** Whether there are too few times for the highest percentiles to be known. */
  readonly isFew: boolean;
}

type Windows = Pick<WindowColumns, "startMs" | "widthMs">;
type Columns = Pick<EndpointColumns, "requests" | "p50Ms" | "p95Ms" | "p99Ms">;

/**
 * Returns the response times up to the end of the slices. Windows with enough requests are separate points. Slices that have windows
 * with fewer are merged with their neighbours until they have enough. What remains is added to the merged slices before it.
 * @param endpoint "METHOD name", or empty for all endpoints. If the slices do not contain its times, nothing is returned.
 */
export function pointsOfSlices(
  slices: Slices | undefined,
  windows: Windows,
  given: Columns,
  endpoint: string,
): TimesPoint[] {
  const position = slices === undefined || endpoint === "" ? null : positionOf(slices, endpoint);
  if (slices === undefined || position === -1) return [];
  const columns = read(given);
  const merging = new MergedSlices(slices, timedColumns(slices, position));
  const ends = [...slices.startMs.slice(1), slices.endMs];
  let first = 0;
  for (const [slice, endMs] of ends.entries()) {
    const after = windows.startMs.findIndex((start, window) => window >= first && start >= endMs);
    const end = after < 0 ? windows.startMs.length : after;
    const points = pointsOf(windows, columns, first, end);
    first = end;
    if (isPaused(slices, slice) && sumOf(points) === 0) merging.end();
    merging.take(slice, points);
  }
  merging.end();
  return merging.points;
}

/** Returns the times of the sum of columns, without windows: each point is a slice, or neighbouring slices, with enough times. */
export function pointsOfColumns(slices: Slices, columns: readonly SliceColumns[]): TimesPoint[] {
  const merging = new MergedSlices(slices, columns);
  for (const [slice] of slices.startMs.entries()) {
    const requests = columns.reduce((sum, column) => sum + (column.requests[slice] ?? 0), 0);
    if (isPaused(slices, slice) && requests === 0) merging.end();
    merging.add(slice, requests);
  }
  merging.end();
  return merging.points;
}

function isPaused({ pausesMs, startMs, endMs }: Slices, slice: number): boolean {
  const [fromMs, toMs] = [startMs[slice] ?? 0, startMs[slice + 1] ?? endMs];
  return pausesMs.some(([from, to]) => from < toMs && to > fromMs);
}

/** The position of an endpoint whose times are in the slices; else -1. */
function positionOf({ endpoints }: Slices, endpoint: string): number {
  return endpoints.findIndex((one) => nameOf(one) === endpoint && one.responseTime !== null);
}

/**
 * Returns the response times of a compared run. It has no slices, but sections of whole windows with percentiles of their own. A section in
 * which a window has few requests is one point.
 */
export function pointsOfSections(
  windows: Windows,
  given: Columns,
  sections: Windows,
  ofSections: Columns,
): TimesPoint[] {
  const columns = read(given);
  const points = pointsOf(sections, read(ofSections), 0, sections.startMs.length);
  return points.flatMap((section) => {
    const first = windows.startMs.findIndex((start) => start >= section.fromMs);
    const after = windows.startMs.findIndex((start) => start >= section.toMs);
    const inside = pointsOf(windows, columns, Math.max(0, first), after < 0 ? windows.startMs.length : after);
    const hasFew = inside.some(({ requests, isFew }) => requests > 0 && isFew);
    return hasFew || first < 0 ? [{ ...section, isWide: true }] : inside;
  });
}

/** Returns the windows from a time on as points. They have no slices yet, so windows with few requests are not merged. */
export function pointsAfter(windows: Windows, columns: Columns, fromMs: number): TimesPoint[] {
  const first = windows.startMs.findIndex((start) => start >= fromMs);
  return first < 0 ? [] : pointsOf(windows, read(columns), first, windows.startMs.length);
}

/** Reads the columns once, because those of a live page are copied on each read. */
function read({ requests, p50Ms, p95Ms, p99Ms }: Columns): Columns {
  return { requests, p50Ms, p95Ms, p99Ms };
}

function pointsOf({ startMs, widthMs }: Windows, columns: Columns, first: number, end: number): TimesPoint[] {
  return startMs.slice(first, end).map((fromMs, after) => {
    const position = first + after;
    const requests = columns.requests[position] ?? 0;
    const [p50Ms, p95Ms, p99Ms] = [columns.p50Ms, columns.p95Ms, columns.p99Ms].map((line) => line[position] ?? null);
    return {
      ...{ fromMs, toMs: fromMs + (widthMs[position] ?? 0), requests, isWide: false, isFew: requests < fewestTimes },
      ...{ p50Ms: p50Ms ?? null, p95Ms: p95Ms ?? null, p99Ms: p99Ms ?? null },
    };
  });
}

function sumOf(points: readonly TimesPoint[]): number {
  return points.reduce((sum, { requests }) => sum + requests, 0);
}

/** Merges neighbouring slices until they have enough response times. */
class MergedSlices {
  readonly points: TimesPoint[] = [];
  readonly #slices: Slices;
  readonly #columns: readonly SliceColumns[];
  readonly #histogram = new CumulativeHistogram();
  /** The slices that are being merged, and their requests. */
  #open: { readonly first: number; readonly fromMs: number; end: number; toMs: number; requests: number } | null = null;
  /** The slices of the last point, if that point was merged. */
  #last: { readonly first: number; readonly point: TimesPoint } | null = null;

  constructor(slices: Slices, columns: readonly SliceColumns[]) {
    this.#slices = slices;
    this.#columns = columns;
  }

  /** Takes the next slice. It is merged if one of its windows has few requests, or if the slices before it need more. */
  take(slice: number, points: readonly TimesPoint[]): void {
    const hasFew = points.some(({ requests, isFew }) => requests > 0 && isFew);
    if (this.#open !== null || hasFew) this.add(slice, sumOf(points));
    else this.points.push(...points);
  }

  /** Adds a slice to the slices that are being merged. */
  add(slice: number, requests: number): void {
    const endMs = this.#slices.startMs[slice + 1] ?? this.#slices.endMs;
    this.#open ??= { first: slice, fromMs: this.#slices.startMs[slice] ?? 0, end: slice, toMs: endMs, requests: 0 };
    const open = this.#open;
    [open.end, open.toMs, open.requests] = [slice + 1, endMs, open.requests + requests];
    addTimes(this.#columns, slice, this.#histogram);
    if (this.#histogram.count >= fewestTimes) this.#close(open.first, open.fromMs, open.toMs, open.requests);
  }

  /** Ends the merge. The merged slices join the point before them if that point was also merged and is next to them. */
  end(): void {
    const open = this.#open;
    if (open === null) return;
    const last = this.#last;
    if (last === null || this.points.at(-1) !== last.point || last.point.toMs !== open.fromMs) {
      this.#close(open.first, open.fromMs, open.toMs, open.requests);
      return;
    }
    this.points.pop();
    for (let slice = last.first; slice < open.first; slice++) addTimes(this.#columns, slice, this.#histogram);
    this.#close(last.first, last.point.fromMs, open.toMs, last.point.requests + open.requests);
  }

  #close(first: number, fromMs: number, toMs: number, requests: number): void {
    const times = this.#histogram;
    const [p50, p95, p99] = times.count === 0 ? [] : times.percentilesMicros([50, 95, 99]);
    const ms = (micros: number | undefined) => (micros === undefined ? null : micros / 1_000);
    const point: TimesPoint = {
      ...{ fromMs, toMs, requests, p50Ms: ms(p50), p95Ms: ms(p95), p99Ms: ms(p99) },
      ...{ isWide: true, isFew: times.count < fewestTimes },
    };
    this.points.push(point);
    this.#last = { first, point };
    this.#open = null;
    times.reset();
  }
}
