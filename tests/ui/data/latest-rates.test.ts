import assert from "node:assert/strict";
import { test } from "node:test";
import { latestRates } from "../../../src/ui/data/latest-rates.ts";

const windows = {
  startMs: [0, 1_000],
  widthMs: [1_000, 2_000],
  total: { requests: [5, 40], failures: [0, 4], p50Ms: [1, 2], p95Ms: [3, 4], p99Ms: [5, 6] },
};

test("the latest rates are those of the last window, by its width", () => {
  assert.deepEqual(latestRates(windows), { requests: 20, failures: 2, p95Ms: 4 });
});

test("a window in which nothing was answered is told as such, and so is a run without a window", () => {
  const total = { requests: [0], failures: [0], p50Ms: [null], p95Ms: [null], p99Ms: [null] };
  assert.deepEqual(latestRates({ startMs: [0], widthMs: [1_000], total }), { requests: 0, failures: 0, p95Ms: null });
  const none = { requests: [], failures: [], p50Ms: [], p95Ms: [], p99Ms: [] };
  assert.deepEqual(latestRates({ startMs: [], widthMs: [], total: none }), { requests: 0, failures: 0, p95Ms: null });
});
