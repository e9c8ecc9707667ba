import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { ConfigurationError } from "../../../src/core/errors.ts";
import { ClassSequence, type ClassShare } from "../../../src/core/population/class-sequence.ts";
import { assertProperty } from "../../support/property.ts";

const weighted = (...weights: number[]): ClassShare[] => weights.map((weight) => ({ weight }));

/** The largest distance of a class from its exact share in any prefix of `length` elements, after `skipped` ones. */
function largestError(sequence: ClassSequence, weights: readonly number[], length: number, skipped = 0): number {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const counts = weights.map(() => 0);
  let largest = 0;
  for (let served = 1; served <= length; served++) {
    const userClass = sequence.classOf(skipped + served - 1);
    counts[userClass] = (counts[userClass] ?? Number.NaN) + 1;
    for (const [index, weight] of weights.entries()) {
      largest = Math.max(largest, Math.abs((counts[index] as number) - (served * weight) / total));
    }
  }
  return largest;
}

test("numbers that must hold", () => {
  const cases: [ClassShare[], number, number[]][] = [
    [weighted(1, 2), 75, [25, 50]],
    [weighted(0.8, 1), 18, [8, 10]],
    [weighted(10, 1, 0), 110, [100, 10, 0]],
    [[{ weight: 1, fixedCount: 100 }, ...weighted(1, 1)], 1_000, [100, 450, 450]],
    [[{ weight: 0, fixedCount: 9 }, { weight: 7, fixedCount: 1 }, ...weighted(5, 3, 2)], 20, [9, 1, 5, 3, 2]],
    [weighted(1e308, 1e308, 1e308), 9, [3, 3, 3]],
    [weighted(5e-324, 1e-323), 9, [3, 6]],
    [weighted(3), 5, [5]],
  ];
  for (const [shares, length, counts] of cases) assert.deepEqual(new ClassSequence(shares).counts(length), counts);
});

test("fixed counts come first and end there when nothing is weighted", () => {
  const sequence = new ClassSequence([{ weight: 1, fixedCount: 2 }, { weight: 0 }, { weight: 0, fixedCount: 4 }]);
  assert.equal(sequence.limit, 6);
  assert.deepEqual(sequence.counts(6), [2, 0, 4]);
  assert.throws(() => sequence.classOf(6), RangeError);
  assert.throws(() => sequence.counts(7), RangeError);
  assert.equal(new ClassSequence(weighted(1)).limit, Number.POSITIVE_INFINITY);
});

test("an index that is not a whole number is refused", () => {
  const sequence = new ClassSequence(weighted(1, 2));
  sequence.classOf(10);
  for (const bad of [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY]) {
    assert.throws(() => sequence.classOf(bad), RangeError);
  }
});

test("shares that are all zero or not valid are refused", () => {
  const bad = [[], weighted(0), weighted(-1, 2), weighted(Number.NaN), weighted(Number.POSITIVE_INFINITY)];
  for (const shares of [...bad, [{ weight: 1, fixedCount: 0 }], [{ weight: 1, fixedCount: 1.5 }]]) {
    assert.throws(() => new ClassSequence(shares), ConfigurationError);
  }
});

test("100,000 virtual users of 50 classes stay within 1 of their shares", () => {
  const weights = Array.from({ length: 50 }, (_, index) => 0.1 + index * 0.37);
  assert.ok(largestError(new ClassSequence(weighted(...weights)), weights, 100_000) < 1);
});

const anyWeight = fc.oneof(
  fc.nat({ max: 10 }),
  fc.nat({ max: 1_000 }).map((tenths) => tenths / 10),
  fc.double({ min: 1e-6, max: 1e6, noNaN: true }),
);

test("property: every prefix is within 1 of the exact shares", () => {
  const weights = fc
    .array(anyWeight, { minLength: 1, maxLength: 12 })
    .filter((list) => list.some((weight) => weight > 0));
  assertProperty(
    fc.property(weights, fc.integer({ min: 1, max: 300 }), (list, length) => {
      assert.ok(largestError(new ClassSequence(weighted(...list)), list, length) < 1);
    }),
  );
});

test("property: fixed counts are exact, never exceeded, and leave the weighted part as it would be alone", () => {
  const fixedCounts = fc.array(fc.nat({ max: 20 }), { minLength: 1, maxLength: 4 });
  const weights = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 4 });
  assertProperty(
    fc.property(fixedCounts, weights, fc.nat({ max: 100 }), (fixed, list, length) => {
      const shares = [...fixed.map((fixedCount) => ({ weight: 3, fixedCount })), ...weighted(...list)];
      const sequence = new ClassSequence(shares);
      const fixedTotal = fixed.reduce((sum, count) => sum + count, 0);
      assert.deepEqual(sequence.counts(fixedTotal).slice(0, fixed.length), fixed);
      const alone = new ClassSequence(weighted(...list)).counts(length);
      assert.deepEqual(sequence.counts(fixedTotal + length), [...fixed, ...alone]);
    }),
  );
});

test("property: the order of the calls does not matter", () => {
  assertProperty(
    fc.property(fc.array(fc.nat({ max: 500 }), { minLength: 1, maxLength: 10 }), (indexes) => {
      const sequence = new ClassSequence(weighted(3, 2.5, 1));
      for (const index of indexes) {
        assert.equal(sequence.classOf(index), new ClassSequence(weighted(3, 2.5, 1)).classOf(index));
      }
    }),
  );
});
