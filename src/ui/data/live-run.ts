import type { LivePoint, LiveWindow } from "../../api/contract/live.ts";
import type { RunReport, WindowColumns } from "../../report/page/model.ts";
import type { Result } from "../../report/result/result-schema.ts";
import { keyOf } from "./endpoint-key.ts";

interface GrowingEndpoint {
  readonly requests: number[];
  readonly failures: number[];
  readonly p50Ms: (number | null)[];
  readonly p95Ms: (number | null)[];
  readonly p99Ms: (number | null)[];
}

/** Windows that may come while a report is on its way, and go on its end. */
const keptWindows = 120;
/** Percentiles of a distribution in a result. */
const pointsOfResult = 11;
const nothing: LivePoint = { requests: 0, failures: 0, p50Ms: null, p95Ms: null, p99Ms: null };

/**
 * One run as a page knows it: a report, and the windows that came since. Columns grow in place, so that a second costs one
 * entry each and not a copy of the whole run; `report` is a new object whenever something has changed.
 */
export class LiveRun {
  readonly id: string;
  /** From when on the result counts: other than null after somebody had the statistics begin anew. */
  sinceMs: number | null = null;
  #report: RunReport;
  /** Of the latest whole report. */
  #plot: RunReport["distributions"];
  #columns: GrowingColumns;
  #recent: LiveWindow[] = [];

  constructor(id: string, report: RunReport) {
    this.id = id;
    this.#report = report;
    this.#plot = report.distributions;
    this.#columns = new GrowingColumns(report.windows);
  }

  get report(): RunReport {
    return this.#report;
  }

  /** How many windows the charts draw. */
  get length(): number {
    return this.#report.windows.startMs.length;
  }

  /** A newer report takes the place of all windows that it covers. Its result is of the whole run, whatever is shown. */
  replace(report: RunReport): void {
    this.#columns = new GrowingColumns(report.windows);
    for (const window of this.#recent) this.#columns.add(window);
    this.#plot = report.distributions;
    const windows = this.#columns.view();
    if (this.sinceMs === null) this.#report = { ...report, windows };
    else {
      const { result, distributions } = this.#report;
      this.#report = { ...report, windows, result, distributions };
    }
  }

  addWindow(window: LiveWindow): void {
    this.#recent.push(window);
    if (this.#recent.length > keptWindows) this.#recent.shift();
    this.#columns.add(window);
    this.#report = { ...this.#report, windows: this.#columns.view() };
  }

  /** @param sinceMs null when it is of the whole run */
  setResult(result: Result, state: RunReport["state"], sinceMs: number | null): void {
    this.sinceMs = sinceMs;
    const { percentiles, total } = this.#plot;
    const hasPlot = sinceMs === null && percentiles.length > pointsOfResult && total.valuesMs.length > 0;
    const distributions = hasPlot ? this.#plot : distributionsOf(result);
    this.#report = { ...this.#report, result, state, distributions };
  }
}

export const noWindows: WindowColumns = {
  startMs: [],
  widthMs: [],
  users: [],
  usersByClass: {},
  iterations: [],
  droppedIterations: [],
  total: { requests: [], failures: [], p50Ms: [], p95Ms: [], p99Ms: [] },
  endpoints: [],
  omittedEndpoints: 0,
};

/** Before the store has anything of a run. */
export function emptyReport(result: Result): RunReport {
  return {
    schema: "muster-report/1",
    state: "running",
    result,
    command: null,
    machine: null,
    plan: { atMs: [], users: null, ratePerSecond: null },
    classes: [],
    windows: noWindows,
    workers: [],
    exceptions: [],
    findings: [],
    distributions: { percentiles: [], total: { valuesMs: [], maxMs: 0 }, endpoints: [] },
    heat: { startMs: [], widthMs: [], bucketsMs: [], counts: [] },
  };
}

/** The plot of a report has more points; where there is none, those of the result do. */
function distributionsOf({ total, endpoints }: Result): RunReport["distributions"] {
  const percentiles = Object.keys(total.responseTimeMs.percentiles)
    .map(Number)
    .sort((a, b) => a - b);
  const columnOf = ({ responseTimeMs }: Result["total"]) => ({
    valuesMs: percentiles.map((percentile) => responseTimeMs.percentiles[String(percentile)] ?? 0),
    maxMs: responseTimeMs.max,
  });
  return {
    percentiles,
    total: columnOf(total),
    endpoints: endpoints.map((endpoint) => ({ method: endpoint.method, name: endpoint.name, ...columnOf(endpoint) })),
  };
}

/** Columns that grow at their end. */
class GrowingColumns {
  readonly #startMs: number[];
  readonly #widthMs: number[];
  readonly #users: number[];
  readonly #iterations: number[];
  readonly #droppedIterations: number[];
  readonly #usersByClass = new Map<string, number[]>();
  readonly #total: GrowingEndpoint;
  readonly #endpoints = new Map<string, GrowingEndpoint & { readonly method: string; readonly name: string }>();
  readonly #omitted: number;

  constructor(windows: WindowColumns) {
    this.#startMs = [...windows.startMs];
    this.#widthMs = [...windows.widthMs];
    this.#users = [...windows.users];
    this.#iterations = [...windows.iterations];
    this.#droppedIterations = [...windows.droppedIterations];
    for (const [name, users] of Object.entries(windows.usersByClass)) this.#usersByClass.set(name, [...users]);
    this.#total = copyOf(windows.total);
    for (const endpoint of windows.endpoints) {
      const { method, name } = endpoint;
      this.#endpoints.set(keyOf(endpoint), { method, name, ...copyOf(endpoint) });
    }
    this.#omitted = windows.omittedEndpoints;
  }

  /** New objects around the same arrays: whoever compares objects sees the change. */
  view(): WindowColumns {
    return {
      startMs: this.#startMs,
      widthMs: this.#widthMs,
      users: this.#users,
      usersByClass: Object.fromEntries(this.#usersByClass),
      iterations: this.#iterations,
      droppedIterations: this.#droppedIterations,
      total: { ...this.#total },
      endpoints: [...this.#endpoints.values()].map((endpoint) => ({ ...endpoint })),
      omittedEndpoints: this.#omitted,
    };
  }

  /** A window that is there already is replaced; one that lies within a wider one is part of it already. */
  add(window: LiveWindow): void {
    const position = this.#startMs.lastIndexOf(window.startMs);
    const endMs = (this.#startMs.at(-1) ?? 0) + (this.#widthMs.at(-1) ?? 0);
    if (position >= 0) {
      // A report may have had only a part of it, in narrower windows.
      const isWhole = window.startMs + window.widthMs >= endMs;
      if (isWhole) this.#cutTo(position);
      if (isWhole || this.#widthMs[position] === window.widthMs) this.#write(position, window);
      return;
    }
    if (window.startMs < endMs) return;
    if (window.startMs > endMs) this.#write(this.#startMs.length, quiet(window, endMs));
    this.#write(this.#startMs.length, window);
  }

  #cutTo(length: number): void {
    const columns = [this.#total, ...this.#endpoints.values()];
    const pointed = columns.flatMap(({ requests, failures, p50Ms, p95Ms, p99Ms }) => [
      ...[requests, failures],
      ...[p50Ms, p95Ms, p99Ms],
    ]);
    const counted = [this.#startMs, this.#widthMs, this.#users, this.#iterations, this.#droppedIterations];
    for (const column of [...counted, ...this.#usersByClass.values(), ...pointed]) column.length = length;
  }

  #write(position: number, window: LiveWindow): void {
    this.#startMs[position] = window.startMs;
    this.#widthMs[position] = window.widthMs;
    this.#users[position] = window.users;
    this.#iterations[position] = window.iterations;
    this.#droppedIterations[position] = window.droppedIterations;
    for (const name of Object.keys(window.usersByClass)) {
      if (!this.#usersByClass.has(name)) this.#usersByClass.set(name, Array(position).fill(0));
    }
    for (const [name, users] of this.#usersByClass) users[position] = window.usersByClass[name] ?? 0;
    writePoint(this.#total, position, window.total);
    for (const key of Object.keys(window.endpoints)) {
      if (!this.#endpoints.has(key)) this.#endpoints.set(key, newEndpoint(key, position));
    }
    for (const [key, endpoint] of this.#endpoints) writePoint(endpoint, position, window.endpoints[key] ?? nothing);
  }
}

/** Nothing happened between `startMs` and this window. */
function quiet(window: LiveWindow, startMs: number): LiveWindow {
  return {
    ...window,
    startMs,
    widthMs: window.startMs - startMs,
    iterations: 0,
    droppedIterations: 0,
    total: nothing,
    endpoints: {},
  };
}

function newEndpoint(key: string, length: number): GrowingEndpoint & { method: string; name: string } {
  const at = key.indexOf(" ");
  const zeros = () => Array<number>(length).fill(0);
  const gaps = () => Array<number | null>(length).fill(null);
  const columns = { requests: zeros(), failures: zeros(), p50Ms: gaps(), p95Ms: gaps(), p99Ms: gaps() };
  return { method: key.slice(0, Math.max(0, at)), name: key.slice(at + 1), ...columns };
}

function writePoint(columns: GrowingEndpoint, position: number, point: LivePoint): void {
  columns.requests[position] = point.requests;
  columns.failures[position] = point.failures;
  columns.p50Ms[position] = point.p50Ms;
  columns.p95Ms[position] = point.p95Ms;
  columns.p99Ms[position] = point.p99Ms;
}

function copyOf({ requests, failures, p50Ms, p95Ms, p99Ms }: WindowColumns["total"]): GrowingEndpoint {
  return {
    requests: [...requests],
    failures: [...failures],
    p50Ms: [...p50Ms],
    p95Ms: [...p95Ms],
    p99Ms: [...p99Ms],
  };
}
