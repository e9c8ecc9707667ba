import { type HealthSample, type HealthWindow, mergeSamples } from "../../stats/health-sample.ts";
import type { StoreConnection } from "../connection.ts";
import type { WindowBudget, WindowLimits } from "./window-budget.ts";
import { type Span, WindowIndex } from "./window-index.ts";

/** A row is one sample of one worker, and 112 bytes: so many take 11 MB, with 28 workers or with 1,000. */
export const healthLimits: WindowLimits = {
  windows: 3_600,
  rows: 100_000,
  bytes: Number.POSITIVE_INFINITY,
  rowsPerCommit: 2_000,
  settledAfterMs: 120_000,
};

/**
 * How the workers of one run did, in the file: a blob per window, with 14 numbers per sample. Windows do not overlap. Samples
 * that share time and differ in width, as after a late report, lie in one window and keep their own times.
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
    const rows = samples.values().reduce((sum, { length }) => sum + length, 0);
    this.#connection.run(
      "INSERT INTO worker_windows (run, start_ms, width_ms, workers, samples, fields) VALUES (?, ?, ?, ?, ?, ?)",
      ...[this.#run, startMs, widthMs, rows, pack(samples), fieldCount],
    );
    this.#index.put({ startMs, widthMs, rows, bytes: 0 });
  }
}

/** One window with all samples of these. */
function joined(windows: readonly HealthWindow[]): HealthWindow {
  const startMs = Math.min(...windows.map((window) => window.startMs));
  const endMs = Math.max(...windows.map((window) => window.startMs + window.widthMs));
  const samples = new Map<number, HealthSample[]>();
  for (const window of windows) {
    for (const [worker, some] of window.samples) samples.set(worker, [...(samples.get(worker) ?? []), ...some]);
  }
  for (const some of samples.values()) some.sort((a, b) => a.atMs - b.atMs);
  return { startMs, widthMs: endMs - startMs, samples };
}

/** The same window with one sample per worker. */
function thinned({ samples, ...window }: HealthWindow): HealthWindow {
  const merged = [...samples].map(([worker, [first, ...others]]) => {
    return [worker, first === undefined ? [] : [others.reduce(mergeSamples, first)]] as const;
  });
  return { ...window, samples: new Map(merged) };
}

/** Older windows have 12 numbers per sample: without the last two, which are those of the window then. */
const fieldCount = 14;

function pack(samples: HealthWindow["samples"]): Uint8Array {
  const numbers = [...samples].flatMap(([worker, some]) =>
    some.flatMap((one) => [
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
      one.atMs,
      one.widthMs,
    ]),
  );
  return new Uint8Array(Float64Array.from(numbers).buffer);
}

function unpack(
  bytes: Uint8Array,
  fields: number,
  window: Pick<HealthSample, "atMs" | "widthMs">,
): Map<number, HealthSample[]> {
  // A copy, as the bytes need not begin where numbers may.
  const numbers = new Float64Array(bytes.slice().buffer);
  const samples = new Map<number, HealthSample[]>();
  for (let at = 0; at + fields <= numbers.length; at += fields) {
    const [worker = 0, requests = 0, utilisation = 0, loopDelayP99Ms = 0, loopDelayMaxMs = 0, lag = 0, ...rest] =
      numbers.subarray(at, at + fields);
    const [gcMs = 0, heapAfterGcBytes = 0, rssBytes = 0, cpu = 0, sockets = 0, fileDescriptors = 0, ...times] = rest;
    const [atMs = window.atMs, widthMs = window.widthMs] = times;
    const sample: HealthSample = {
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
    };
    const known = samples.get(worker);
    if (known === undefined) samples.set(worker, [sample]);
    else known.push(sample);
  }
  return samples;
}
