import type { LivePoint, LiveWindow } from "../../api/contract/live.ts";
import type { EndpointColumns, WindowColumns } from "../../report/page/model.ts";
import { keyOf } from "./endpoint-key.ts";

const nothing: LivePoint = { requests: 0, failures: 0, p50Ms: null, p95Ms: null, p99Ms: null };
const noColumns: EndpointColumns = { requests: [], failures: [], p50Ms: [], p95Ms: [], p99Ms: [] };

/** The number of the latest windows that are appended again to a newer report. */
const keptWindows = 120;

/** The window columns of a report, to which windows are appended. */
export class GrowingColumns {
  readonly #startMs: number[];
  readonly #widthMs: number[];
  readonly #users: number[];
  readonly #iterations: number[];
  readonly #droppedIterations: number[];
  readonly #usersByClass = new Map<string, number[]>();
  readonly #total: GrowingEndpoint;
  readonly #endpoints = new Map<string, GrowingEndpoint>();
  readonly #omitted: number;
  /** The starts of the windows that the page did not receive, and that are shown without requests. */
  readonly #gaps = new Set<number>();
  /** The position of the first appended window. */
  #appendedFrom: number;

  constructor(windows: WindowColumns) {
    this.#startMs = [...windows.startMs];
    this.#widthMs = [...windows.widthMs];
    this.#users = [...windows.users];
    this.#iterations = [...windows.iterations];
    this.#droppedIterations = [...windows.droppedIterations];
    for (const [name, users] of Object.entries(windows.usersByClass)) this.#usersByClass.set(name, [...users]);
    this.#total = new GrowingEndpoint("", "", windows.total);
    for (const endpoint of windows.endpoints) {
      this.#endpoints.set(keyOf(endpoint), new GrowingEndpoint(endpoint.method, endpoint.name, endpoint));
    }
    this.#omitted = windows.omittedEndpoints;
    this.#appendedFrom = this.#startMs.length;
  }

  /**
   * Returns the columns as new objects, so that a comparison of objects detects the change. The columns of an endpoint are copied when
   * they are read.
   */
  view(): WindowColumns {
    const { requests, failures, p50Ms, p95Ms, p99Ms } = new EndpointView(this.#total);
    return {
      startMs: this.#startMs,
      widthMs: this.#widthMs,
      users: this.#users,
      usersByClass: Object.fromEntries(this.#usersByClass),
      iterations: this.#iterations,
      droppedIterations: this.#droppedIterations,
      total: { requests, failures, p50Ms, p95Ms, p99Ms },
      endpoints: [...this.#endpoints.values()].map((endpoint) => new EndpointView(endpoint)),
      omittedEndpoints: this.#omitted,
    };
  }

  /**
   * Appends a window. A window with the same start is replaced. A window within a wider one is ignored, because the wider one contains
   * it.
   */
  add(window: Omit<LiveWindow, "runId">): void {
    const position = this.#startMs.lastIndexOf(window.startMs);
    const endMs = (this.#startMs.at(-1) ?? 0) + (this.#widthMs.at(-1) ?? 0);
    if (position >= 0) {
      // The report may have had a part of this window, in narrower windows.
      const isWhole = window.startMs + window.widthMs >= endMs;
      if (isWhole) this.#cutTo(position);
      if (isWhole || this.#widthMs[position] === window.widthMs) this.#write(position, window);
      return;
    }
    if (window.startMs < endMs) return;
    // The time before the first window is unknown until there is a report, so it is not filled with zeros.
    const isGap = window.startMs > endMs && this.#startMs.length > 0;
    if (isGap) {
      this.#write(this.#startMs.length, quiet(window, endMs));
      this.#gaps.add(endMs);
    }
    this.#write(this.#startMs.length, window);
  }

  /** Appends the latest of the windows that were appended to `others`. A report lacks only the windows of the last seconds. */
  addAppended(others: GrowingColumns): void {
    const length = others.#startMs.length;
    const from = Math.max(others.#appendedFrom, length - keptWindows);
    for (let at = from; at < length; at++) {
      // Gaps are skipped, because the report may have data of a time for which the page received none.
      if (!others.#gaps.has(others.#startMs[at] ?? 0)) this.add(others.#windowAt(at));
    }
  }

  #windowAt(position: number): Omit<LiveWindow, "runId"> {
    const at = (column: readonly number[] | undefined) => column?.[position] ?? 0;
    const byClass = [...this.#usersByClass].map(([name, users]) => [name, at(users)] as const);
    const endpoints = [...this.#endpoints].map(([key, endpoint]) => [key, endpoint.at(position)] as const);
    return {
      startMs: at(this.#startMs),
      widthMs: at(this.#widthMs),
      users: at(this.#users),
      usersByClass: Object.fromEntries(byClass),
      iterations: at(this.#iterations),
      droppedIterations: at(this.#droppedIterations),
      total: this.#total.at(position),
      endpoints: Object.fromEntries(endpoints),
    };
  }

  #cutTo(length: number): void {
    const counted = [this.#startMs, this.#widthMs, this.#users, this.#iterations, this.#droppedIterations];
    for (const column of [...counted, ...this.#usersByClass.values()]) column.length = length;
    for (const endpoint of [this.#total, ...this.#endpoints.values()]) endpoint.cutTo(length);
    this.#appendedFrom = Math.min(this.#appendedFrom, length);
  }

  #write(position: number, window: Omit<LiveWindow, "runId">): void {
    this.#gaps.delete(window.startMs);
    this.#startMs[position] = window.startMs;
    this.#widthMs[position] = window.widthMs;
    this.#users[position] = window.users;
    this.#iterations[position] = window.iterations;
    this.#droppedIterations[position] = window.droppedIterations;
    for (const name of Object.keys(window.usersByClass)) {
      if (!this.#usersByClass.has(name)) this.#usersByClass.set(name, Array(position).fill(0));
    }
    for (const [name, users] of this.#usersByClass) users[position] = window.usersByClass[name] ?? 0;
    this.#total.write(position, window.total);
    for (const key of Object.keys(window.endpoints)) {
      // Of an endpoint that the report omits, the windows before this one are not known: they are not without requests.
      if (!this.#endpoints.has(key) && this.#omitted === 0) this.#endpoints.set(key, newEndpoint(key, position));
    }
    for (const [key, endpoint] of this.#endpoints) endpoint.write(position, window.endpoints[key] ?? nothing);
  }
}

type Values = Float64Array | Uint32Array;

/** The spare room of a new or growing column, as a share of its length. */
const spare = 0.125;
const leastSpare = 64;

/**
 * A growing column of numbers, with 4 or 8 bytes for an entry. An array with gaps would take up to four times as much memory, and
 * the many columns of a long run are most of the page's memory. In a `Float64Array`, NaN is a gap.
 */
class GrowingColumn {
  #values: Values;
  #length = 0;

  constructor(kind: new (length: number) => Values, values: readonly (number | null)[]) {
    this.#values = new kind(roomFor(values.length));
    for (const value of values) this.write(this.#length, value);
  }

  /** Writes an entry at a position, or appends it. */
  write(position: number, value: number | null): void {
    if (position >= this.#values.length) {
      const grown = new (this.#values.constructor as new (length: number) => Values)(roomFor(position + 1));
      grown.set(this.#values as never);
      this.#values = grown;
    }
    this.#values[position] = value ?? Number.NaN;
    this.#length = Math.max(this.#length, position + 1);
  }

  cutTo(length: number): void {
    this.#length = Math.min(this.#length, length);
  }

  at(position: number): number | null {
    const value = position < this.#length ? (this.#values[position] ?? Number.NaN) : Number.NaN;
    return Number.isNaN(value) ? null : value;
  }

  /** Returns the entries as a new array. */
  toArray(): (number | null)[] {
    const array: (number | null)[] = [];
    for (let position = 0; position < this.#length; position++) array.push(this.at(position));
    return array;
  }

  /** Returns the entries of a column without gaps as a new array. */
  toCounts(): number[] {
    return [...this.#values.subarray(0, this.#length)];
  }
}

function roomFor(length: number): number {
  return length + Math.max(leastSpare, Math.ceil(length * spare));
}

/** The columns of an endpoint, each in as little memory as possible. */
class GrowingEndpoint {
  readonly method: string;
  readonly name: string;
  readonly requests: GrowingColumn;
  readonly failures: GrowingColumn;
  readonly p50Ms: GrowingColumn;
  readonly p95Ms: GrowingColumn;
  readonly p99Ms: GrowingColumn;

  constructor(method: string, name: string, { requests, failures, p50Ms, p95Ms, p99Ms }: EndpointColumns) {
    this.method = method;
    this.name = name;
    this.requests = new GrowingColumn(Uint32Array, requests);
    this.failures = new GrowingColumn(Uint32Array, failures);
    this.p50Ms = new GrowingColumn(Float64Array, p50Ms);
    this.p95Ms = new GrowingColumn(Float64Array, p95Ms);
    this.p99Ms = new GrowingColumn(Float64Array, p99Ms);
  }

  at(position: number): LivePoint {
    return {
      requests: this.requests.at(position) ?? 0,
      failures: this.failures.at(position) ?? 0,
      p50Ms: this.p50Ms.at(position),
      p95Ms: this.p95Ms.at(position),
      p99Ms: this.p99Ms.at(position),
    };
  }

  write(position: number, point: LivePoint): void {
    this.requests.write(position, point.requests);
    this.failures.write(position, point.failures);
    this.p50Ms.write(position, point.p50Ms);
    this.p95Ms.write(position, point.p95Ms);
    this.p99Ms.write(position, point.p99Ms);
  }

  cutTo(length: number): void {
    for (const column of [this.requests, this.failures, this.p50Ms, this.p95Ms, this.p99Ms]) column.cutTo(length);
  }
}

/** The columns of an endpoint as arrays. Each column is copied on each read. */
class EndpointView implements EndpointColumns {
  readonly method: string;
  readonly name: string;
  readonly #columns: GrowingEndpoint;

  constructor(columns: GrowingEndpoint) {
    this.method = columns.method;
    this.name = columns.name;
    this.#columns = columns;
  }

  get requests(): readonly number[] {
    return this.#columns.requests.toCounts();
  }

  get failures(): readonly number[] {
    return this.#columns.failures.toCounts();
  }

  get p50Ms(): readonly (number | null)[] {
    return this.#columns.p50Ms.toArray();
  }

  get p95Ms(): readonly (number | null)[] {
    return this.#columns.p95Ms.toArray();
  }

  get p99Ms(): readonly (number | null)[] {
    return this.#columns.p99Ms.toArray();
  }
}

/** Returns a window without requests that fills the gap between `startMs` and `window`. */
function quiet(window: Omit<LiveWindow, "runId">, startMs: number): Omit<LiveWindow, "runId"> {
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

/** Creates an endpoint that had no requests in the first `length` windows. */
function newEndpoint(key: string, length: number): GrowingEndpoint {
  const at = key.indexOf(" ");
  const endpoint = new GrowingEndpoint(key.slice(0, Math.max(0, at)), key.slice(at + 1), noColumns);
  for (let position = 0; position < length; position++) endpoint.write(position, nothing);
  return endpoint;
}
