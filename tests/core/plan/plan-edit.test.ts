import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { ConfigurationError } from "../../../src/core/errors.ts";
import { type Plan, valueAt } from "../../../src/core/plan/plan.ts";
import { endedAt, paused, rampTo, resumed, shifted, tailFrom } from "../../../src/core/plan/plan-edit.ts";
import { nextCrossingAt, populationAt } from "../../../src/core/population/population.ts";
import { assertProperty } from "../../support/property.ts";
import { anyPlan, planOf, roughPlan } from "./plans.ts";

const never = Number.POSITIVE_INFINITY;
const plans = fc.oneof(anyPlan, roughPlan);
const place = fc.double({ min: 0, max: 1.2, noNaN: true });
/** A plan, and a time at one of its points or anywhere, at times after its end. */
const edits = fc.tuple(plans, place, fc.nat({ max: 12 })).map(([plan, where, index]) => {
  const atMs = plan.points[index]?.atMs ?? where * plan.durationMs;
  return { plan, atMs };
});
const slopes = fc.oneof(fc.constant(never), fc.double({ min: 0.001, max: 1_000, noNaN: true }));

function near(one: number, other: number, scale = 1): boolean {
  return Math.abs(one - other) <= 1e-9 * Math.max(scale, Math.abs(one), Math.abs(other));
}

/** The area under the values between two times, in value times ms. */
function area({ points, durationMs }: Plan, fromMs: number, toMs: number): number {
  const endMs = Math.min(durationMs, toMs);
  let sum = 0;
  for (const [index, { atMs, value }] of points.entries()) {
    const next = points[index + 1];
    const start = Math.max(fromMs, atMs);
    const end = Math.min(endMs, next?.atMs ?? endMs);
    if (end <= start) continue;
    const part = next === undefined ? 0 : ((start + end) / 2 - atMs) / (next.atMs - atMs);
    sum += (value + part * ((next?.value ?? value) - value)) * (end - start);
  }
  return sum;
}

function assertSameBefore(plan: Plan, other: Plan, atMs: number): void {
  assert.ok(other.durationMs >= Math.min(plan.durationMs, atMs));
  for (let step = 0; step < 40; step++) {
    const timeMs = (step / 40) * Math.min(atMs, plan.durationMs);
    if (timeMs < atMs) assert.ok(near(valueAt(other, timeMs), valueAt(plan, timeMs)), `at ${timeMs}`);
  }
  for (const point of plan.points)
    if (point.atMs < atMs) assert.equal(valueAt(other, point.atMs), valueAt(plan, point.atMs));
  for (const [index, point] of other.points.entries()) {
    assert.ok(point.value >= 0 && point.atMs >= (other.points[index - 1]?.atMs ?? 0), "points are in order");
  }
}

function property(check: (plan: Plan, atMs: number, perSecond: number, value: number) => void): void {
  const value = fc.double({ min: 0, max: 30, noNaN: true });
  assertProperty(
    fc.property(edits, slopes, value, ({ plan, atMs }, perSecond, amount) => {
      const before = JSON.stringify(plan);
      check(plan, atMs, perSecond, amount);
      assert.equal(JSON.stringify(plan), before, "no edit changes the plan it starts from");
    }),
  );
}

test("edits of a ramp with a jump", () => {
  const plan = planOf(40, [0, 0], [20, 10], [20, 4], [30, 4]);
  assert.deepEqual(rampTo(plan, 10, 8, 1_000), planOf(40, [0, 0], [10, 5], [13, 8]));
  assert.deepEqual(rampTo(plan, 20, 8, never), planOf(40, [0, 0], [20, 10], [20, 4], [20, 8]));
  assert.deepEqual(rampTo(plan, 35, 0, 1_000), planOf(40, [0, 0], [20, 10], [20, 4], [30, 4], [35, 4], [39, 0]));
  assert.deepEqual(paused(plan, 10), planOf(never, [0, 0], [10, 5], [10, 0]));
  assert.deepEqual(
    resumed(plan, 10, 110, 1_000),
    planOf(145, [0, 0], [10, 5], [10, 0], [110, 0], [115, 5], [125, 10], [125, 4], [135, 4]),
  );
  assert.deepEqual(resumed(plan, 20, 20, never), planOf(40, [0, 0], [20, 10], [20, 0], [20, 4], [30, 4]));
  assert.deepEqual(resumed(planOf(9, [4, 2]), 1, 3, 1), planOf(11, [1, 0], [3, 0], [6, 0], [6, 2]));
  assert.deepEqual(endedAt(plan, 12), { ...plan, durationMs: 12 });
  assert.deepEqual(shifted(plan, 5), planOf(45, [5, 0], [25, 10], [25, 4], [35, 4]));
  assert.deepEqual(tailFrom(plan, 25), planOf(40, [20, 4], [30, 4]));
});

test("edits after the end change nothing, and bad edits are refused", () => {
  const plan = planOf(40, [0, 3]);
  assert.equal(rampTo(plan, 40, 8, 1), plan);
  assert.equal(paused(plan, 40), plan);
  assert.equal(resumed(plan, 40, 50, 1), plan);
  assert.equal(endedAt(plan, 41), plan);
  assert.equal(shifted(plan, 0), plan);
  assert.throws(() => rampTo(plan, 1, -1, 1), ConfigurationError);
  assert.throws(() => rampTo(plan, 1, never, 1), ConfigurationError);
  assert.throws(() => rampTo(plan, 1, 1, 0), ConfigurationError);
  assert.throws(() => resumed(plan, 1, 2, Number.NaN), ConfigurationError);
  assert.throws(() => resumed(plan, 2, 1, 1), RangeError);
  for (const edit of [paused, endedAt, shifted, tailFrom]) {
    assert.throws(() => edit(plan, -1), RangeError);
    assert.throws(() => edit(plan, Number.NaN), RangeError);
  }
});

test("property: a ramp starts from the current value, keeps its slope and holds its target", () => {
  property((plan, atMs, perSecond, target) => {
    const other = rampTo(plan, atMs, target, perSecond);
    assertSameBefore(plan, other, atMs);
    assert.equal(other.durationMs, plan.durationMs);
    if (atMs >= plan.durationMs) return;
    const from = valueAt(plan, atMs);
    const rampMs = (Math.abs(target - from) / perSecond) * 1_000;
    assert.equal(valueAt(other, atMs), atMs + rampMs > atMs ? from : target);
    assert.ok(near(valueAt(other, atMs + rampMs / 2), rampMs === 0 ? target : (from + target) / 2, 1_000));
    assert.equal(valueAt(other, atMs + rampMs + 1), target);
    assert.equal(valueAt(other, atMs + rampMs + 1e9), target);
  });
});

test("property: a paused plan is 0 without an end", () => {
  property((plan, atMs) => {
    const other = paused(plan, atMs);
    assertSameBefore(plan, other, atMs);
    if (atMs >= plan.durationMs) return;
    assert.equal(other.durationMs, never);
    for (const laterMs of [0, 1, 1e9]) assert.equal(valueAt(other, atMs + laterMs), 0);
    assert.equal(area(other, atMs, 1e12), 0);
  });
});

test("property: a resumed plan climbs back to where it was and loses nothing of the rest", () => {
  property((plan, atMs, perSecond, pauseMs) => {
    const againAtMs = atMs + pauseMs;
    const other = resumed(plan, atMs, againAtMs, perSecond);
    assertSameBefore(plan, other, atMs);
    if (atMs >= plan.durationMs) return;
    const value = valueAt(plan, atMs);
    const rampMs = (value / perSecond) * 1_000;
    const byMs = pauseMs + rampMs;
    assert.ok(near(other.durationMs, plan.durationMs + byMs));
    assert.ok(near(area(other, atMs, againAtMs), 0));
    const rest = area(plan, atMs, plan.durationMs);
    assert.ok(near(area(other, atMs, other.durationMs), (value * rampMs) / 2 + rest, 1e6));
    const laterMs = (timeMs: number) => timeMs + (againAtMs + rampMs - atMs);
    for (const point of plan.points.filter(({ atMs: pointMs }) => pointMs > atMs)) {
      // Points nearer to each other than the rounding of times become a jump, of which the last one counts.
      const last = plan.points.findLast((each) => laterMs(each.atMs) === laterMs(point.atMs));
      assert.equal(valueAt(other, laterMs(point.atMs)), last?.value);
    }
    if (rampMs > 1) assert.ok(near(valueAt(other, againAtMs + rampMs / 2), value / 2, 1_000));
  });
});

test("property: an ended plan is bit for bit the same until then", () => {
  property((plan, atMs, _perSecond, index) => {
    const other = endedAt(plan, atMs);
    assert.equal(other.durationMs, Math.min(plan.durationMs, atMs));
    assert.equal(populationAt(other, atMs), 0);
    const user = Math.floor(index);
    const crossingMs = nextCrossingAt(plan, -1, user);
    if (crossingMs < atMs) assert.equal(nextCrossingAt(other, -1, user), crossingMs);
  });
});

test("property: a shifted plan is the same, later", () => {
  property((plan, byMs) => {
    const other = shifted(plan, byMs);
    assert.equal(other.durationMs, plan.durationMs + byMs);
    assert.equal(area(other, 0, byMs), 0);
    assert.ok(near(area(other, 0, never), area(plan, 0, never), 1e6));
  });
});

test("property: the tail of a plan is bit for bit the same from then on, and short", () => {
  property((plan, atMs, _perSecond, index) => {
    const other = tailFrom(plan, atMs);
    assert.ok(other.points.filter((point) => point.atMs < atMs).length <= 1);
    for (const laterMs of [0, 0.1, 3, 1e5]) {
      assert.equal(valueAt(other, atMs + laterMs), valueAt(plan, atMs + laterMs));
      assert.equal(populationAt(other, atMs + laterMs), populationAt(plan, atMs + laterMs));
      const user = Math.floor(index);
      assert.equal(nextCrossingAt(other, atMs + laterMs, user), nextCrossingAt(plan, atMs + laterMs, user));
    }
  });
});
