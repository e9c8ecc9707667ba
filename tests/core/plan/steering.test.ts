import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type Plan, valueAt } from "../../../src/core/plan/plan.ts";
import { carriedPlan, type Steering } from "../../../src/core/plan/steering.ts";
import { assertProperty } from "../../support/property.ts";

const hill: Plan = {
  points: [
    { atMs: 0, value: 10 },
    { atMs: 20_000, value: 10 },
    { atMs: 24_000, value: 50 },
    { atMs: 30_000, value: 50 },
    { atMs: 30_000, value: 10 },
  ],
  durationMs: 60_000,
};

test("property: a moment of the plan is reached when its value is reached, whatever pauses there were", () => {
  const lengths = fc.array(fc.tuple(fc.integer({ min: 1, max: 20_000 }), fc.integer({ min: 1, max: 20_000 })), {
    maxLength: 4,
  });
  assertProperty(
    fc.property(lengths, fc.constantFrom("rate", "users"), fc.integer({ min: 0, max: 59_999 }), (pairs, kind, ms) => {
      let atMs = 0;
      const steering = pairs.flatMap(([ranMs, pausedMs]): Steering[] => {
        const fromMs = atMs + ranMs;
        atMs = fromMs + pausedMs;
        return [
          { kind: "pause", atMs: fromMs },
          { kind: "resume", atMs },
        ];
      });
      const carried = carriedPlan(hill, steering, kind);
      assert.ok(carried.plan !== null);
      assert.ok(Math.abs(valueAt(carried.plan, carried.runMs(ms)) - valueAt(hill, ms)) < 0.01);
      assert.equal(Math.round(carried.runMs(hill.durationMs)), Math.round(carried.plan.durationMs));
    }),
  );
});

test("users start again at the spawn rate after a pause, which delays the plan by that, too", () => {
  const steering: Steering[] = [
    { kind: "pause", atMs: 26_000 },
    { kind: "resume", atMs: 30_000 },
  ];
  assert.deepEqual(carriedPlan(hill, steering, "users").pauses, [{ fromMs: 26_000, toMs: 35_000 }]);
  assert.deepEqual(carriedPlan(hill, steering, "rate").pauses, [{ fromMs: 26_000, toMs: 30_000 }]);
});

test("after a pause that did not end, nothing of the plan was reached; a change of the load is noted", () => {
  const paused = carriedPlan(hill, [{ kind: "pause", atMs: 5_000 }]);
  assert.deepEqual([paused.runMs(4_000), paused.runMs(20_000)], [4_000, Number.POSITIVE_INFINITY]);
  const changed = carriedPlan(hill, [{ kind: "rate", atMs: 5_000, target: 33, perSecond: "at-once" }]);
  assert.deepEqual(changed.changedMs, [5_000]);
  assert.equal(changed.plan === null ? 0 : valueAt(changed.plan, 25_000), 33);
  const { plan, pauses, changedMs } = carriedPlan(null, []);
  assert.deepEqual([plan, pauses, changedMs], [null, [], []]);
});
