import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { bytes, count, milliseconds, percent, perSecondText } from "../../src/report/numbers.ts";
import { assertProperty } from "../support/property.ts";

const examples: readonly (readonly [shown: string, expected: string])[] = [
  [count(0), "0"],
  [count(1_204), "1,204"],
  [count(12_345_678), "12,345,678"],
  [milliseconds(0), "0.00"],
  [milliseconds(0.41), "0.41"],
  [milliseconds(4.067), "4.07"],
  [milliseconds(9.994), "9.99"],
  [milliseconds(9.996), "10.0"],
  [milliseconds(14.84), "14.8"],
  [milliseconds(99.94), "99.9"],
  [milliseconds(99.96), "100"],
  [milliseconds(148.4), "148"],
  [milliseconds(12_300), "12,300"],
  [perSecondText(0), "0.0"],
  [perSecondText(0.2), "0.2"],
  [perSecondText(12.34), "12.3"],
  [perSecondText(99.96), "100"],
  [perSecondText(1_204.4), "1,204"],
  [percent(0), "0 %"],
  [percent(0.000_01), "< 0.01 %"],
  [percent(0.0002), "0.02 %"],
  [percent(0.125), "12.5 %"],
  [percent(1), "100.0 %"],
  [percent(0.9997), "> 99.9 %"],
  [bytes(0), "0 B"],
  [bytes(999), "999 B"],
  [bytes(1_000), "1.0 kB"],
  [bytes(1_234_567), "1.2 MB"],
  [bytes(12_340_000_000), "12.34 GB"],
];

for (const [position, [shown, expected]] of examples.entries()) {
  test(`example ${position + 1}: ${expected}`, () => assert.equal(shown, expected));
}

const numberIn = (text: string) => Number(text.replaceAll(",", "").replace(/^< /, "").split(" ")[0]);
const anyPositive = fc.double({ min: 0, max: 1e9, noNaN: true });

test("a larger value never looks smaller, and what is shown is within 1 % or half the last digit", () => {
  for (const show of [milliseconds, perSecondText]) {
    assertProperty(
      fc.property(anyPositive, anyPositive, (a, b) => {
        const [smaller, larger] = a < b ? [a, b] : [b, a];
        assert.ok(numberIn(show(smaller)) <= numberIn(show(larger)));
        assert.ok(Math.abs(numberIn(show(a)) - a) <= Math.max(a * 0.01, 0.051));
      }),
    );
  }
});

test("a share of something is never shown as none", () => {
  assertProperty(
    fc.property(fc.double({ min: Number.MIN_VALUE, max: 1, noNaN: true }), (share) => {
      assert.notEqual(percent(share), "0 %");
      assert.doesNotMatch(percent(share), /^0\.00? /);
    }),
  );
});

test("a size never has four digits before the point when a larger unit would do", () => {
  assertProperty(
    fc.property(fc.integer({ min: 0, max: 999_000_000_000 }), (size) => assert.ok(numberIn(bytes(size)) < 1_000)),
    { examples: [[999_999], [999_949], [999_999_999]] },
  );
});
