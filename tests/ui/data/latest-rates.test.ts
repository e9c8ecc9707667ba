import assert from "node:assert/strict";
import { test } from "node:test";
import { latestRates } from "../../../src/ui/data/latest-rates.ts";

const windows = {
  startMs: [0, 1_000],
  widthMs: [1_000, 2_000],
  total: { requests: [5, 40], failures: [0, 4], p50Ms: [1, 2], p95Ms: [3, 4], p99Ms: [5, 6] },
};

const running = { state: "running", users: 5, elapsedMs: 4_000 } as const;
const unknown = { requests: null, failures: null, p95Ms: null };

test("the latest rates are those of the last window, by its width", () => {
  assert.deepEqual(latestRates(windows, running), { requests: 20, failures: 2, p95Ms: 4 });
});

test("after the load, the rate of its last seconds is none of now", () => {
  assert.deepEqual(latestRates(windows, { ...running, state: "stopping" }), unknown);
});

test("a window of long ago says nothing of now, but that nobody works in a pause", () => {
  const later = { ...running, elapsedMs: 8_001 };
  assert.deepEqual(latestRates(windows, later), unknown);
  assert.deepEqual(latestRates(windows, { ...later, state: "paused", users: 0 }), {
    requests: 0,
    failures: 0,
    p95Ms: null,
  });
  // Users that still finish their iterations.
  assert.deepEqual(latestRates(windows, { ...later, state: "paused" }), unknown);
});

test("a window in which nothing was answered is told as such, and without a window nothing is known", () => {
  const total = { requests: [0], failures: [0], p50Ms: [null], p95Ms: [null], p99Ms: [null] };
  assert.deepEqual(latestRates({ startMs: [0], widthMs: [1_000], total }, running), {
    requests: 0,
    failures: 0,
    p95Ms: null,
  });
  const none = { requests: [], failures: [], p50Ms: [], p95Ms: [], p99Ms: [] };
  assert.deepEqual(latestRates({ startMs: [], widthMs: [], total: none }, running), unknown);
});
