import assert from "node:assert/strict";
import { test } from "node:test";
import { latestRates } from "../../../src/ui/data/latest-rates.ts";

const windows = {
  startMs: [0, 1_000, 3_000],
  widthMs: [1_000, 2_000, 1_000],
  total: { requests: [5, 40, 0], failures: [0, 4, 0], p50Ms: [1, 2, null], p95Ms: [3, 4, null], p99Ms: [5, 6, null] },
};

test("the latest rates are those of the last whole window, not of the one that is being filled", () => {
  assert.deepEqual(latestRates(windows, 4_100), { requests: 20, failures: 2, p95Ms: 4 });
});

test("a whole window in which nothing was answered is told as such", () => {
  assert.deepEqual(latestRates(windows, 5_000), { requests: 0, failures: 0, p95Ms: null });
});

test("the very first window is told as far as it goes", () => {
  const first = { ...windows, startMs: [0], widthMs: [1_000] };
  assert.deepEqual(latestRates(first, 1_200), { requests: 5, failures: 0, p95Ms: 3 });
});
