import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { EventRing } from "../../src/api/live/event-ring.ts";
import { assertProperty } from "../support/property.ts";

test("a ring keeps the newest within both bounds, and tells all that is missed or that it cannot", () => {
  const lengths = fc.array(fc.integer({ min: 0, max: 30 }), { maxLength: 60 });
  assertProperty(
    fc.property(
      lengths,
      fc.integer({ min: 1, max: 10 }),
      fc.integer({ min: 1, max: 60 }),
      (added, most, characters) => {
        const ring = new EventRing(most, characters);
        const all = added.map((length) => ring.add((number) => `${number}`.padEnd(length)));
        assert.equal(ring.last, added.length);
        for (let from = 0; from <= added.length; from++) {
          const missed = ring.after(from);
          if (missed === null) continue;
          assert.deepEqual(missed, all.slice(from));
          assert.ok(missed.length <= most);
          assert.ok(missed.reduce((sum, { text }) => sum + text.length, 0) <= characters);
        }
        assert.deepEqual(ring.after(added.length), []);
        assert.deepEqual([ring.after(added.length + 1), ring.after(-1), ring.after(Number.NaN)], [null, null, null]);
      },
    ),
  );
});

test("what fits is kept: nobody is told to begin anew without need", () => {
  const ring = new EventRing(3, 100);
  for (let number = 1; number <= 5; number++) ring.add((own) => `event ${own}`);
  assert.deepEqual(
    ring.after(2)?.map(({ number }) => number),
    [3, 4, 5],
  );
  assert.equal(ring.after(1), null);
});
