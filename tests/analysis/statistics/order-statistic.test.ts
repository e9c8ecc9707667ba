import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { median, robustDeviation } from "../../../src/analysis/statistics/median.ts";
import { orderStatistic } from "../../../src/analysis/statistics/order-statistic.ts";
import { assertProperty } from "../../support/property.ts";

const numbers = fc.array(
  fc.oneof(fc.integer({ min: -3, max: 3 }), fc.double({ noNaN: true, noDefaultInfinity: true })),
  {
    minLength: 1,
    maxLength: 60,
  },
);

test("property: each rank is that of the sorted values", () => {
  assertProperty(
    fc.property(numbers, (values) => {
      const sorted = Float64Array.from(values).sort();
      for (let rank = 1; rank <= values.length; rank++) {
        assert.equal(orderStatistic(Float64Array.from(values), rank) + 0, (sorted[rank - 1] as number) + 0);
      }
    }),
  );
});

test("sorted, falling and equal values take no longer than others", () => {
  const length = 400_000;
  const value = { rising: (i: number) => i, falling: (i: number) => length - i, equal: () => 7 };
  for (const make of Object.values(value)) {
    const values = Float64Array.from({ length }, (_, i) => make(i));
    const expected = Float64Array.from(values).sort()[99_999];
    assert.equal(orderStatistic(values, 100_000), expected); // quadratic time would be minutes
  }
});

test("a rank that does not exist is refused", () => {
  for (const rank of [0, 4, Number.NaN])
    assert.throws(() => orderStatistic(Float64Array.of(1, 2, 3), rank), RangeError);
});

test("property: the median splits the values in halves, and leaves them as they were", () => {
  assertProperty(
    fc.property(numbers, (values) => {
      const before = [...values];
      const middle = median(values);
      assert.ok(values.filter((value) => value < middle).length <= values.length / 2);
      assert.ok(values.filter((value) => value > middle).length <= values.length / 2);
      assert.deepEqual(values, before);
    }),
  );
  assert.equal(median([1, 2, 3, 10]), 2.5);
  assert.equal(median([Number.MAX_VALUE, Number.MAX_VALUE]), Number.MAX_VALUE, "no overflow");
  assert.ok(Number.isNaN(median([])));
});

// Analytical Methods Committee, "Robust statistics: how not to reject outliers", Analyst 114 (1989): copper in flour, also the
// data set `chem` of the R package MASS, where mad(chem) = 0.526.
const copper = [
  2.9, 3.1, 3.4, 3.4, 3.7, 3.7, 2.8, 2.5, 2.4, 2.4, 2.7, 2.2, 5.28, 3.37, 3.03, 3.03, 28.95, 3.77, 3.4, 2.2, 3.5, 3.6,
  3.7, 3.7,
];

test("the robust deviation of a published example, which one outlier does not affect", () => {
  assert.ok(Math.abs(median(copper) - 3.385) < 1e-9);
  assert.ok(Math.abs(robustDeviation(copper) - 0.5263236) < 1e-6);
  assert.equal(robustDeviation([5, 5, 5, 900]), 0);
});
