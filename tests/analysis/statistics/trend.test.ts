import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { kendallScore, kendallVariance, standardScore } from "../../../src/analysis/statistics/mann-kendall.ts";
import { ranksOf } from "../../../src/analysis/statistics/ranks.ts";
import type { SeriesPoint } from "../../../src/analysis/statistics/series-point.ts";
import { pairwiseSlopes, slopeInterval, theilSenSlope } from "../../../src/analysis/statistics/theil-sen.ts";
import { trendOf } from "../../../src/analysis/statistics/trend.ts";
import { assertProperty } from "../../support/property.ts";
import { rainfallMm } from "./rainfall.ts";

const seriesOf = (values: readonly number[]): SeriesPoint[] => values.map((value, at) => ({ at, value }));

// The example of Sen (1968). His interval has a mistake in one slope; 26/7 to 35/8 is what the slopes give (as in the R
// package deming).
const sen = [
  [1, 9],
  [2, 15],
  [3, 19],
  [4, 20],
  [10, 45],
  [12, 55],
  [18, 78],
].map(([at, value]) => ({ at, value }) as SeriesPoint);

test("slope and interval of the example in Sen's paper", () => {
  assert.equal(theilSenSlope(sen), 4);
  const variance = kendallVariance(sen.map(({ value }) => value));
  const { low, high } = slopeInterval(pairwiseSlopes(sen), variance, 0.93);
  assert.deepEqual([low, high], [26 / 7, 35 / 8]);
});

test("the slope is affected neither by less than 29 % of outliers nor by unequal spacing", () => {
  const points = seriesOf(Array.from({ length: 40 }, (_, at) => 3 * at + 1)).filter(({ at }) => at % 7 !== 3);
  const wild = points.map((point, position) => (position % 4 === 0 ? { ...point, value: 1e6 } : point));
  assert.equal(theilSenSlope(points), 3);
  assert.ok(Math.abs(theilSenSlope(wild) - 3) < 3.01);
  assert.ok(Number.isNaN(theilSenSlope(points.slice(0, 1))));
});

// Counted by hand: of the 28 pairs 23 rise, 2 fall, 3 are equal (22, 30 and 40, twice each).
const tied = [10, 22, 21, 30, 22, 30, 40, 40];

test("score and variance with equal values", () => {
  assert.equal(kendallScore(tied), 23 - 2);
  assert.equal(kendallVariance(tied), (8 * 7 * 21 - 3 * (2 * 1 * 9)) / 18);
  assert.equal(kendallVariance([1, 1, 1]), 0);
  assert.equal(standardScore(0, 0), 0);
});

test("a published example with ties and serial correlation, corrected over three lags", () => {
  assert.equal(rainfallMm.length, 353);
  assert.equal(kendallScore(rainfallMm), -1959);
  assert.ok(Math.abs(kendallVariance(rainfallMm) - 4889800.333333333) < 1e-6);
  const trend = trendOf(
    rainfallMm.map((value, position) => ({ at: position + 1, value })),
    0.95,
  );
  assert.ok(trend !== undefined);
  assert.equal(trend.slope, -0.0064516129032258064);
  assert.ok(Math.abs(trend.varianceFactor * kendallVariance(rainfallMm) - 14226812.425138814) < 1e-6);
  assert.ok(Math.abs(trend.p - 0.603684460662274) < 1e-12);
});

test("property: score and variance are those of all permutations", () => {
  // The definition: over all orders of the values the score has mean 0 and this variance.
  assertProperty(
    fc.property(fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 3, maxLength: 6 }), (values) => {
      const scores = permutations(values).map(kendallScore);
      const mean = scores.reduce((sum, score) => sum + score, 0) / scores.length;
      const variance = scores.reduce((sum, score) => sum + score ** 2, 0) / scores.length;
      assert.ok(Math.abs(mean) < 1e-9);
      assert.ok(Math.abs(variance - kendallVariance(values)) < 1e-9);
    }),
  );
});

function permutations(values: readonly number[]): number[][] {
  if (values.length === 0) return [[]];
  return values.flatMap((value, at) => permutations(values.toSpliced(at, 1)).map((rest) => [value, ...rest]));
}

test("equal values share the mean of their ranks", () => {
  assert.deepEqual([...ranksOf([30, 10, 20, 20])], [4, 1, 2.5, 2.5]);
  assert.deepEqual([...ranksOf([])], []);
});

test("a trend needs four points; a rising one is found, and a level one is not", () => {
  assert.equal(trendOf(seriesOf([1, 2, 3]), 0.99), undefined);
  const rising = trendOf(seriesOf(Array.from({ length: 30 }, (_, at) => at + Math.sin(at * 2.4) * 4)), 0.99);
  assert.ok(rising !== undefined && rising.p < 1e-6 && rising.interval.low > 0.5 && rising.interval.high < 1.5);
  const level = trendOf(seriesOf(Array.from({ length: 30 }, (_, at) => Math.sin(at * 2.4) * 4)), 0.99);
  assert.ok(level !== undefined && level.p > 0.1 && level.interval.low < 0 && level.interval.high > 0);
  const constant = trendOf(seriesOf(new Array<number>(30).fill(5)), 0.99);
  assert.deepEqual([constant?.slope, constant?.p, constant?.interval], [0, 1, { low: 0, high: 0 }]);
});
