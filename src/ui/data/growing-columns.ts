import type { LivePoint, LiveWindow } from "../../api/contract/live.ts";
import type { WindowColumns } from "../../report/page/model.ts";
import { keyOf } from "./endpoint-key.ts";

interface GrowingEndpoint {
  readonly requests: number[];
  readonly failures: number[];
  readonly p50Ms: (number | null)[];
  readonly p95Ms: (number | null)[];
  readonly p99Ms: (number | null)[];
}

const nothing: LivePoint = { requests: 0, failures: 0, p50Ms: null, p95Ms: null, p99Ms: null };

/** The window columns of a report, to which windows are appended. */
export class GrowingColumns {
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

  /** The columns as new objects around the same arrays, so that a comparison of objects sees the change. */
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

  /** Appends a window. A window with the same start is replaced; a window within a wider one is ignored, as the wider one contains it. */
  add(window: LiveWindow): void {
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

/** A window without requests that fills the gap between `startMs` and `window`. */
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
