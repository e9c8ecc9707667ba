import assert from "node:assert/strict";
import { test } from "node:test";
import { type WindowLimits, windowLimits } from "../../../src/store/windows/window-budget.ts";
import { caseCount } from "../../support/depth.ts";
import { delta, newRun, reading, requests, StoreFolder, spansOf, storedWindows } from "../store-fixture.ts";

interface LongRun {
  readonly seconds: number;
  readonly secondsPerCommit: number;
  /** The time from one window with requests to the next. */
  readonly everySeconds?: number;
  readonly endpoints?: number;
  readonly limits: WindowLimits;
  /** Is called with the number of windows after each commit. */
  readonly committed?: (windows: number) => void;
}

/** Commits a run of one request per window and endpoint; returns its windows as [from, to) in seconds. */
function longRun(run: LongRun): [number, number][] {
  const { seconds, secondsPerCommit, everySeconds = 1, endpoints = 1, limits, committed } = run;
  using folder = new StoreFolder();
  using store = folder.open();
  store.createRun(newRun("a"));
  const writer = store.writer("a", limits);
  const events = Array.from({ length: endpoints }, (_, id) => requests(1, `/${id}`)).flat();
  for (let start = 0; start < seconds; start += secondsPerCommit) {
    const windows = [];
    for (let second = start; second < start + secondsPerCommit; second += everySeconds) {
      windows.push(delta(second, events, { users: { vu: 7 } }));
    }
    writer.commit({ windows });
    const count = spansOf(store, "a").length;
    assert.ok(count <= limits.windows, "within the limit after each commit");
    committed?.(count);
  }
  const counts = reading(store, "a", (reader) => reader.totals().endpoints());
  assert.deepEqual(
    counts.map((endpoint) => endpoint.requests),
    Array.from({ length: endpoints }, () => seconds / everySeconds),
  );
  assert.deepEqual(new Set(storedWindows(store, "a").map(({ peakUsers }) => peakUsers)), new Set([7]));
  return spansOf(store, "a");
}

function requireBlocks(spans: readonly [number, number][]): void {
  for (const [from, to] of spans) {
    assert.ok(Number.isInteger(Math.log2(to - from)), `${from} to ${to} is no power of two wide`);
    assert.equal(from % (to - from), 0, `${from} to ${to} is not aligned`);
  }
}

test("up to the limit windows stay one second wide; beyond it the oldest become wider first", () => {
  const counts: number[] = [];
  const spans = longRun({
    ...{ seconds: 4_000, secondsPerCommit: 400, limits: windowLimits },
    committed: (windows) => counts.push(windows),
  });
  assert.deepEqual(
    counts,
    Array.from({ length: 10 }, (_, commit) => Math.min(400 * (commit + 1), 3_600)),
  );
  requireBlocks(spans);
  const widths = spans.map(([from, to]) => to - from);
  assert.deepEqual(widths, [...new Array(400).fill(2), ...new Array(3_200).fill(1)]);
});

test("a run of any length stays within the limit, in windows as wide as powers of two", () => {
  const limits = { ...windowLimits, windows: 100, settledAfterMs: 20_000 };
  const seconds = caseCount(1_000);
  const spans = longRun({ seconds, secondsPerCommit: 20, limits });
  requireBlocks(spans);
  assert.ok(spans.length > 90, "no coarser than it has to be");
  assert.deepEqual(spans.at(-1), [seconds - 1, seconds]);
});

test("a run with little traffic has few windows, no wider than necessary", () => {
  const limits = { ...windowLimits, windows: 100, settledAfterMs: 20_000 };
  const spans = longRun({ seconds: 8_000, secondsPerCommit: 100, everySeconds: 10, limits });
  requireBlocks(spans);
  assert.ok(spans.length > 90);
  assert.ok(Math.max(...spans.map(([from, to]) => to - from)) <= 256);
});

test("many endpoints make wider windows", () => {
  const limits = { ...windowLimits, rows: 1_000, settledAfterMs: 10_000 };
  const spans = longRun({ seconds: 120, secondsPerCommit: 10, endpoints: 20, limits });
  requireBlocks(spans);
  assert.ok(spans.length <= 50, `${spans.length} windows of 20 endpoints`);
});

test("long histograms make wider windows", () => {
  // A histogram of one sample takes 43 bytes here, and one of its merged windows no more.
  const limits = { ...windowLimits, bytes: 2_000, settledAfterMs: 10_000 };
  const spans = longRun({ seconds: 400, secondsPerCommit: 10, limits });
  requireBlocks(spans);
  assert.ok(spans.length <= 50, `${spans.length} windows`);
});

test("a small commit merges little at a time", () => {
  using folder = new StoreFolder();
  using store = folder.open();
  store.createRun(newRun("a"));
  const seconds = Array.from({ length: 100 }, (_, second) => second);
  store.writer("a").commit({ windows: seconds.map((second) => delta(second, requests(1))) });
  const writer = store.writer("a", { ...windowLimits, windows: 20, rowsPerCommit: 10, settledAfterMs: 5_000 });
  const counts = seconds.map(() => {
    writer.commit({});
    return spansOf(store, "a").length;
  });
  assert.deepEqual(counts.slice(0, 3), [95, 90, 85]);
  assert.equal(counts.at(-1), 20);
});
