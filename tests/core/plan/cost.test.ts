import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { affordableRequests, amountText, costOfRequests } from "../../../src/core/plan/cost.ts";
import { assertProperty } from "../../support/property.ts";

test("a budget allows requests to the request, whatever floating point says", () => {
  assert.equal(affordableRequests({ perRequest: 0.1, max: 0.3 }), 3);
  assert.equal(affordableRequests({ perRequest: 0.0000035, max: 5 }), 1_428_571);
  assert.equal(affordableRequests({ perRequest: 0.0000035, max: 0.0000034 }), 0);
  assert.equal(affordableRequests({ perRequest: 1e-300, max: 1e300 }), Number.MAX_SAFE_INTEGER);
});

test("what is allowed costs no more than the budget, and one more does", () => {
  const cents = fc.integer({ min: 1, max: 1_000_000 });
  assertProperty(
    fc.property(cents, cents, fc.integer({ min: 0, max: 8 }), (price, budget, decimals) => {
      const cost = { perRequest: Number(`${price}e-${decimals}`), max: Number(`${budget}e-${decimals}`) };
      assert.equal(affordableRequests(cost), Math.floor(budget / price));
    }),
  );
});

test("amounts are written without exponents, and sums without the noise of floating point", () => {
  assert.equal(amountText(0.0000035, "USD"), "0.0000035 USD");
  assert.equal(amountText(3.5e-9, null), "0.0000000035");
  assert.equal(amountText(5, "USD"), "5 USD");
  assert.equal(amountText(1e21, null), "1000000000000000000000");
  assert.equal(amountText(12.5, null), "12.5");
  assert.equal(amountText(0, null), "0");
  assert.equal(costOfRequests(3, { perRequest: 0.1 }), 0.3);
  assert.equal(costOfRequests(917_142, { perRequest: 0.0000035 }), 3.209997);
});
