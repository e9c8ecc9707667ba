import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { holm } from "../../../src/analysis/statistics/holm.ts";
import { assertProperty } from "../../support/property.ts";

function assertEach(actual: readonly number[], expected: readonly number[]): void {
  assert.equal(actual.length, expected.length);
  for (const [i, value] of expected.entries()) assert.ok(Math.abs((actual[i] as number) - value) < 1e-12, `${actual}`);
}

test("examples, in the order given", () => {
  // R: p.adjust(c(0.01, 0.04, 0.03, 0.005), "holm"), also the example of Wikipedia's article on the method.
  assertEach(holm([0.01, 0.04, 0.03, 0.005]), [0.03, 0.06, 0.06, 0.02]);
  assertEach(holm([0.5, 0.9]), [1, 1]);
  assertEach(holm([]), []);
});

test("property: rejects what stepping down through the sorted values rejects", () => {
  assertProperty(
    fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 }), (pValues) => {
      const corrected = holm(pValues);
      const order = pValues.map((_, i) => i).sort((a, b) => (pValues[a] as number) - (pValues[b] as number));
      let rejecting = true;
      for (const [step, i] of order.entries()) {
        // As in Holm's paper, except for the side of the factor.
        rejecting &&= (pValues[i] as number) * (pValues.length - step) < 0.05;
        assert.equal((corrected[i] as number) < 0.05, rejecting);
      }
    }),
  );
});
