import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type Plan, stagesPlan } from "../../../src/core/plan/plan.ts";
import { nextChangeAt, populationAt } from "../../../src/core/population/population.ts";
import { userSeconds } from "../../../src/core/population/user-seconds.ts";
import { assertProperty } from "../../support/property.ts";

/** Step by step from change to change. */
function summed(plan: Plan, fromMs: number, toMs: number, limit: number): number {
  let sum = 0;
  for (let atMs = fromMs; atMs < toMs; ) {
    const nextMs = Math.min(toMs, nextChangeAt(plan, atMs));
    sum += Math.min(populationAt(plan, atMs), limit) * (nextMs - atMs);
    atMs = nextMs;
  }
  return sum / 1_000;
}

const stages = fc.array(fc.record({ durationMs: fc.integer({ min: 0, max: 5_000 }), target: fc.nat(12) }), {
  minLength: 1,
  maxLength: 5,
});

test("property: the time of all users is what their starts and leaves add up to", () => {
  assertProperty(
    fc.property(
      stages,
      fc.nat(8),
      fc.nat(9_000),
      fc.nat(20_000),
      fc.constantFrom(3, Number.POSITIVE_INFINITY),
      (some, start, fromMs, lengthMs, limit) => {
        const plan = stagesPlan({ stages: some, start });
        const toMs = fromMs + lengthMs;
        const sum = summed(plan, fromMs, toMs, limit);
        assert.ok(Math.abs(userSeconds(plan, fromMs, toMs, limit) - sum) < 1e-6 * Math.max(1, sum));
      },
    ),
  );
});

test("a plan without an end counts up to the moment that is asked about", () => {
  const plan = { points: [{ atMs: 1_000, value: 4 }], durationMs: Number.POSITIVE_INFINITY };
  assert.equal(userSeconds(plan, 0, 3_000), 8);
  assert.equal(userSeconds(plan, 0, 500), 0);
});
