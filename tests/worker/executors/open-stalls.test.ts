import assert from "node:assert/strict";
import { test } from "node:test";
import { ArrivalTimes } from "../../../src/core/arrivals/arrivals.ts";
import type { Plan } from "../../../src/core/plan/plan.ts";
import { attempts, Disturbed } from "../../support/attempts.ts";
import { within, withTimeout } from "../http/fixture.ts";
import { openSpec, Stage } from "./stage.ts";

const rate = 200;
const steady = (durationMs: number): Plan => ({ points: [{ atMs: 0, value: rate }], durationMs });
const cell = new Int32Array(new SharedArrayBuffer(4));

/** An executor whose process stands still once, as after SIGSTOP, and when each iteration began on its clock. */
function stalled(plan: Plan, stallMs: number) {
  const begunMs: number[] = [];
  const list = () => {
    if (begunMs.push(stage.nowMs) === 20) Atomics.wait(cell, 0, 0, stallMs);
  };
  const stage: Stage = new Stage(openSpec(plan), [{ tasks: { list } }], { countsStalls: true });
  return { stage, begunMs };
}

/** The most iterations that began within any `widthMs`. */
const mostWithin = (widthMs: number, begunMs: readonly number[]) =>
  Math.max(...begunMs.map((from) => begunMs.filter((atMs) => atMs >= from && atMs < from + widthMs).length));

test("a worker that stood still for longer than two seconds leaves out what was due, and continues", withTimeout, () =>
  attempts(5, async () => {
    const plan = steady(3_000);
    const { stage, begunMs } = stalled(plan, 2_300);
    await within(stage.executor.finished, "the plan ends");
    const { made, late, dropped } = stage.executor.progress;
    assert.equal(made + late, new ArrivalTimes(plan).count());
    // What is left out counts as no failure of the service.
    assert.deepEqual([made, dropped, stage.counts.dropped], [stage.counts.completed, 0, 0]);
    assert.ok(late >= rate * 2.2, `${late} left out`);
    // A process that stands still again, for want of a core, leaves out more, and makes up for less than two seconds at once.
    const most = mostWithin(100, begunMs);
    if (late > rate * 2.7) throw new Disturbed(`${late} left out`);
    if (most > 0.2 * rate + 5) throw new Disturbed(`${most} began within 100 ms`);
  }),
);

test("a shorter standstill is made up for, at a bounded rate", withTimeout, () =>
  attempts(5, async () => {
    const plan = steady(2_500);
    const { stage, begunMs } = stalled(plan, 900);
    await within(stage.executor.finished, "the plan ends");
    const all = new ArrivalTimes(plan).count();
    const { made, late, ...others } = stage.executor.progress;
    assert.deepEqual([made + late, others], [all, { dropped: 0, asked: 0 }]);
    assert.ok(mostWithin(500, begunMs) <= 1.5 * rate, `${mostWithin(500, begunMs)} began within half a second`);
    // A process that stands still again, for want of a core, has less time to make up for it.
    if (late > 0) throw new Disturbed(`${late} were not made up for`);
  }),
);

test("iterations that are not made up for at the end of the plan are late", withTimeout, async () => {
  const plan = steady(900);
  const { stage } = stalled(plan, 700);
  await within(stage.executor.finished, "the plan ends");
  const { made, late } = stage.executor.progress;
  assert.equal(made + late, new ArrivalTimes(plan).count());
  assert.ok(late > 0, `${late} late`);
});

test("an iteration that waits for a user counts as made until it is dropped", withTimeout, async () => {
  const stuck = { tasks: { list: () => new Promise<void>(() => {}) } };
  using stage = new Stage(openSpec(steady(300), { maxUsers: 5, queueLimit: 10 }), [stuck], { stopTimeoutMs: 0 });
  await within(stage.executor.finished, "the plan ends");
  assert.deepEqual(stage.executor.progress, { made: 5, late: 0, dropped: 55, asked: 0 });
});
