import assert from "node:assert/strict";
import { test } from "node:test";
import { constantUsersPlan, stagesPlan } from "../../../src/core/plan/plan.ts";
import { planLine } from "../../../src/core/plan/plan-sum.ts";

const ramp = constantUsersPlan({ users: 10, spawnRatePerSecond: 5, durationMs: 10_000 });

test("a ramp is a line that bends where it ends", () => {
  assert.deepEqual(planLine([[ramp], []]), { atMs: [0, 2_000, 10_000], values: [[0, 10, 10], null] });
});

test("a jump is two points at the same time", () => {
  const jump = stagesPlan({
    stages: [
      { durationMs: 1_000, target: 1 },
      { durationMs: 0, target: 5 },
      { durationMs: 1_000, target: 5 },
    ],
  });
  assert.deepEqual(planLine([[jump]]), { atMs: [0, 1_000, 1_000, 2_000], values: [[0, 1, 5, 5]] });
});

test("plans of a group add up, and one that has ended no longer counts", () => {
  const short = constantUsersPlan({ users: 4, spawnRatePerSecond: Number.POSITIVE_INFINITY, durationMs: 1_000 });
  const rate = { points: [{ atMs: 500, value: 100 }], durationMs: 10_000 };
  assert.deepEqual(planLine([[ramp, short], [rate]]), {
    atMs: [0, 500, 500, 1_000, 1_000, 2_000, 10_000],
    values: [
      [4, 6.5, 6.5, 9, 5, 10, 10],
      [0, 0, 100, 100, 100, 100, 100],
    ],
  });
});

test("without a plan there is no line", () => {
  assert.deepEqual(planLine([[], []]), { atMs: [0], values: [null, null] });
});
