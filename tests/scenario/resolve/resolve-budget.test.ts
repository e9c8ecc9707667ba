import assert from "node:assert/strict";
import { test } from "node:test";
import { resolveCost, resolveMaxDuration } from "../../../src/scenario/resolve/resolve-budget.ts";

const ofTest = { perRequest: 0.01, max: 5, currency: "USD" };

test("flags override the budget of the test, each its part", () => {
  assert.equal(resolveCost(undefined, {}), null);
  assert.deepEqual(resolveCost(ofTest, {}), ofTest);
  assert.deepEqual(resolveCost(ofTest, { maxCost: 1 }), { ...ofTest, max: 1 });
  assert.deepEqual(resolveCost(undefined, { costPerRequest: 2, maxCost: 4 }), {
    perRequest: 2,
    max: 4,
    currency: null,
  });
});

test("a part of a budget, and one that allows no request, are refused", () => {
  assert.throws(
    () => resolveCost(undefined, { maxCost: 1 }),
    /^ConfigurationError: --max-cost: give --cost-per-request/,
  );
  assert.throws(
    () => resolveCost(undefined, { costPerRequest: 1 }),
    /^ConfigurationError: --cost-per-request: give --max-cost/,
  );
  assert.throws(
    () => resolveCost(ofTest, { maxCost: 0.001 }),
    /budget of 0.001 USD does not allow one request, which costs 0.01 USD/,
  );
});

test("the longest load is that of the flag or of the test", () => {
  assert.equal(resolveMaxDuration(undefined, undefined), null);
  assert.equal(resolveMaxDuration("30m", undefined), 1_800_000);
  assert.equal(resolveMaxDuration("30m", 1_000), 1_000);
  assert.throws(() => resolveMaxDuration("0s", undefined), /maxDuration must be longer than 0s/);
});
