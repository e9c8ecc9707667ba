import assert from "node:assert/strict";
import { test } from "node:test";
import { sparkPath } from "../../../src/ui/data/spark.ts";

test("a spark has at most as many points as asked for and loses no peak", () => {
  const values = Array.from({ length: 10_000 }, (_, position) => (position === 7_777 ? 100 : 1));
  const path = sparkPath(values, 96, 20);
  const heights = [...path.matchAll(/[ML][\d.]+ ([\d.]+)/g)].map(([, y]) => Number(y));
  assert.equal(heights.length, 48);
  assert.equal(heights.filter((y) => y === 1).length, 1);
});

test("a gap starts a new stroke, a single point is a dash, and nothing is nothing", () => {
  assert.equal(sparkPath([1, null, 1], 96, 20), "M0 1h1M96 1h1");
  assert.equal(sparkPath([], 96, 20), "");
  assert.equal(sparkPath([null, null], 96, 20), "");
});

test("zeros lie on the ground", () => {
  assert.equal(sparkPath([0, 0], 96, 20), "M0 19L96 19");
});
