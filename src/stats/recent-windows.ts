import { RunTotals } from "./run-totals.ts";
import { UsersBySecond } from "./users-by-second.ts";
import type { Window } from "./windows.ts";

interface OpenWindow extends Window {
  startMs: number;
  widthMs: number;
}

const secondMs = 1_000;
/** The number of closed windows that are kept, and of endpoints in all of them: each endpoint takes about 30 KB. */
const keptWindows = 30;
const keptEndpoints = 1_000;

/**
 * The latest windows of a run, merged over its workers. A window is closed, once and in order of time, when every worker
 * has reported past it, has ended, or is lost. Seconds without a report are closed as empty windows. Later reports of a lost
 * worker that comes back are added to a kept window without another notification.
 */
export class RecentWindows {
  /** The windows, ascending and without overlap. */
  #windows: OpenWindow[] = [];
  #closedToMs: number;
  readonly #listeners = new Set<(window: Window) => void>();

  /** @param fromMs the time before which windows count as closed, for a resumed run */
  constructor(fromMs = 0) {
    this.#closedToMs = Math.floor(fromMs / secondMs) * secondMs;
  }

  /** The time before which every window is closed. */
  get closedToMs(): number {
    return this.#closedToMs;
  }

  /**
   * Calls `listener` with each window that closes; returns a function that unsubscribes. The listener must neither keep nor
   * change the window.
   */
  subscribe(listener: (window: Window) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Adds reported measurements; this object owns their totals from now on. */
  add(delta: Window): void {
    const endMs = delta.startMs + delta.widthMs;
    const isLate = endMs <= this.#closedToMs;
    const startMs = isLate ? delta.startMs : Math.max(delta.startMs, this.#closedToMs);
    const touched = this.#windows.filter((one) => one.startMs < endMs && startMs < one.startMs + one.widthMs);
    const [first, ...others] = touched;
    if (first === undefined) {
      if (!isLate) this.#insert({ ...delta, startMs, widthMs: endMs - startMs });
      return;
    }
    for (const other of others) absorb(first, other);
    if (others.length > 0) this.#windows = this.#windows.filter((one) => !others.includes(one));
    if (!isLate) {
      const toMs = Math.max(endMs, first.startMs + first.widthMs);
      first.startMs = Math.min(startMs, first.startMs);
      first.widthMs = toMs - first.startMs;
    }
    first.totals.merge(delta.totals);
    first.users.merge(delta.users);
  }

  /**
   * Closes the windows for which no report is awaited.
   * @param reportedToMs the time up to which every running worker has reported
   */
  close(reportedToMs: number): void {
    const toMs = Math.floor(reportedToMs / secondMs) * secondMs;
    while (this.#closedToMs < toMs) {
      const from = this.#closedToMs;
      const next = this.#windows.find(({ startMs }) => startMs >= from);
      const window = next?.startMs === from ? next : emptyWindow(from);
      if (window.startMs + window.widthMs > toMs) break;
      this.#closedToMs = window.startMs + window.widthMs;
      for (const listener of this.#listeners) listener(window);
    }
    this.#forget();
  }

  /** Merges the kept windows that end in (fromMs, toMs]. */
  merged(fromMs: number, toMs: number): RunTotals {
    const sum = new RunTotals();
    for (const { startMs, widthMs, totals } of this.#windows) {
      const endMs = startMs + widthMs;
      if (endMs > fromMs && endMs <= toMs) sum.merge(totals);
    }
    return sum;
  }

  #insert(window: OpenWindow): void {
    const position = this.#windows.findIndex(({ startMs }) => startMs > window.startMs);
    this.#windows.splice(position < 0 ? this.#windows.length : position, 0, window);
  }

  #forget(): void {
    const closed = this.#windows.filter(({ startMs }) => startMs < this.#closedToMs);
    let endpoints = closed.reduce((sum, { totals }) => sum + totals.endpointCount, 0);
    let left = closed.length;
    while (left > 1 && (left > keptWindows || endpoints > keptEndpoints)) {
      endpoints -= this.#windows.shift()?.totals.endpointCount ?? 0;
      left--;
    }
  }
}

function emptyWindow(startMs: number): Window {
  return { startMs, widthMs: secondMs, totals: new RunTotals(), users: new UsersBySecond() };
}

function absorb(into: OpenWindow, { startMs, widthMs, totals, users }: OpenWindow): void {
  const endMs = Math.max(into.startMs + into.widthMs, startMs + widthMs);
  into.startMs = Math.min(into.startMs, startMs);
  into.widthMs = endMs - into.startMs;
  into.totals.merge(totals);
  into.users.merge(users);
}
