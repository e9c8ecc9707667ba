import assert from "node:assert/strict";
import { test } from "node:test";
import { ConfigurationError } from "../../../src/core/errors.ts";
import { constantUsersPlan, rampEndMs, stagesPlan, valueAt } from "../../../src/core/plan/plan.ts";
import { planOf } from "./plans.ts";

const never = Number.POSITIVE_INFINITY;

test("of two points at one time the later counts from then on", () => {
  const plan = planOf(30, [10, 2], [20, 2], [20, 7]);
  assert.deepEqual(
    [5, 10, 19.9, 20, 25].map((atMs) => valueAt(plan, atMs)),
    [0, 2, 2, 7, 7],
  );
});

test("stages follow each other, and one of 0 ms is a jump", () => {
  const stages = [
    { durationMs: 10, target: 5 },
    { durationMs: 20, target: 5 },
    { durationMs: 0, target: 9 },
    { durationMs: 10, target: 0 },
  ];
  assert.deepEqual(stagesPlan({ stages }), planOf(40, [0, 0], [10, 5], [30, 5], [30, 9], [40, 0]));
  assert.deepEqual(stagesPlan({ stages: stages.slice(0, 1), start: 3 }), planOf(10, [0, 3], [10, 5]));
});

test("the first rise ends where the value stops rising", () => {
  assert.equal(rampEndMs(planOf(100, [0, 0], [10, 0], [20, 5], [30, 9], [40, 9], [50, 20])), 30);
  assert.equal(rampEndMs(planOf(100, [0, 8], [50, 2], [60, 9])), 0);
  assert.equal(rampEndMs(planOf(15, [0, 0], [20, 5])), 15);
  assert.equal(rampEndMs(planOf(100, [0, 0])), 0);
});

test("loads that cannot be planned are refused", () => {
  const load = { users: 1, spawnRatePerSecond: 1, durationMs: 1 };
  for (const bad of [{ users: -1 }, { users: Number.NaN }, { spawnRatePerSecond: 0 }, { durationMs: -1 }]) {
    assert.throws(() => constantUsersPlan({ ...load, ...bad }), ConfigurationError);
  }
  assert.throws(() => stagesPlan({ stages: [] }), ConfigurationError);
  assert.throws(() => stagesPlan({ stages: [{ durationMs: 1, target: -1 }] }), ConfigurationError);
  assert.throws(() => stagesPlan({ stages: [{ durationMs: never, target: 1 }] }), ConfigurationError);
});
