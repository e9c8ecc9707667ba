import type { Window } from "../../stats/windows.ts";
import type { EndpointTable } from "../endpoint-table.ts";
import { ResidentWindow } from "./resident-window.ts";
import { secondMs, type WindowBudget } from "./window-budget.ts";
import { type Span, WindowIndex } from "./window-index.ts";
import type { WindowTable } from "./window-table.ts";

/** The maximum number of windows that stay decoded between commits, for reports that still arrive. */
const maxResidentWindows = 16;
/** The maximum number of endpoints in these windows; each takes about 50 KB. */
const maxResidentEndpoints = 2_000;

/**
 * Adds to the windows of one run, within a transaction of the caller. If the transaction fails, this object has changes
 * that the file does not, and must be discarded.
 */
export class RunWindows {
  readonly #table: WindowTable;
  readonly #names: EndpointTable;
  readonly #index: WindowIndex;
  /** The decoded windows by start; the last one used is at the end. */
  readonly #resident = new Map<number, ResidentWindow>();

  constructor(table: WindowTable, names: EndpointTable) {
    this.#table = table;
    this.#names = names;
    this.#index = new WindowIndex(table.spans());
  }

  /** Adds each delta to its window, and writes all changes. */
  addAll(deltas: readonly Window[], budget: WindowBudget): void {
    const before = this.#index.spans.length;
    // Admit the endpoints in the given order, which decides which of them are below the cap.
    for (const { totals } of deltas) {
      for (const { method, name } of totals.eachEndpoint()) this.#names.admit(method, name);
      for (const { kind, samples } of totals.eachSeries()) this.#names.admitSeries(kind, samples.name);
    }
    // Add the deltas in order of time, so that deltas for one window are adjacent; the widest first, because it creates
    // the window.
    for (const delta of deltas.toSorted((a, b) => a.startMs - b.startMs || b.widthMs - a.widthMs)) this.#add(delta);
    this.#flush();
    this.#thinOut(budget, this.#index.spans.length - before);
  }

  /** Merges all windows that overlap [startMs, endMs) into one, which covers that range and all of them. */
  coarsen(startMs: number, endMs: number): void {
    requireSeconds(startMs, endMs);
    if (this.#index.overlapping(startMs, endMs).length === 0) return;
    const merged = this.#merge(startMs, endMs);
    this.#write(merged);
    // The merged window is usually old.
    this.#resident.delete(merged.startMs);
  }

  #add(delta: Window): void {
    const { startMs, widthMs } = delta;
    const endMs = startMs + widthMs;
    requireSeconds(startMs, endMs);
    const [first, ...others] = this.#index.overlapping(startMs, endMs);
    const isWithin = first !== undefined && others.length === 0 && first.startMs <= startMs && endOf(first) >= endMs;
    const window = isWithin ? this.#take(first) : this.#merge(startMs, endMs);
    window.add(delta, this.#names);
    this.#keep(window);
  }

  /**
   * Returns one window that covers [startMs, endMs) and all windows that overlap it, merged. Removes those windows from
   * the table.
   */
  #merge(startMs: number, endMs: number): ResidentWindow {
    const found = this.#index.overlapping(startMs, endMs);
    const start = Math.min(startMs, ...found.map((span) => span.startMs));
    const end = Math.max(endMs, ...found.map(endOf));
    const merged = new ResidentWindow(start, end - start);
    for (const span of found) {
      const resident = this.#resident.get(span.startMs);
      if (resident === undefined) this.#read(span, merged);
      else merged.absorb(resident);
      this.#resident.delete(span.startMs);
      this.#table.remove(span.startMs);
    }
    this.#index.put(merged.span);
    return merged;
  }

  #take(span: Span): ResidentWindow {
    const resident = this.#resident.get(span.startMs);
    if (resident !== undefined) return resident;
    const window = new ResidentWindow(span.startMs, span.widthMs);
    this.#read(span, window);
    for (const endpoint of window.endpoints.values()) endpoint.isDirty = false;
    return window;
  }

  #read(span: Span, into: ResidentWindow): void {
    const report = this.#table.report(span.startMs);
    if (report !== null) {
      const endpoints = this.#table.endpoints(span.startMs, (id) => this.#names.at(id));
      into.absorbStored(span, report, endpoints);
    }
  }

  /** Keeps a window decoded. Beyond the limits, the least recently used windows are written and dropped. */
  #keep(window: ResidentWindow): void {
    this.#resident.delete(window.startMs);
    this.#resident.set(window.startMs, window);
    let endpoints = 0;
    for (const resident of this.#resident.values()) endpoints += resident.endpoints.size;
    for (const [startMs, oldest] of this.#resident) {
      const isRoom = this.#resident.size <= maxResidentWindows && endpoints <= maxResidentEndpoints;
      if (isRoom || oldest === window) return;
      if (oldest.isDirty) this.#write(oldest);
      this.#resident.delete(startMs);
      endpoints -= oldest.endpoints.size;
    }
  }

  #flush(): void {
    for (const window of this.#resident.values()) if (window.isDirty) this.#write(window);
  }

  #write(window: ResidentWindow): void {
    this.#table.write(window);
    this.#index.put(window.span);
  }

  /**
   * Merges windows while the run exceeds its limits, until at least as many are gone as were added and at least
   * `rowsPerCommit` rows are merged.
   */
  #thinOut(budget: WindowBudget, added: number): void {
    let rows = 0;
    let gone = 0;
    while (budget.isExceeded(this.#index) && (gone < added || rows < budget.limits.rowsPerCommit)) {
      const block = budget.next(this.#index);
      if (block === null) return;
      const merged = this.#index.overlapping(block.startMs, block.endMs);
      for (const span of merged) rows += span.rows;
      gone += merged.length - 1;
      this.coarsen(block.startMs, block.endMs);
    }
  }
}

function endOf({ startMs, widthMs }: Span): number {
  return startMs + widthMs;
}

function requireSeconds(startMs: number, endMs: number): void {
  const isWhole = Number.isSafeInteger(startMs / secondMs) && Number.isSafeInteger(endMs / secondMs);
  if (!isWhole || startMs < 0 || endMs <= startMs) throw new RangeError(`no window: from ${startMs} to ${endMs} ms`);
}
