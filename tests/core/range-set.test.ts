import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { RangeSet } from "../../src/core/range-set.ts";
import { fromRanges, type NumberRange, toRanges } from "../../src/core/ranges.ts";
import { assertProperty } from "../support/property.ts";

const range = fc.tuple(fc.nat(40), fc.nat(12)).map(([first, length]): NumberRange => [first, first + length]);
const step = fc.oneof(
  range.map((given) => ({ kind: "add", given }) as const),
  range.map((given) => ({ kind: "remove", given }) as const),
  fc.nat(9).map((count) => ({ kind: "take", count }) as const),
);

type Step =
  | { readonly kind: "add"; readonly given: NumberRange }
  | { readonly kind: "remove"; readonly given: NumberRange }
  | { readonly kind: "take"; readonly count: number };

function ascending(numbers: Iterable<number>): number[] {
  return [...numbers].sort((a, b) => a - b);
}

/** Takes one step with a set of ranges and with a set of numbers, and compares what they return. */
function take(one: Step, set: RangeSet, model: Set<number>): void {
  if (one.kind === "add") {
    set.add(one.given);
    for (const value of fromRanges([one.given])) model.add(value);
  } else if (one.kind === "remove") {
    const removed = fromRanges([one.given]).filter((value) => model.delete(value));
    assert.deepEqual(fromRanges(set.remove(one.given)), removed);
  } else {
    const lowest = ascending(model).slice(0, one.count);
    assert.deepEqual(fromRanges(set.takeFirst(one.count)), lowest);
    for (const value of lowest) model.delete(value);
  }
}

test("a set of ranges is a set of numbers, in the fewest ranges", () => {
  assertProperty(
    fc.property(fc.array(step), (steps) => {
      const set = new RangeSet();
      const model = new Set<number>();
      for (const one of steps) {
        take(one, set, model);
        assert.equal(set.size, model.size);
        assert.deepEqual(set.ranges, toRanges(ascending(model)));
      }
    }),
  );
});
