import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { quantileRanks } from "../../../src/analysis/statistics/binomial-ranks.ts";
import { percentileInterval } from "../../../src/analysis/statistics/percentile-interval.ts";
import { Random } from "../../../src/core/random.ts";
import { merge, recordAll } from "../../stats/histogram/histogram-fixtures.ts";
import { assertProperty } from "../../support/property.ts";
import { normal } from "../synthetic-noise.ts";

test("ranks as in printed tables for the median", () => {
  // W. J. Dixon and F. J. Massey, Introduction to Statistical Analysis, table A-25: confidence intervals for the median.
  const table: readonly (readonly [count: number, low: number])[] = [
    [6, 1],
    [10, 2],
    [20, 6],
    [50, 18],
  ];
  for (const [count, low] of table) {
    assert.deepEqual(quantileRanks(count, 0.5, 0.95), { low, high: count + 1 - low });
  }
  // Of 5 values none bounds the median with 95 %: all are above it once in 32 times.
  assert.deepEqual(quantileRanks(5, 0.5, 0.95), { low: 0, high: 6 });
});

/** P(at most `most` successes), exactly: whole numbers of thousandths. */
function binomialAtMost(trials: number, thousandths: number, most: number): number {
  let ways = 1n;
  let sum = 0n;
  for (let k = 0; k <= most; k++) {
    sum += ways * BigInt(thousandths) ** BigInt(k) * BigInt(1_000 - thousandths) ** BigInt(trials - k);
    ways = (ways * BigInt(trials - k)) / BigInt(k + 1);
  }
  return Number((sum * 10n ** 15n) / 1_000n ** BigInt(trials)) / 1e15;
}

test("property: the narrowest ranks that keep each side, by exact arithmetic", () => {
  assertProperty(
    fc.property(fc.integer({ min: 1, max: 120 }), fc.integer({ min: 1, max: 999 }), (count, thousandths) => {
      const { low, high } = quantileRanks(count, thousandths / 1_000, 0.95);
      const atMost = (most: number) => (most < 0 ? 0 : binomialAtMost(count, thousandths, most));
      assert.ok(atMost(low - 1) <= 0.025 + 1e-9 && (low === count || atMost(low) > 0.025 - 1e-9));
      assert.ok(high === count + 1 || atMost(high - 1) >= 0.975 - 1e-9);
      assert.ok(high === 1 || atMost(high - 2) < 0.975 + 1e-9);
    }),
  );
});

test("the approximation for large counts has no discontinuity", () => {
  // The variance of 1,000,000 lies at 20,202,020 for the 95th percentile.
  const below = quantileRanks(21_000_000, 0.95, 0.95);
  const above = quantileRanks(21_060_000, 0.95, 0.95);
  assert.ok(Math.abs(above.low - below.low - 57_000) < 5 && Math.abs(above.high - below.high - 57_000) < 5);
});

test("the interval holds the true percentile in 95 % of samples or more", () => {
  const trueP95 = 100_000 * Math.exp(0.5 * 1.6448536269514722);
  let held = 0;
  for (let sample = 0; sample < 400; sample++) {
    const random = new Random(11, sample);
    const micros = Array.from({ length: 300 }, () => Math.round(100_000 * Math.exp(0.5 * normal(random))));
    const interval = percentileInterval(merge(recordAll(micros)), 95);
    assert.ok(interval !== undefined && interval.low <= interval.high);
    if (interval.low <= trueP95 && trueP95 <= interval.high) held++;
  }
  assert.ok(held >= 375, `${held} of 400`);
});

test("too few samples bound a percentile on one side only, and no samples on none", () => {
  const few = merge(recordAll([100, 200, 300]));
  assert.equal(percentileInterval(few, 99)?.high, Number.POSITIVE_INFINITY);
  assert.deepEqual(percentileInterval(few, 100), { low: 300, high: Number.POSITIVE_INFINITY });
  assert.deepEqual(percentileInterval(few, 0), { low: 0, high: 100 });
  assert.equal(percentileInterval(merge(recordAll([])), 95), undefined);
});
