import assert from "node:assert/strict";
import { test } from "node:test";
import { sparkPaths } from "../../../src/ui/data/spark.ts";

/** The paths of values of enough requests, or of those given. */
function paths(values: readonly (number | null)[], requests = values.map(() => 100)) {
  return sparkPaths(values, requests, 96, 20);
}

test("a spark has at most as many points as asked for and loses no peak", () => {
  const values = Array.from({ length: 10_000 }, (_, position) => (position === 7_777 ? 100 : 1));
  const { known, few } = paths(values);
  const heights = [...known.matchAll(/[ML][\d.]+ ([\d.]+)/g)].map(([, y]) => Number(y));
  assert.equal(heights.length, 48);
  assert.equal(heights.filter((y) => y === 1).length, 1);
  assert.equal(few, "");
});

test("a gap starts a new stroke, a single point is a dash, and nothing is nothing", () => {
  assert.deepEqual(paths([1, null, 1]), { known: "M0 1h1M96 1h1", few: "" });
  assert.deepEqual(paths([]), { known: "", few: "" });
  assert.deepEqual(paths([null, null]), { known: "", few: "" });
});

test("lines on one scale reach as high as their values are", () => {
  assert.deepEqual(sparkPaths([1, 2], null, 96, 20, 48, 4), { known: "M0 14.5L96 10", few: "" });
});

test("zeros lie on the ground", () => {
  assert.equal(paths([0, 0]).known, "M0 19L96 19");
});

test("a percentile of few requests is drawn apart, with the lines that lead to it", () => {
  assert.deepEqual(paths([2, 2, 4, 2, 2], [100, 100, 99, 100, 100]), {
    known: "M0 10L24 10M72 10L96 10",
    few: "M24 10L48 1L72 10",
  });
  assert.deepEqual(paths([1, null, 1], [1, 1, 100]), { known: "M96 1h1", few: "M0 1h1" });
  assert.deepEqual(paths([1, 1], [5, 5]), { known: "", few: "M0 1L96 1" });
});

test("in a stretch of many windows, one with few requests is no peak if another has enough", () => {
  const values = Array.from({ length: 96 }, (_, position) => (position % 2 === 0 ? 1 : 100));
  const requests = values.map((_, position) => (position % 2 === 0 ? 100 : 2));
  const { known, few } = paths(values, requests);
  assert.match(known, /^M0 1L/);
  assert.equal(few, "");
});
