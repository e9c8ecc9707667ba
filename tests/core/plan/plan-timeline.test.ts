import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { stagesPlan } from "../../../src/core/plan/plan.ts";
import { closedTimeline, type Moment, openTimeline } from "../../../src/core/plan/plan-timeline.ts";
import { ClassSequence } from "../../../src/core/population/class-sequence.ts";
import { peak, populationAt } from "../../../src/core/population/population.ts";
import { assertProperty } from "../../support/property.ts";

const stages = fc.array(
  fc.record({ durationMs: fc.integer({ min: 0, max: 9_000 }), target: fc.integer({ min: 0, max: 60 }) }),
  { minLength: 1, maxLength: 5 },
);

test("a moment is the same by position and by iteration, and its shares add up", () => {
  assertProperty(
    fc.property(stages, fc.integer({ min: 1, max: 7 }), (asked, workers) => {
      const plan = stagesPlan({ stages: asked });
      const sequence = new ClassSequence([{ weight: 2 }, { weight: 1 }, { weight: 0, fixedCount: 3 }]);
      const timeline = closedTimeline(plan, sequence, 3, peak(plan), workers);
      const moments: Moment[] = [...timeline];
      assert.equal(moments.length, timeline.seconds);
      for (const moment of moments) {
        assert.deepEqual(timeline.at(moment.second), moment);
        assert.equal(timeline.loadAt(moment.second), moment.users);
        assert.equal(moment.users, populationAt(plan, moment.second * 1_000));
        const byWorker = moment.workers.map(({ users, classes }) => {
          assert.equal(sum(classes), users);
          return users;
        });
        assert.equal(sum(byWorker), moment.users);
        assert.ok(Math.max(...byWorker) - Math.min(...byWorker) <= 1);
      }
    }),
  );
});

test("two iterators over the same timeline do not disturb each other", () => {
  const plan = stagesPlan({
    stages: [
      { durationMs: 6_000, target: 30 },
      { durationMs: 6_000, target: 0 },
    ],
  });
  const timeline = closedTimeline(plan, new ClassSequence([{ weight: 1 }]), 1, 30, 4);
  const whole = [...timeline];
  const other = timeline[Symbol.iterator]();
  const turns = [...timeline].map((moment) => {
    assert.deepEqual(other.next().value, moment);
    return moment;
  });
  assert.deepEqual(turns, whole);
});

test("the timeline of an open load has its rate, and the users split over the workers", () => {
  const plan = stagesPlan({ start: 10, stages: [{ durationMs: 2_500, target: 35 }] });
  const moments = [...openTimeline(plan, 5, 2)];
  assert.deepEqual(
    moments.map(({ second, ratePerSecond }) => [second, ratePerSecond]),
    [
      [0, 10],
      [1, 20],
      [2, 30],
    ],
  );
  assert.deepEqual(moments[0]?.workers, [
    { users: 3, classes: [] },
    { users: 2, classes: [] },
  ]);
});

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
