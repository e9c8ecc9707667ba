import assert from "node:assert/strict";
import { test } from "node:test";
import { autocorrelation, hamedRaoFactor } from "../../../src/analysis/statistics/serial-correlation.ts";
import { Random } from "../../../src/core/random.ts";
import { autoregressive } from "../synthetic-noise.ts";

test("autocorrelation by its definition", () => {
  // Mean 2, deviations -2 0 1 1: products at lag 1 are 0, 0, 1; squares add up to 6.
  assert.equal(autocorrelation([0, 2, 3, 3], 1), 1 / 6);
  assert.equal(autocorrelation([0, 2, 3, 3], 3), -2 / 6);
  assert.equal(autocorrelation([5, 5, 5], 1), 0);
});

test("the variance is unchanged for independent values and larger for correlated ones", () => {
  const independent = autoregressive(new Random(1, 0), 2_000, 0);
  assert.equal(hamedRaoFactor(independent), 1);
  // With the correlations 0.6, 0.36, 0.216 of a first-order process: 1 + 2 * 1.176, ranks being a little less correlated.
  const correlated = autoregressive(new Random(1, 1), 20_000, 0.6);
  assert.ok(Math.abs(hamedRaoFactor(correlated) - 3.35) < 0.2);
  assert.ok(hamedRaoFactor(autoregressive(new Random(1, 2), 2_000, -0.6)) < 0.6);
  assert.equal(hamedRaoFactor([1, 2, 3]), 1);
});
