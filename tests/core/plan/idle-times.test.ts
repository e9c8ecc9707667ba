import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { commonIdleTimes, type IdleTime, idleTimesOf } from "../../../src/core/plan/idle-times.ts";
import { valueAt } from "../../../src/core/plan/plan.ts";
import { assertProperty } from "../../support/property.ts";
import { planOf } from "./plans.ts";

const never = Number.POSITIVE_INFINITY;
const times = (list: readonly IdleTime[]) => list.map(({ fromMs, toMs }) => [fromMs, toMs]);

test("a plan has no load before its first point, where it stays 0, and after its end", () => {
  assert.deepEqual(times(idleTimesOf(planOf(30, [0, 5]))), [[30, never]]);
  assert.deepEqual(times(idleTimesOf(planOf(30, [10, 2], [20, 2], [20, 0]))), [
    [0, 10],
    [20, never],
  ]);
  assert.deepEqual(times(idleTimesOf(planOf(60, [0, 0], [10, 5], [20, 0], [30, 0], [40, 5]))), [
    [20, 30],
    [60, never],
  ]);
  assert.deepEqual(times(idleTimesOf(planOf(never, [0, 5]))), []);
  assert.deepEqual(times(idleTimesOf(planOf(30, [0, 0], [8, 0], [8, 5]), 5)), [
    [5, 8],
    [30, never],
  ]);
  assert.deepEqual(
    times(idleTimesOf(planOf(never, [5, 20], [60, 20], [65, 10]), 50)),
    [],
    "only its past is forgotten",
  );
  assert.deepEqual(times(idleTimesOf(planOf(never, [5, 0], [55, 10]), 30)), [], "on a rise");
});

test("property: a plan has no load exactly in these times", () => {
  const points = fc.array(fc.tuple(fc.integer({ min: 0, max: 50 }), fc.integer({ min: 0, max: 2 })), { maxLength: 6 });
  assertProperty(
    fc.property(points, (list) => {
      const plan = planOf(60, ...list.sort(([a], [b]) => a - b));
      const idle = idleTimesOf(plan);
      for (let at = 0.5; at < 80; at++) {
        const isIdle = idle.some(({ fromMs, toMs }) => fromMs <= at && at < toMs);
        assert.equal(isIdle, at >= 60 || valueAt(plan, at) === 0, `at ${at}`);
      }
    }),
  );
});

test("times that lie in all lists", () => {
  const lists = [
    [
      { fromMs: 0, toMs: 10 },
      { fromMs: 20, toMs: never },
    ],
    [
      { fromMs: 5, toMs: 25 },
      { fromMs: 30, toMs: 40 },
    ],
  ];
  assert.deepEqual(times(commonIdleTimes(lists)), [
    [5, 10],
    [20, 25],
    [30, 40],
  ]);
  assert.deepEqual(commonIdleTimes([]), []);
});
