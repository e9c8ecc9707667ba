import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { rowAt } from "../../src/core/row-order.ts";
import { assertProperty } from "../support/property.ts";

const rows = (order: "listed" | "shuffled" | "random", count: number, seed: number, from = 0) =>
  Array.from({ length: count }, (_, position) => rowAt(order, from + position, count, seed));

test("shuffled rows are all rows once, in each pass, and in the same order with the same seed", () => {
  const seeds = fc.integer({ min: -(2 ** 53) + 1, max: 2 ** 53 - 1 });
  assertProperty(
    fc.property(fc.integer({ min: 1, max: 300 }), seeds, fc.nat(3), (count, seed, pass) => {
      const all = Array.from({ length: count }, (_, row) => row);
      const shuffled = rows("shuffled", count, seed, pass * count);
      assert.deepEqual(
        shuffled.toSorted((a, b) => a - b),
        all,
      );
      assert.deepEqual(rows("shuffled", count, seed, pass * count), shuffled);
      assert.deepEqual(rows("listed", count, seed, pass * count), all);
    }),
  );
});

test("another pass and another seed shuffle otherwise", () => {
  const first = rows("shuffled", 100, 1);
  assert.notDeepEqual(first, rows("shuffled", 100, 1, 100));
  assert.notDeepEqual(first, rows("shuffled", 100, 2));
});

test("each row is equally likely at each place of a shuffle, and in each random draw", () => {
  const [count, trials] = [10, 20_000];
  for (const order of ["shuffled", "random"] as const) {
    const seen = new Array<number>(count * count).fill(0);
    for (let seed = 0; seed < trials; seed++) {
      for (const [place, row] of rows(order, count, seed).entries()) {
        const cell = place * count + row;
        seen[cell] = (seen[cell] ?? 0) + 1;
      }
    }
    const expected = trials / count;
    // Chi-squared with 81 (shuffled) and 90 (random) degrees of freedom; 150 is exceeded once in 10,000 times.
    const squares = seen.reduce((sum, found) => sum + (found - expected) ** 2 / expected, 0);
    assert.ok(squares < 150, `${order}: ${squares}`);
  }
});

test("a shuffle of many rows has no row near its place by more than chance", () => {
  const count = 100_000;
  const shuffled = rows("shuffled", count, 7);
  assert.equal(new Set(shuffled).size, count);
  const near = shuffled.filter((row, place) => Math.abs(row - place) < 100).length;
  assert.ok(near > 120 && near < 280, `${near} of 200 expected`);
});
