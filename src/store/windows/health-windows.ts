import { type HealthSample, type HealthWindow, mergeSamples } from "../../stats/health-sample.ts";
import type { StoreConnection } from "../connection.ts";
import type { WindowBudget, WindowLimits } from "./window-budget.ts";
import { type Span, WindowIndex } from "./window-index.ts";

/** A row is one worker in one window, and 96 bytes: so many take 10 MB, with 28 workers or with 1,000. */
export const healthLimits: WindowLimits = {
  windows: 3_600,
  rows: 100_000,
  bytes: Number.POSITIVE_INFINITY,
  rowsPerCommit: 2_000,
  settledAfterMs: 120_000,
};

/** How the workers of one run did, in the file: a blob per window, 12 numbers per worker. */
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

  /** In the order of time. */
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
      const [first, ...others] = merged.map((span) => this.#read(span));
      if (first !== undefined) this.#write(others.reduce(mergeWindows, first), merged);
    }
  }

  /** Whoever reports late, or for several windows at once, makes one of those that it touches. */
  #add(window: HealthWindow): void {
    const touched = this.#index.overlapping(window.startMs, window.startMs + window.widthMs);
    this.#write(touched.map((span) => this.#read(span)).reduce(mergeWindows, window), touched);
  }

  #read({ startMs, widthMs }: Span): HealthWindow {
    const row = this.#connection.get<{ samples: Uint8Array }>(
      "SELECT samples FROM worker_windows WHERE run = ? AND start_ms = ?",
      ...[this.#run, startMs],
    );
    return { startMs, widthMs, samples: unpack(row?.samples ?? new Uint8Array(0), startMs, widthMs) };
  }

  #write({ startMs, widthMs, samples }: HealthWindow, replaced: readonly Span[]): void {
    for (const span of replaced) {
      this.#connection.run("DELETE FROM worker_windows WHERE run = ? AND start_ms = ?", this.#run, span.startMs);
    }
    this.#connection.run(
      "INSERT INTO worker_windows VALUES (?, ?, ?, ?, ?)",
      ...[this.#run, startMs, widthMs, samples.size, pack(samples)],
    );
    this.#index.put({ startMs, widthMs, rows: samples.size, bytes: 0 });
  }
}

function mergeWindows(a: HealthWindow, b: HealthWindow): HealthWindow {
  const startMs = Math.min(a.startMs, b.startMs);
  const widthMs = Math.max(a.startMs + a.widthMs, b.startMs + b.widthMs) - startMs;
  const samples = new Map(a.samples);
  for (const [worker, sample] of b.samples) {
    const known = samples.get(worker);
    const [first, second] = known !== undefined && known.atMs > sample.atMs ? [sample, known] : [known, sample];
    samples.set(worker, first === undefined ? second : mergeSamples(first, second));
  }
  return { startMs, widthMs, samples };
}

const fieldCount = 12;

function pack(samples: ReadonlyMap<number, HealthSample>): Uint8Array {
  const numbers = [...samples].flatMap(([worker, one]) => [
    worker,
    one.requests,
    one.utilisation,
    one.loopDelayP99Ms,
    one.loopDelayMaxMs,
    one.scheduleLagP99Ms ?? Number.NaN,
    one.gcMs,
    one.heapAfterGcBytes,
    one.rssBytes,
    one.cpu,
    one.sockets,
    one.fileDescriptors,
  ]);
  return new Uint8Array(Float64Array.from(numbers).buffer);
}

function unpack(bytes: Uint8Array, atMs: number, widthMs: number): Map<number, HealthSample> {
  // A copy, as the bytes need not begin where numbers may.
  const numbers = new Float64Array(bytes.slice().buffer);
  const samples = new Map<number, HealthSample>();
  for (let at = 0; at + fieldCount <= numbers.length; at += fieldCount) {
    const [worker = 0, requests = 0, utilisation = 0, loopDelayP99Ms = 0, loopDelayMaxMs = 0, lag = 0, ...rest] =
      numbers.subarray(at, at + fieldCount);
    const [gcMs = 0, heapAfterGcBytes = 0, rssBytes = 0, cpu = 0, sockets = 0, fileDescriptors = 0] = rest;
    samples.set(worker, {
      atMs,
      widthMs,
      requests,
      utilisation,
      loopDelayP99Ms,
      loopDelayMaxMs,
      scheduleLagP99Ms: Number.isNaN(lag) ? null : lag,
      gcMs,
      heapAfterGcBytes,
      rssBytes,
      cpu,
      sockets,
      fileDescriptors,
    });
  }
  return samples;
}
