import assert from "node:assert/strict";
import { test } from "node:test";
import { percentileConfidence } from "../../src/analysis/judged-threshold.ts";
import { parseThresholds, type Threshold } from "../../src/core/thresholds/threshold.ts";
import { merge, recordAll } from "../stats/histogram/histogram-fixtures.ts";

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

const same = (count: number, micros: number) => merge(recordAll(Array.from({ length: count }, () => micros)));

test("a p95 has an upper end from 72 samples on", () => {
  const of = (count: number) => percentileConfidence(threshold("p(95)<500"), same(count, 1_000));
  assert.equal(of(71)?.highMs, null);
  assert.notEqual(of(72)?.highMs, null);
});

test("few samples are not close when every plausible value is on one side of the bound", () => {
  const isClose = (expression: string, count: number, ms: number) =>
    percentileConfidence(threshold(expression), same(count, ms * 1_000))?.close;
  assert.equal(isClose("p(95)<5000", 5, 1), false);
  assert.equal(isClose("p(95)<5000", 1, 1), false);
  assert.equal(isClose("p(99)<500", 20, 40), false);
  assert.equal(isClose("p(95)<500", 5, 400), true);
  assert.equal(isClose("p(95)<500", 1, 400), true);
  assert.equal(isClose("p(99)<500", 100, 400), true);
  // A failure stays a failure: more samples only raise the largest value.
  assert.equal(isClose("p(95)<500", 5, 800), false);
  // The lower end, in the same way.
  assert.equal(isClose("p(5)>500", 5, 600), true);
  assert.equal(isClose("p(5)>500", 5, 500_000), false);
});

test("the plausible range beyond the largest value shrinks with more samples, to nothing where the interval begins", () => {
  const widest = (count: number) => {
    let bound = 101;
    while (percentileConfidence(threshold(`p(95)<${bound}`), same(count, 100_000))?.close) bound++;
    return bound;
  };
  const [one, five, twenty, most] = [widest(1), widest(5), widest(20), widest(71)];
  assert.ok(one > five && five > twenty && twenty > most, `${[one, five, twenty, most]}`);
  assert.ok(most <= 102, `${most} ms`);
});

test("the ends of the distribution are measured values and have no interval", () => {
  assert.equal(percentileConfidence(threshold("p(100)<5000"), histogram), undefined);
  assert.equal(percentileConfidence(threshold("p(0)>0"), histogram), undefined);
});
