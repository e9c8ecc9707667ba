import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { IntervalHistogram } from "../../../src/stats/histogram/interval-histogram.ts";
import { highestSlot } from "../../../src/stats/histogram/layout.ts";
import { assertProperty } from "../../support/property.ts";
import { anyMicros, contentOf, merge, recordAll } from "./histogram-fixtures.ts";

test("an empty histogram has zeros", () => {
  assert.deepEqual(contentOf(merge(new IntervalHistogram())), contentOf(merge()));
  const { count, minMicros, maxMicros, sumMicros } = new IntervalHistogram();
  assert.deepEqual([count, minMicros, maxMicros, sumMicros], [0, 0, 0, 0]);
});

test("count, minimum, maximum and sum are exact", () => {
  const { count, minMicros, maxMicros, sumMicros } = recordAll([123_457, 1_000_003, 5_000_011]);
  assert.deepEqual([count, minMicros, maxMicros, sumMicros], [3, 123_457, 5_000_011, 6_123_471]);
});

test("a value above 1 hour is counted in the slot of 1 hour and stays exact in maximum and sum", () => {
  const histogram = recordAll([5_000_000_001]);
  assert.equal(histogram.countAtSlot(highestSlot), 1);
  assert.deepEqual([histogram.maxMicros, histogram.sumMicros], [5_000_000_001, 5_000_000_001]);
});

test("values are rounded to whole microseconds and never negative", () => {
  const histogram = recordAll([1.4, 1.6, -0.2, -7]);
  assert.deepEqual(
    [0, 1, 2].map((slot) => histogram.countAtSlot(slot)),
    [2, 1, 1],
  );
  assert.ok(Object.is(recordAll([-0.2]).minMicros, 0), "no negative zero");
});

test("a value that is not a duration is refused and nothing is recorded", () => {
  const histogram = recordAll([7]);
  for (const value of [Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53]) {
    assert.throws(() => histogram.record(value), RangeError);
  }
  assert.deepEqual(contentOf(merge(histogram)), contentOf(merge(recordAll([7]))));
});

test("after a reset only the later samples are there", () => {
  assertProperty(
    fc.property(fc.array(anyMicros), fc.array(anyMicros), (earlier, later) => {
      const histogram = recordAll(earlier);
      histogram.reset();
      for (const sample of later) histogram.record(sample);
      assert.deepEqual(contentOf(merge(histogram)), contentOf(merge(recordAll(later))));
    }),
  );
});
