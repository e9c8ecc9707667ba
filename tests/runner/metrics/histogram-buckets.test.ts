import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  countsUpTo,
  type ExponentialBuckets,
  exponentialBuckets,
  timeBounds,
  valueBounds,
} from "../../../src/runner/metrics/histogram-buckets.ts";
import { highestTrackableMicros } from "../../../src/stats/histogram/layout.ts";
import { anyMicros, merge, recordAll } from "../../stats/histogram/histogram-fixtures.ts";
import { assertProperty } from "../../support/property.ts";

const perSecond = 1_000_000;
const perSlot = 1 / 1_000;

/** Where bucket `i` begins and ends, in the unit; a sample is above the beginning, and at or below the end. */
function edgesOf({ scale, offset }: ExponentialBuckets, i: number): readonly [number, number] {
  const base = 2 ** (2 ** -scale);
  return [base ** (offset + i), base ** (offset + i + 1)];
}

test("classic buckets count what is at or below their bounds, to the width of a slot", () => {
  assertProperty(
    fc.property(fc.array(anyMicros), (samples) => {
      const histogram = merge(recordAll(samples));
      const counts = countsUpTo(histogram, timeBounds, perSecond);
      for (const [i, bound] of timeBounds.entries()) {
        const surely = samples.filter((micros) => micros <= bound * perSecond * (1 - perSlot)).length;
        const perhaps = samples.filter((micros) => micros <= bound * perSecond * (1 + perSlot)).length;
        assert.ok(surely <= (counts[i] ?? -1) && (counts[i] ?? -1) <= perhaps, `${bound}: ${counts[i]}`);
      }
    }),
  );
});

test("the bounds ascend", () => {
  for (const bounds of [timeBounds, valueBounds]) {
    assert.deepEqual(
      bounds,
      [...new Set(bounds)].sort((a, b) => a - b),
    );
  }
});

test("an exponential histogram holds each sample in the bucket around it, and has at most 160 of them", () => {
  assertProperty(
    fc.property(fc.array(anyMicros, { maxLength: 300 }), fc.constantFrom(1_000, perSecond), (samples, perUnit) => {
      const made = exponentialBuckets(merge(recordAll(samples)), perUnit);
      assert.equal(made.zeroCount, samples.filter((micros) => micros === 0).length);
      assert.equal(
        made.counts.reduce((sum, count) => sum + count, 0),
        samples.length - made.zeroCount,
      );
      assert.ok(made.counts.length <= 160);
      assert.ok(made.scale <= 7, String(made.scale));
      // At the next scale they would not fit, unless the buckets were narrower than the slots.
      const [first = 0, last = 0] = [made.counts.findIndex((count) => count > 0), made.counts.length - 1];
      assert.ok(made.scale === 7 || 2 * (last - first + 1) >= 160, `${made.counts.length} at ${made.scale}`);
      for (const [i, count] of made.counts.entries()) {
        const [low, high] = edgesOf(made, i);
        const inside = samples
          .map((micros) => Math.min(micros, highestTrackableMicros) / perUnit)
          .filter((value) => value > low * (1 - perSlot) && value <= high * (1 + perSlot)).length;
        assert.ok(count <= inside, `bucket ${i} has ${count} of ${inside}`);
      }
    }),
  );
});

test("the scale follows from how far the samples lie apart: the base and its error are as documented", () => {
  const scaleOf = (...ms: number[]) =>
    exponentialBuckets(merge(recordAll(ms.map((one) => one * 1_000))), perSecond).scale;
  assert.equal(scaleOf(10, 20), 7);
  assert.equal(scaleOf(10, 300), 5);
  assert.equal(scaleOf(10, 9_000), 4);
  assert.equal(scaleOf(1, 60_000), 3);
});

test("an empty histogram has no buckets", () => {
  assert.deepEqual(exponentialBuckets(merge(recordAll([])), perSecond), {
    scale: 7,
    zeroCount: 0,
    offset: 0,
    counts: [],
  });
  assert.deepEqual(countsUpTo(merge(recordAll([])), [1, 2], perSecond), [0, 0]);
});
