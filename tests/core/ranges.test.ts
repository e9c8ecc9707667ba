import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { fromRanges, packRanges, toRanges, unpackRanges } from "../../src/core/ranges.ts";
import { assertProperty } from "../support/property.ts";

const anySorted = fc
  .uniqueArray(fc.oneof(fc.nat({ max: 60 }), fc.nat()), { maxLength: 60 })
  .map((values) => values.sort((one, other) => one - other));

test("consecutive numbers become ranges", () => {
  assert.deepEqual(toRanges([]), []);
  assert.deepEqual(toRanges([0, 1, 2, 5, 46]), [
    [0, 3],
    [5, 6],
    [46, 47],
  ]);
  assert.equal(packRanges(toRanges([0, 1, 2, 5, 46])), "0:3,2,14");
});

test("numbers out of order, repeated, negative or broken are refused", () => {
  for (const bad of [[2, 1], [1, 1], [-1], [0.5], [Number.NaN]]) assert.throws(() => toRanges(bad), RangeError);
});

test("a text that is not packed ranges is refused", () => {
  for (const bad of [",", "1,,2", "1:0", "x:y:z", "-1", "1 2", "A", "zzzzzzzzzzz,zzzzzzzzzzz"]) {
    assert.throws(() => unpackRanges(bad), RangeError, bad);
  }
});

test("property: ranges and their packed form give back the numbers", () => {
  assertProperty(
    fc.property(anySorted, (values) => {
      const ranges = toRanges(values);
      assert.deepEqual(fromRanges(ranges), values);
      assert.deepEqual(unpackRanges(packRanges(ranges)), ranges);
      for (const [position, [first, end]] of ranges.entries()) {
        assert.ok(first < end && first > (ranges[position - 1]?.[1] ?? -1), "ranges are as long as possible");
      }
    }),
  );
});

test("property: any text is unpacked to ascending ranges or refused", () => {
  assertProperty(
    fc.property(fc.array(fc.constantFrom("0", "1", "z", ":", ",", "-"), { maxLength: 12 }), (characters) => {
      try {
        const numbers = unpackRanges(characters.join("")).flat();
        assert.deepEqual(
          numbers,
          [...numbers].sort((one, other) => one - other),
        );
      } catch (error) {
        assert.ok(error instanceof RangeError);
      }
    }),
  );
});
