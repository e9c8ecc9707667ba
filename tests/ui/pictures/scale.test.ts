import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { linearScale, positiveScale, timeScale } from "../../../src/ui/pictures/scale.ts";
import { assertProperty } from "../../support/property.ts";

test("ticks are round numbers within the scale, few enough to be read", () => {
  assert.deepEqual(linearScale(0, 410).ticks, [0, 100, 200, 300, 400]);
  assert.deepEqual(linearScale(0, 0.033, 3).ticks, [0, 0.02]);
  assert.deepEqual(timeScale(0, 300_000).ticks, [0, 60_000, 120_000, 180_000, 240_000, 300_000]);
  assert.deepEqual(positiveScale([41, 2_900]).ticks, [100, 300, 1_000, 3_000]);
});

test("values that differ by little are drawn from zero, others on a logarithmic scale", () => {
  assert.ok(!positiveScale([40, 900]).isLogarithmic);
  assert.equal(positiveScale([40, 900]).share(0), 0);
  assert.ok(positiveScale([40, 2_000]).isLogarithmic);
  assert.deepEqual(positiveScale([]).ticks, linearScale(0, 1, 4).ticks);
});

test("a scale keeps the order of values and stays within the axis", () => {
  const positive = fc.double({ min: 1e-3, max: 1e6, noNaN: true });
  assertProperty(
    fc.property(fc.array(positive, { minLength: 2, maxLength: 20 }), (values) => {
      const sorted = values.toSorted((a, b) => a - b);
      for (const scale of [positiveScale(values), linearScale(0, Math.max(...values)), timeScale(0, 1e6)]) {
        const shares = sorted.map(scale.share);
        assert.ok(shares.every((share, position) => share >= (shares[position - 1] ?? 0) && share <= 1));
        assert.ok(scale.ticks.length <= 12, String(scale.ticks));
      }
    }),
  );
});
