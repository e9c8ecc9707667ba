import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { ArrivalTimes } from "../../../src/core/arrivals/arrivals.ts";
import { type Plan, truncated } from "../../../src/core/plan/plan.ts";
import { assertProperty } from "../../support/property.ts";
import { planOf } from "../plan/plans.ts";
import { compareIntegral } from "./exact-integral.ts";

const never = Number.POSITIVE_INFINITY;
const hourMs = 3_600_000;

const rate = fc.oneof(
  fc.constantFrom(0, 1 / 3_600, 0.1, 1 / 3, 1, 200, 50_000),
  fc.double({ min: 1 / 3_600, max: 50_000, noNaN: true }),
);
const spanMs = fc.oneof(fc.constantFrom(0, 1, 1_000, hourMs), fc.double({ min: 0.001, max: 8 * hourMs, noNaN: true }));
/** Up to 24 h of slopes, holds and jumps, any rate from 1 per hour to 50,000 per second next to any other or 0. */
const anyLoad = fc.array(fc.tuple(spanMs, rate), { minLength: 1, maxLength: 8 }).map((stages) => {
  const points = [{ atMs: 0, value: stages[0]?.[1] ?? 0 }];
  let atMs = 0;
  for (const [lengthMs, value] of stages) {
    atMs = Math.min(atMs + lengthMs, 24 * hourMs);
    points.push({ atMs, value });
  }
  return { points, durationMs: atMs };
});
const slowStages = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 5_000 }), fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 40 }))), {
    maxLength: 8,
  })
  .map((stages) => {
    let atMs = 0;
    const points = stages.map(([lengthMs, value]) => {
      atMs += lengthMs;
      return { atMs, value };
    });
    return { points, durationMs: atMs + 1_000 };
  });
const share = fc.double({ min: 0, max: 1, noNaN: true });

function allOf(plan: Plan): number[] {
  const times = new ArrivalTimes(plan);
  return Array.from({ length: times.count() }, (_, k) => times.dueAtMs(k));
}

test("200 per second for 20 s are 4,000 iterations, 5 ms apart", () => {
  const plan = planOf(20_000, [0, 200]);
  assert.deepEqual(
    allOf(plan),
    Array.from({ length: 4_000 }, (_, k) => k * 5),
  );
  const times = new ArrivalTimes(plan);
  assert.equal(times.dueAtMs(4_000), never);
  assert.deepEqual(
    [-1, 0, 0.1, 5, 5.1, 19_995, 30_000, never].map((atMs) => times.countBefore(atMs)),
    [0, 0, 1, 1, 2, 3_999, 4_000, 4_000],
  );
});

test("a load can be endless", () => {
  const times = new ArrivalTimes(planOf(never, [0, 0], [hourMs, 2 / 3_600]));
  assert.equal(times.count(), never);
  assert.equal(times.countBefore(never), never);
  assert.equal(times.dueAtMs(1), hourMs);
  assert.equal(times.dueAtMs(1_001), 501 * hourMs);
  assert.equal(times.countBefore(501 * hourMs + 1), 1_002);
  assert.equal(new ArrivalTimes(planOf(never, [0, 2], [1_000, 0])).count(), 1);
});

test("stretches of rate 0 have no iterations, not even at their edges", () => {
  assert.deepEqual(allOf(planOf(9_000, [0, 0])), []);
  assert.deepEqual(allOf(planOf(0, [0, 7])), []);
  assert.deepEqual(allOf({ points: [], durationMs: 5 }), []);
  assert.deepEqual(allOf(planOf(2_500, [1_000, 2])), [1_000, 1_500, 2_000]);
  assert.deepEqual(allOf(planOf(3_000, [0, 1], [2_000, 1], [2_000, 0])), [0, 1_000]);
  assert.deepEqual(
    allOf(planOf(9_000, [0, 1], [2_000, 1], [2_000, 0], [8_000, 0], [8_000, 2])),
    [0, 1_000, 8_000, 8_500],
  );
});

test("rounding adds no iteration at the end of a plan", () => {
  assert.equal(new ArrivalTimes(planOf(30_000, [0, 0.1])).count(), 3);
  assert.equal(new ArrivalTimes(planOf(30_000, [0, (0.1 + 0.2) * 10])).count(), 90);
  assert.equal(new ArrivalTimes(planOf(24 * hourMs, [0, 50_000])).count(), 4_320_000_000);
});

test("after 2e9 iterations a rate of 1 per hour is still exact", () => {
  const plan = planOf(24 * hourMs, [0, 1 / 3], [12 * hourMs, 99_999], [12 * hourMs, 1 / 3_600]);
  const times = new ArrivalTimes(plan);
  const before = 2_159_985_600;
  assert.equal(times.count(), before + 12);
  for (let hour = 0; hour < 12; hour++) {
    assert.ok(Math.abs(times.dueAtMs(before + hour) - (12 + hour) * hourMs) < 1e-3);
  }
});

test("property: the integral up to an iteration is its number, within 1 µs, in exact arithmetic", () => {
  assertProperty(
    fc.property(anyLoad, fc.oneof(share, fc.constant(1)), (plan, part) => {
      const times = new ArrivalTimes(plan);
      const k = Math.min(Math.floor(part * times.count()), times.count() - 1);
      if (k < 0) return;
      const atMs = times.dueAtMs(k);
      assert.ok(atMs < plan.durationMs, `${atMs}`);
      assert.ok(compareIntegral(plan, atMs - 0.001, k) <= 0, `too late by 1 µs: ${atMs}`);
      assert.ok(compareIntegral(plan, atMs + 0.001, k) >= 0, `too early by 1 µs: ${atMs}`);
    }),
    { factor: 20 },
  );
});

test("property: the number of iterations is the integral, rounded up", () => {
  assertProperty(
    fc.property(anyLoad, (plan) => {
      const count = new ArrivalTimes(plan).count();
      const noise = Math.max(1e-9, count * 2 ** -49);
      assert.ok(count === 0 || compareIntegral(plan, plan.durationMs, count - 1) > 0);
      assert.ok(compareIntegral(plan, plan.durationMs, count + noise) <= 0);
    }),
  );
});

test("property: due times ascend, in whatever order they are computed, and are counted where they are", () => {
  assertProperty(
    fc.property(slowStages, fc.infiniteStream(share), (plan, parts) => {
      const inOrder = allOf(plan);
      const times = new ArrivalTimes(plan);
      for (const [index, atMs] of inOrder.entries()) {
        assert.ok(index === 0 || atMs > (inOrder[index - 1] as number));
        assert.equal(times.countBefore(atMs), index);
        assert.equal(times.countBefore(atMs + 1e-6), index + 1);
      }
      for (const part of parts.take(20)) {
        const k = Math.floor(part * inOrder.length);
        assert.equal(times.dueAtMs(k), inOrder[k] ?? never);
        const atMs = part * (plan.durationMs + 100);
        assert.equal(times.countBefore(atMs), inOrder.filter((dueMs) => dueMs < atMs).length);
      }
    }),
  );
});

test("property: countBefore agrees with dueAtMs at any rate", () => {
  assertProperty(
    fc.property(anyLoad, share, (plan, part) => {
      const times = new ArrivalTimes(plan);
      const atMs = part * plan.durationMs;
      const count = times.countBefore(atMs);
      assert.ok(count === 0 || times.dueAtMs(count - 1) < atMs);
      assert.ok(times.dueAtMs(count) >= atMs);
    }),
    { factor: 5 },
  );
});

test("property: a plan cut off has the same iterations until then", () => {
  assertProperty(
    fc.property(slowStages, fc.integer({ min: 1, max: 20_000 }), (plan, durationMs) => {
      const all = allOf(plan);
      const cut = allOf({ points: plan.points, durationMs: Math.min(plan.durationMs, durationMs) });
      assert.ok(cut.every((atMs, k) => Math.abs(atMs - (all[k] as number)) < 1e-3));
      const before = all.filter((atMs) => atMs < durationMs).length;
      assert.ok(Math.abs(cut.length - before) <= 1);
      assert.equal(cut.length, allOf(truncated(plan, Math.min(plan.durationMs, durationMs))).length);
    }),
  );
});

test("property: at a constant rate all gaps are alike", () => {
  assertProperty(
    fc.property(fc.double({ min: 1 / 3_600, max: 50_000, noNaN: true }), fc.nat({ max: 1e9 }), (perSecond, k) => {
      const times = new ArrivalTimes(planOf(never, [0, perSecond]));
      const gapMs = times.dueAtMs(k + 1) - times.dueAtMs(k);
      assert.ok(Math.abs(gapMs - 1_000 / perSecond) <= times.dueAtMs(k + 1) * 2 ** -51);
    }),
  );
});
