import type { Window } from "../../stats/windows.ts";
import type { EndpointTable } from "../endpoint-table.ts";
import { ResidentWindow } from "./resident-window.ts";
import { secondMs, type WindowBudget } from "./window-budget.ts";
import { type Span, WindowIndex } from "./window-index.ts";
import type { WindowTable } from "./window-table.ts";

/** Windows that stay decoded between commits: those that reports still come for. */
const maxResidentWindows = 16;
/** Endpoints in these, as each of them takes some 50 KB. */
const maxResidentEndpoints = 2_000;

/**
 * Adds to the windows of one run, within a transaction of its caller. When that fails, this object knows things that the
 * file does not: it must be dropped then.
 */
export class RunWindows {
  readonly #table: WindowTable;
  readonly #names: EndpointTable;
  readonly #index: WindowIndex;
  /** By start; the one used last comes last. */
  readonly #resident = new Map<number, ResidentWindow>();

  constructor(table: WindowTable, names: EndpointTable) {
    this.#table = table;
    this.#names = names;
    this.#index = new WindowIndex(table.spans());
  }

  /** Adds each delta to the window that it lies in, and writes all that has changed. */
  addAll(deltas: readonly Window[], budget: WindowBudget): void {
    const before = this.#index.spans.length;
    // In the order given, which decides who is below the cap.
    for (const { totals } of deltas) {
      for (const { method, name } of totals.eachEndpoint()) this.#names.admit(method, name);
      for (const { kind, samples } of totals.eachSeries()) this.#names.admitSeries(kind, samples.name);
    }
    // In order of time, so that all that goes into one window comes together; the widest first, as it makes the window.
    for (const delta of deltas.toSorted((a, b) => a.startMs - b.startMs || b.widthMs - a.widthMs)) this.#add(delta);
    this.#flush();
    this.#thinOut(budget, this.#index.spans.length - before);
  }

  /** Merges all windows that share time with [startMs, endMs) into one; it is as wide as that and they together. */
  coarsen(startMs: number, endMs: number): void {
    requireSeconds(startMs, endMs);
    if (this.#index.overlapping(startMs, endMs).length === 0) return;
    const merged = this.#merge(startMs, endMs);
    this.#write(merged);
    // Old, as a rule.
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

  /** One window for [startMs, endMs) with all that was in windows there. */
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

  /** A batch may bring more windows than may stay: those used least recently are written and go. */
  #keep(window: ResidentWindow): void {
    this.#resident.delete(window.startMs);
    this.#resident.set(window.startMs, window);
    let endpoints = 0;
    for (const { endpoints: held } of this.#resident.values()) endpoints += held.size;
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

  /** At least as many windows go as were added, while there are too many; and no more rows are touched than need be. */
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
