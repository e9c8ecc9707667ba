import assert from "node:assert/strict";
import { test } from "node:test";
import { percentileConfidence } from "../../src/analysis/closeness.ts";
import { parseThresholds, type Threshold } from "../../src/core/thresholds/threshold.ts";
import { merge, recordAll } from "../stats/histogram-fixtures.ts";

const threshold = (expression: string) => parseThresholds({ response_time: expression })[0] as Threshold;
/** 1 to 1,000 ms, once each: the 95th percentile lies between the ranks 937 and 964 with 95 %. */
const histogram = merge(recordAll(Array.from({ length: 1_000 }, (_, i) => (i + 1) * 1_000)));

test("a bound within the interval is close, on whichever side the value falls", () => {
  for (const bound of [945, 960])
    assert.equal(percentileConfidence(threshold(`p(95)<${bound}`), histogram)?.close, true);
  for (const bound of [900, 990])
    assert.equal(percentileConfidence(threshold(`p(95)<${bound}`), histogram)?.close, false);
  assert.equal(percentileConfidence(threshold("med<=500"), histogram)?.close, true);
});

test("the interval is in milliseconds; other aggregations and no data have none", () => {
  const { lowMs, highMs } = percentileConfidence(threshold("p(95)<500"), histogram) ?? { lowMs: 0, highMs: 0 };
  assert.ok(Math.abs(lowMs - 937) <= 2 && Math.abs((highMs ?? 0) - 964) <= 2, `${lowMs} to ${highMs}`);
  assert.equal(percentileConfidence(threshold("avg<500"), histogram), undefined);
  assert.equal(percentileConfidence(threshold("p(95)<500"), merge(recordAll([]))), undefined);
});

test("a p95 has an upper end from 72 samples on", () => {
  const of = (count: number) =>
    percentileConfidence(threshold("p(95)<500"), merge(recordAll(Array.from({ length: count }, () => 1_000))));
  assert.equal(of(71)?.highMs, null);
  assert.equal(of(71)?.close, true);
  assert.notEqual(of(72)?.highMs, null);
  assert.equal(of(72)?.close, false);
});
