import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { decodeAndAdd, encodedSizeBound, encodeInto } from "../../../src/stats/histogram/codec.ts";
import { CumulativeHistogram } from "../../../src/stats/histogram/cumulative-histogram.ts";
import { highestSlot } from "../../../src/stats/histogram/layout.ts";
import { assertProperty } from "../../support/property.ts";
import { lognormalSamples } from "../lognormal-samples.ts";
import {
  anyMicros,
  contentOf,
  hiddenReference,
  merge,
  recordAll,
  referenceOf,
  reportedPercentiles,
  trackableMicros,
} from "./histogram-fixtures.ts";

test("merged histograms of four workers equal, bit for bit, one histogram of all samples", () => {
  const samples = lognormalSamples(40_000, 1);
  const workers = [0, 1, 2, 3].map((worker) => recordAll(samples.filter((_, i) => i % 4 === worker)));
  assert.deepEqual(contentOf(merge(...workers)), contentOf(merge(recordAll(samples))));
  assert.equal(merge(...workers).count, 40_000);
});

test("any split of any samples merges to one histogram of all, in any order", () => {
  assertProperty(
    fc.property(fc.array(fc.array(anyMicros), { maxLength: 6 }), (parts) => {
      const all = contentOf(merge(recordAll(parts.flat())));
      const histograms = parts.map((part) => recordAll(part));
      assert.deepEqual(contentOf(merge(...histograms)), all);
      assert.deepEqual(contentOf(merge(...histograms.toReversed())), all);
    }),
  );
});

test("merging merged histograms is commutative and does not change the sources", () => {
  assertProperty(
    fc.property(fc.array(anyMicros), fc.array(anyMicros), (left, right) => {
      const [a, b] = [merge(recordAll(left)), merge(recordAll(right))];
      assert.deepEqual(contentOf(merge(a, b)), contentOf(merge(b, a)));
      assert.deepEqual(contentOf(b), contentOf(merge(recordAll(right))));
    }),
  );
});

test("percentiles and standard deviation are those of hdr-histogram-js, below the exact maximum", () => {
  assertProperty(
    fc.property(fc.array(trackableMicros, { maxLength: 300 }), (samples) => {
      const histogram = merge(recordAll(samples));
      const reference = referenceOf(samples);
      for (const p of [0.001, 12.5, ...reportedPercentiles]) {
        const expected = Math.min(reference.getValueAtPercentile(p), Math.max(0, ...samples));
        assert.equal(histogram.percentileMicros(p), expected, `p${p}`);
      }
      assert.equal(histogram.stddevMicros, hiddenReference.stddevAround(reference, histogram.meanMicros));
    }),
    { factor: 0.4 },
  );
});

test("percentiles of a large sample are those of hdr-histogram-js", () => {
  const samples = lognormalSamples(100_000, 2);
  const reference = referenceOf(samples);
  const expected = reportedPercentiles.map((p) => Math.min(reference.getValueAtPercentile(p), Math.max(...samples)));
  assert.deepEqual(merge(recordAll(samples)).percentilesMicros(reportedPercentiles), expected);
});

test("percentiles come in the requested order; 0 and 100 are the exact ends, also above 1 hour", () => {
  const histogram = merge(recordAll([100_001, 200_002, 7_200_000_001]));
  assert.deepEqual(histogram.percentilesMicros([100, 0, 50, 100]), [7_200_000_001, 100_001, 200_063, 7_200_000_001]);
  assert.equal(new CumulativeHistogram().percentileMicros(99), 0);
});

test("a percentile outside 0..100 is refused", () => {
  for (const p of [-1, 100.1, Number.NaN]) {
    assert.throws(() => new CumulativeHistogram().percentileMicros(p), RangeError);
  }
});

test("the mean is the exact mean", () => {
  assert.equal(merge(recordAll([1_000_001, 3_000_002])).meanMicros, 2_000_001.5);
  assert.equal(new CumulativeHistogram().meanMicros, 0);
});

test("countAtOrBelow is right to the resolution of a slot, and exact at the ends", () => {
  assertProperty(
    fc.property(fc.array(anyMicros), anyMicros, (samples, limit) => {
      const found = merge(recordAll(samples)).countAtOrBelow(limit);
      assert.ok(found >= samples.filter((sample) => sample <= limit).length);
      // Everything above 1 hour shares the slot of 1 hour, which begins below it.
      if (limit < 3_590_000_000) assert.ok(found <= samples.filter((sample) => sample <= limit * 1.001).length);
      if (samples.every((sample) => sample > limit)) assert.equal(found, 0);
    }),
  );
  assert.equal(merge(recordAll([10, 20, 30])).countAtOrBelow(20.9), 2);
  assert.equal(merge(recordAll([10])).countAtOrBelow(Number.NaN), 0);
});

test("counts above 2^32 stay exact, and a count above 2^53 - 1 is refused", () => {
  const histogram = merge(recordAll([1, 50_000]));
  for (let doubling = 0; doubling < 51; doubling++) histogram.add(histogram);
  assert.equal(histogram.countAtSlot(1), 2 ** 51);
  assert.deepEqual(histogram.percentilesMicros([50, 51]), [1, 50_000]);
  const before = contentOf(histogram);
  assert.throws(() => histogram.add(merge(histogram)), RangeError);
  assert.deepEqual(contentOf(histogram), before);
});

test("a sum that JSON and the store cannot hold stays at the largest that they can, and can be read again", () => {
  const most = Number.MAX_SAFE_INTEGER;
  const longest = { count: 1, minMicros: most, maxMicros: most, sumMicros: most };
  const sum = new CumulativeHistogram();
  for (let time = 0; time < 3; time++) {
    sum.addSlots(Uint16Array.of(highestSlot), Float64Array.of(1), 0, 1, longest);
  }
  assert.deepEqual([sum.count, sum.sumMicros], [3, most]);
  const bytes = new Uint8Array(encodedSizeBound(sum));
  const { count, minMicros, maxMicros, sumMicros } = sum;
  const end = encodeInto(sum, bytes, 0);
  const again = new CumulativeHistogram();
  decodeAndAdd({ count, minMicros, maxMicros, sumMicros, bytes: bytes.subarray(0, end) }, again);
  assert.deepEqual([again.count, again.sumMicros], [3, most]);
});
