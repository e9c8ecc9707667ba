import assert from "node:assert/strict";
import { test } from "node:test";
import { countedSum, mergeScalars, type ScalarMetric } from "../../src/stats/scalar-metric.ts";

const counter = (sum: number): ScalarMetric => ({ kind: "counter", sum });

function totalOf(parts: readonly ScalarMetric[]) {
  const total = parts.reduce(mergeScalars);
  assert.ok(total.kind === "counter");
  return total;
}

test("a counter has the same sum in every order of adding; whole numbers stay exact", () => {
  const parts = Array.from({ length: 3_600 }, (_, second) => counter(0.1 + Math.sqrt(second) / 3));
  const [forwards, backwards] = [totalOf(parts), totalOf(parts.toReversed())];
  assert.notEqual(forwards.sum, backwards.sum, "the last digits depend on the order");
  assert.equal(countedSum(forwards), countedSum(backwards));
  assert.equal(countedSum(totalOf([counter(0.1), counter(0.2)])), 0.3);
  assert.equal(countedSum(totalOf([counter(2 ** 52), counter(1)])), 2 ** 52 + 1);
});
