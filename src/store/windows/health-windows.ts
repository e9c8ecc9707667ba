import { type HealthSample, type HealthWindow, mergeSamples } from "../../stats/health-sample.ts";
import type { StoreConnection } from "../connection.ts";
import { fieldCount, pack, rowsOf, unpack } from "./health-blob.ts";
import type { WindowBudget, WindowLimits } from "./window-budget.ts";
import { type Span, WindowIndex } from "./window-index.ts";

/**
 * The limits for health windows. A row is one sample of one worker with 112 bytes: 100,000 rows take 11 MB, with 28 workers
 * or with 1,000.
 */
export const healthLimits: WindowLimits = {
  windows: 3_600,
  rows: 100_000,
  bytes: Number.POSITIVE_INFINITY,
  rowsPerCommit: 2_000,
  settledAfterMs: 120_000,
};

/**
 * The health of the workers of one run in the file: a blob per window, with 14 numbers per sample. Windows do not overlap.
 * Samples that overlap in time and differ in width, as after a late report, are in one window and keep their own times.
 */
export class HealthWindows {
  readonly #connection: StoreConnection;
  readonly #run: number;
  readonly #index: WindowIndex;

  constructor(connection: StoreConnection, run: number) {
    this.#connection = connection;
    this.#run = run;
    this.#index = new WindowIndex(
      connection.all<Span>(
        `SELECT start_ms AS startMs, width_ms AS widthMs, workers AS rows, 0 AS bytes FROM worker_windows
          WHERE run = ? ORDER BY start_ms`,
        run,
      ),
    );
  }

  /** Iterates over the windows in order of time. */
  *all(): Generator<HealthWindow, void, void> {
    for (const span of this.#index.spans) yield this.#read(span);
  }

  addAll(windows: readonly HealthWindow[], budget: WindowBudget): void {
    for (const window of windows.toSorted((a, b) => a.startMs - b.startMs)) this.#add(window);
    let rows = 0;
    while (budget.isExceeded(this.#index) && rows < budget.limits.rowsPerCommit + windows.length) {
      const block = budget.next(this.#index);
      if (block === null) return;
      const merged = this.#index.overlapping(block.startMs, block.endMs);
      for (const span of merged) rows += span.rows;
      this.#write(thinned(joined(merged.map((span) => this.#read(span)))), merged);
    }
  }

  #add(window: HealthWindow): void {
    const touched = this.#index.overlapping(window.startMs, window.startMs + window.widthMs);
    if (touched.length === 0) this.#write(window, []);
    else this.#write(joined([...touched.map((span) => this.#read(span)), window]), touched);
  }

  #read({ startMs, widthMs }: Span): HealthWindow {
    const row = this.#connection.get<{ samples: Uint8Array; fields: number }>(
      "SELECT samples, fields FROM worker_windows WHERE run = ? AND start_ms = ?",
      ...[this.#run, startMs],
    );
    const { samples = new Uint8Array(0), fields = fieldCount } = row ?? {};
    return { startMs, widthMs, samples: unpack(samples, fields, { atMs: startMs, widthMs }) };
  }

  #write({ startMs, widthMs, samples }: HealthWindow, replaced: readonly Span[]): void {
    for (const span of replaced) {
      this.#connection.run("DELETE FROM worker_windows WHERE run = ? AND start_ms = ?", this.#run, span.startMs);
    }
    const rows = rowsOf(samples);
    this.#connection.run(
      "INSERT INTO worker_windows (run, start_ms, width_ms, workers, samples, fields) VALUES (?, ?, ?, ?, ?, ?)",
      ...[this.#run, startMs, widthMs, rows, pack(samples), fieldCount],
    );
    this.#index.put({ startMs, widthMs, rows, bytes: 0 });
  }
}

/** Joins windows into one with all their samples. */
function joined(windows: readonly HealthWindow[]): HealthWindow {
  const startMs = Math.min(...windows.map((window) => window.startMs));
  const endMs = Math.max(...windows.map((window) => window.startMs + window.widthMs));
  const samples = new Map<number, HealthSample[]>();
  for (const window of windows) {
    for (const [worker, some] of window.samples) {
      const found = samples.get(worker);
      if (found === undefined) samples.set(worker, [...some]);
      else found.push(...some);
    }
  }
  for (const some of samples.values()) if (some.length > 1) some.sort((a, b) => a.atMs - b.atMs);
  return { startMs, widthMs: endMs - startMs, samples };
}

/** Merges the samples of a window to one per worker. */
function thinned({ samples, ...window }: HealthWindow): HealthWindow {
  const merged = [...samples].map(([worker, [first, ...others]]) => {
    return [worker, first === undefined ? [] : [others.reduce(mergeSamples, first)]] as const;
  });
  return { ...window, samples: new Map(merged) };
}
