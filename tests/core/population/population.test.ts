import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { constantUsersPlan, type Plan, rampEndMs, truncated, valueAt } from "../../../src/core/plan/plan.ts";
import { nextChangeAt, nextCrossingAt, peak, populationAt } from "../../../src/core/population/population.ts";
import { assertProperty } from "../../support/property.ts";
import { anyPlan, planOf, roughPlan } from "../plan/plans.ts";

const never = Number.POSITIVE_INFINITY;

/** Times at which something happens to virtual user `index`, by stepping. */
function crossings(plan: Plan, next: (afterMs: number) => number): number[] {
  const times: number[] = [];
  for (let atMs = next(-1); atMs !== never; atMs = next(atMs)) {
    times.push(atMs);
    assert.ok(times.length < 10_000 && atMs <= plan.durationMs);
  }
  return times;
}

test("a ramp of 5 per second starts virtual user i at i / 5 seconds", () => {
  const plan = constantUsersPlan({ users: 50, spawnRatePerSecond: 5, durationMs: 60_000 });
  assert.equal(rampEndMs(plan), 10_000);
  assert.equal(peak(plan), 50);
  assert.equal(populationAt(plan, -1), 0);
  assert.equal(populationAt(plan, 0), 1);
  assert.equal(populationAt(plan, 199.9), 1);
  assert.equal(populationAt(plan, 9_800), 50);
  assert.equal(populationAt(plan, 59_999), 50);
  assert.equal(populationAt(plan, 60_000), 0);
  for (let index = 0; index < 50; index++) {
    assert.deepEqual(
      crossings(plan, (afterMs) => nextCrossingAt(plan, afterMs, index)),
      [index * 200, 60_000],
    );
  }
  assert.equal(nextCrossingAt(plan, -1, 50), never);
});

test("a spawn rate may be unlimited, steep, or too slow for the duration", () => {
  const load = { users: 10, durationMs: 1_000 };
  const instant = constantUsersPlan({ ...load, spawnRatePerSecond: never });
  assert.equal(populationAt(instant, 0), 10);
  assert.equal(rampEndMs(instant), 0);
  assert.equal(nextChangeAt(instant, 0), 1_000);
  assert.equal(rampEndMs(constantUsersPlan({ ...load, spawnRatePerSecond: 20 })), 500);
  const slow = constantUsersPlan({ ...load, spawnRatePerSecond: 1.5 });
  assert.equal(peak(slow), 2);
  assert.equal(rampEndMs(slow), 1_000);
  assert.equal(peak(constantUsersPlan({ ...load, users: 0, spawnRatePerSecond: 1 })), 0);
});

test("on a fall virtual user i leaves when the value comes down to i", () => {
  const plan = planOf(100, [0, 4], [40, 0]);
  for (let index = 0; index < 4; index++) {
    assert.deepEqual(
      crossings(plan, (afterMs) => nextCrossingAt(plan, afterMs, index)),
      [0, (4 - index) * 10],
    );
  }
  assert.equal(populationAt(plan, 0), 4);
  assert.equal(populationAt(plan, 10), 3);
  assert.equal(populationAt(plan, 40), 0);
});

test("of two points at one time, the later decides which users exist from then on", () => {
  const plan = planOf(30, [10, 2], [20, 2], [20, 7]);
  assert.deepEqual(
    [5, 10, 19.9, 20, 30].map((atMs) => populationAt(plan, atMs)),
    [0, 2, 2, 7, 0],
  );
  assert.deepEqual(
    crossings(plan, (afterMs) => nextChangeAt(plan, afterMs)),
    [10, 20, 30],
  );
});

test("floating-point noise does not create a virtual user", () => {
  assert.equal(populationAt(planOf(10, [0, (0.1 + 0.2) * 10]), 5), 3);
  assert.equal(populationAt(planOf(10, [0, 2.5]), 5), 3);
});

test("property: the population is the value's limit from the right, rounded up", () => {
  assertProperty(
    fc.property(anyPlan, (plan) => {
      for (let atMs = 0; atMs < 62; atMs += 0.25) {
        const expected = atMs < plan.durationMs ? Math.max(0, Math.ceil(valueAt(plan, atMs + 1e-6) - 1e-11)) : 0;
        assert.equal(populationAt(plan, atMs), expected, `at ${atMs}`);
      }
    }),
  );
});

test("property: stepping visits each change of the population and of each virtual user exactly once", () => {
  assertProperty(
    fc.property(fc.oneof(anyPlan, roughPlan), (plan) => {
      const union = new Set<number>();
      for (let index = 0; index <= peak(plan); index++) {
        let exists = false;
        let previousMs = -1;
        for (const atMs of crossings(plan, (afterMs) => nextCrossingAt(plan, afterMs, index))) {
          assert.ok(atMs > previousMs);
          const betweenMs = (previousMs + atMs) / 2;
          // Of two neighbouring floating-point numbers, one is their own mean.
          if (betweenMs < atMs) assert.equal(index < populationAt(plan, betweenMs), exists);
          exists = !exists;
          assert.equal(index < populationAt(plan, atMs), exists);
          union.add(atMs);
          previousMs = atMs;
        }
        assert.equal(exists, false, "everyone leaves in the end");
      }
      const changes = crossings(plan, (afterMs) => nextChangeAt(plan, afterMs));
      assert.deepEqual(
        changes,
        [...union].sort((one, other) => one - other),
      );
      assert.equal(Math.max(0, ...changes.map((atMs) => populationAt(plan, atMs))), peak(plan));
    }),
  );
});

test("property: from any time, the next crossing is the first one later than it", () => {
  assertProperty(
    fc.property(
      fc.oneof(anyPlan, roughPlan),
      fc.nat({ max: 12 }),
      fc.double({ min: -2, max: 70, noNaN: true }),
      (plan, index, at) => {
        const times = crossings(plan, (afterMs) => nextCrossingAt(plan, afterMs, index));
        for (const fromMs of [at, ...times]) {
          assert.equal(nextCrossingAt(plan, fromMs, index), times.find((atMs) => atMs > fromMs) ?? never);
        }
      },
    ),
  );
});

test("property: a ramp to constant users only ever rises, and evenly", () => {
  const rate = fc.oneof(fc.constant(never), fc.double({ min: 0.01, max: 1_000, noNaN: true }));
  assertProperty(
    fc.property(fc.nat({ max: 100 }), rate, fc.nat({ max: 100_000 }), (users, spawnRatePerSecond, durationMs) => {
      const plan = constantUsersPlan({ users, spawnRatePerSecond, durationMs });
      let previous = 0;
      for (let step = 0; step < 50; step++) {
        const population = populationAt(plan, (durationMs * step) / 50);
        assert.ok(population >= previous || durationMs === 0);
        previous = population;
      }
      assert.ok(peak(plan) <= users);
      for (let index = 0; index < peak(plan); index++) {
        const dueMs = (index / spawnRatePerSecond) * 1_000;
        assert.ok(Math.abs(nextCrossingAt(plan, -1, index) - dueMs) < 1e-6);
      }
    }),
  );
});

test("property: a plan cut off is the same until then, and a longer one holds what it ended with", () => {
  assertProperty(
    fc.property(anyPlan, fc.nat({ max: 80 }), (plan, durationMs) => {
      const other = truncated(plan, durationMs);
      assert.equal(other.durationMs, durationMs);
      const held = valueAt(plan, plan.durationMs);
      // Between the times at which anything can change: those of a cut plan may differ in the last bit.
      for (let atMs = 0.2501; atMs < durationMs; atMs += 0.25) {
        const expected = atMs < plan.durationMs ? populationAt(plan, atMs) : Math.max(0, Math.ceil(held - 1e-9));
        assert.equal(populationAt(other, atMs), expected);
      }
    }),
  );
});

test("property: the next crossing in a plan of hundreds of points is the first of all that stepping finds", () => {
  const value = fc.oneof({ weight: 9, arbitrary: fc.constant(5) }, fc.nat({ max: 10 }));
  const longPlan = fc.array(value, { minLength: 130, maxLength: 400 }).map((values) => ({
    points: values.map((each, index) => ({ atMs: index * 10, value: each })),
    durationMs: values.length * 10,
  }));
  assertProperty(
    fc.property(longPlan, fc.nat({ max: 10 }), fc.nat({ max: 4_000 }), (plan, index, afterMs) => {
      let atMs = nextChangeAt(plan, afterMs);
      while (atMs !== never && index < populationAt(plan, atMs) === index < populationAt(plan, afterMs)) {
        atMs = nextChangeAt(plan, atMs);
      }
      assert.equal(nextCrossingAt(plan, afterMs, index), atMs);
    }),
  );
});
