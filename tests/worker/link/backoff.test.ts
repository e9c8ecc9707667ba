import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Backoff } from "../../../src/worker/link/retry-policy.ts";
import { assertProperty } from "../../support/property.ts";

test("each wait is up to twice as long as the one before, from 0.1 s to 2 s, and at least half of that", () => {
  assertProperty(
    fc.property(fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), { maxLength: 12 }), (draws) => {
      const rest = [...draws];
      const backoff = new Backoff(() => rest.shift() ?? 0);
      for (const [count, draw] of draws.entries()) {
        const longest = Math.min(100 * 2 ** count, 2_000);
        assert.equal(backoff.next(), longest * (0.5 + draw / 2));
      }
    }),
  );
});

test("after a reset the waits are short again", () => {
  const backoff = new Backoff(() => 1);
  for (let count = 0; count < 4; count++) backoff.next();
  assert.equal(backoff.isLongest, false);
  assert.equal(backoff.next(), 1_600);
  assert.equal(backoff.isLongest, true);
  backoff.reset();
  assert.deepEqual([backoff.isLongest, backoff.next()], [false, 100]);
});
