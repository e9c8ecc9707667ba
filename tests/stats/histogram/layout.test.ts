import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  countsIndexOf,
  highestEquivalentOf,
  highestSlot,
  lowestEquivalentOf,
  medianEquivalentOf,
  slotCount,
} from "../../../src/stats/histogram/layout.ts";
import { assertProperty } from "../../support/property.ts";
import { referenceOf, trackableMicros } from "./histogram-fixtures.ts";

test("the slots cover 0 to 2^32 - 1 without gap or overlap", () => {
  assert.equal(slotCount, referenceOf([]).countsArrayLength);
  let next = 0;
  for (let slot = 0; slot < slotCount; slot++) {
    assert.equal(lowestEquivalentOf(slot), next);
    next = highestEquivalentOf(slot) + 1;
  }
  assert.equal(next, 2 ** 32);
});

test("both ends of every slot up to 1 hour are counted in it", () => {
  for (let slot = 0; slot < highestSlot; slot++) {
    assert.equal(countsIndexOf(lowestEquivalentOf(slot)), slot);
    assert.equal(countsIndexOf(highestEquivalentOf(slot)), slot);
  }
});

test("all values above 1 hour are counted in the slot of 1 hour", () => {
  for (const micros of [3_600_000_000, 2 ** 32 - 1, 2 ** 32, 2 ** 32 + 5, 2 ** 53 - 1]) {
    assert.equal(countsIndexOf(micros), highestSlot);
  }
});

test("slots are those of hdr-histogram-js", () => {
  const reference = referenceOf([]);
  assertProperty(
    fc.property(trackableMicros, (micros) => {
      const slot = countsIndexOf(micros);
      assert.equal(slot, reference.countsArrayIndex(micros));
      assert.equal(lowestEquivalentOf(slot), reference.lowestEquivalentValue(micros));
      assert.equal(highestEquivalentOf(slot), reference.highestEquivalentValue(micros));
      assert.equal(medianEquivalentOf(slot), reference.medianEquivalentValue(micros));
    }),
    { factor: 5 },
  );
});
