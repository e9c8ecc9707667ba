import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { normalCdf } from "../../../src/analysis/statistics/normal-distribution.ts";
import { studentQuantile, studentUpperTail } from "../../../src/analysis/statistics/student-distribution.ts";
import { assertProperty } from "../../support/property.ts";

test("the quantiles of Student's table", () => {
  // Abramowitz and Stegun, table 26.10.
  const table: [degrees: number, p: number, t: number][] = [
    [1, 0.75, 1.0],
    [1, 0.995, 63.657],
    [2, 0.95, 2.92],
    [3, 0.995, 5.841],
    [4, 0.975, 2.776],
    [9, 0.995, 3.25],
    [19, 0.975, 2.093],
    [19, 0.9995, 3.883],
    [30, 0.9, 1.31],
    [120, 0.99, 2.358],
  ];
  for (const [degrees, p, t] of table) {
    assert.ok(Math.abs(studentQuantile(p, degrees) - t) < 6e-4, `${degrees} degrees, ${p}`);
  }
});

test("the distribution is symmetric, and quantiles invert the tail", () => {
  assertProperty(
    fc.property(fc.double({ min: 0, max: 20, noNaN: true }), fc.integer({ min: 1, max: 200 }), (t, degrees) => {
      const tail = studentUpperTail(t, degrees);
      assert.ok(Math.abs(tail + studentUpperTail(-t, degrees) - 1) < 1e-12);
      if (tail > 1e-9) assert.ok(Math.abs(studentQuantile(1 - tail, degrees) - t) < 1e-4 * (1 + t));
    }),
  );
});

test("with many degrees it is the normal distribution; one degree is Cauchy's", () => {
  for (const t of [0.5, 1, 2, 3]) {
    assert.ok(Math.abs(studentUpperTail(t, 100_000) - normalCdf(-t)) < 1e-5);
    assert.ok(Math.abs(studentUpperTail(t, 1) - (0.5 - Math.atan(t) / Math.PI)) < 1e-12);
  }
});

test("impossible degrees and probabilities are refused", () => {
  assert.throws(() => studentUpperTail(1, 0), RangeError);
  assert.throws(() => studentUpperTail(1, 1.5), RangeError);
  assert.throws(() => studentQuantile(0.4, 3), RangeError);
  assert.throws(() => studentQuantile(1, 3), RangeError);
});
