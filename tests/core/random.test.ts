import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Random } from "../../src/core/random.ts";
import { assertProperty } from "../support/property.ts";

/** Pearson's chi-square of equally likely cells. */
function chiSquare(counts: readonly number[]): number {
  const expected = counts.reduce((sum, count) => sum + count, 0) / counts.length;
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

// With 99 degrees of freedom a fair generator exceeds 148.2 once in 1,000 tries; the seeds here are fixed.
const bound99 = 148.2;

test("draws are uniform", () => {
  const random = new Random(7, 0);
  const cells = new Array<number>(100).fill(0);
  for (let draw = 0; draw < 200_000; draw++) {
    const cell = Math.floor(random.next() * 100);
    cells[cell] = (cells[cell] as number) + 1;
  }
  assert.ok(chiSquare(cells) < bound99);
});

test("whole numbers below a bound are uniform", () => {
  const random = new Random(8, 3);
  const cells = new Array<number>(100).fill(0);
  for (let draw = 0; draw < 200_000; draw++) {
    const cell = random.integerBelow(100);
    cells[cell] = (cells[cell] as number) + 1;
  }
  assert.ok(chiSquare(cells) < bound99);
});

test("the first draws of neighbouring streams, and of neighbouring seeds, are uniform and independent", () => {
  for (const make of [(at: number) => new Random(7, at), (at: number) => new Random(at, 7)]) {
    const pairs = new Array<number>(100).fill(0);
    let previous = make(0).integerBelow(10);
    for (let at = 1; at < 200_000; at++) {
      const drawn = make(at).integerBelow(10);
      pairs[previous * 10 + drawn] = (pairs[previous * 10 + drawn] as number) + 1;
      previous = drawn;
    }
    assert.ok(chiSquare(pairs) < bound99);
  }
});

test("two streams in step are uncorrelated", () => {
  const [one, other] = [new Random(1, 1), new Random(1, 2)];
  const draws = 100_000;
  let sum = 0;
  for (let draw = 0; draw < draws; draw++) sum += (one.next() - 0.5) * (other.next() - 0.5);
  // The sum has the standard deviation sqrt(draws) / 12.
  assert.ok(Math.abs(sum) < (4 * Math.sqrt(draws)) / 12);
});

test("bounds, seeds and streams out of range are refused", () => {
  for (const bound of [0, -1, 1.5, 2 ** 32 + 1, Number.NaN]) {
    assert.throws(() => new Random(1, 1).integerBelow(bound), RangeError);
  }
  for (const bad of [0.5, Number.NaN, 2 ** 53]) assert.throws(() => new Random(bad, 0), RangeError);
  for (const bad of [-1, 0.5, 2 ** 32]) assert.throws(() => new Random(0, bad), RangeError);
});

test("property: seed and stream decide the sequence, and each of them matters", () => {
  const seeds = fc.maxSafeInteger();
  const streams = fc.nat({ max: 2 ** 32 - 1 });
  const draws = (seed: number, stream: number) => {
    const random = new Random(seed, stream);
    return Array.from({ length: 4 }, () => random.next());
  };
  assertProperty(
    fc.property(seeds, streams, seeds, streams, (seed, stream, otherSeed, otherStream) => {
      assert.deepEqual(draws(seed, stream), draws(seed, stream));
      if (seed !== otherSeed) assert.notDeepEqual(draws(seed, stream), draws(otherSeed, stream));
      if (stream !== otherStream) assert.notDeepEqual(draws(seed, stream), draws(seed, otherStream));
    }),
  );
});

test("property: draws stay in range", () => {
  const bounds = fc.oneof(fc.integer({ min: 1, max: 100 }), fc.integer({ min: 1, max: 2 ** 32 }));
  assertProperty(
    fc.property(fc.maxSafeInteger(), bounds, (seed, bound) => {
      const random = new Random(seed, 0);
      for (let draw = 0; draw < 20; draw++) {
        const fraction = random.next();
        assert.ok(fraction >= 0 && fraction < 1);
        const whole = random.integerBelow(bound);
        assert.ok(Number.isInteger(whole) && whole >= 0 && whole < bound);
      }
    }),
  );
});
