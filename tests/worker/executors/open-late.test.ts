import assert from "node:assert/strict";
import { test } from "node:test";
import { ArrivalTimes } from "../../../src/core/arrivals/arrivals.ts";
import type { Plan } from "../../../src/core/plan/plan.ts";
import { eventually, within, withTimeout } from "../http/fixture.ts";
import { openSpec, Stage } from "./stage.ts";

const steady = (rate: number, durationMs: number): Plan => ({ points: [{ atMs: 0, value: rate }], durationMs });
const nothing = { tasks: { list: () => {} } };

test(
  "a worker that joins late begins with the agreed iteration: with the others each runs once",
  withTimeout,
  async () => {
    const plan = steady(200, 400);
    const firstIteration = 40;
    const old = new Stage(openSpec(plan), [nothing]);
    await eventually(() => old.nowMs > 100, "it runs for a while alone");
    const shares = [0, 1].map((position) => openSpec(plan, { position, workerCount: 2, firstIteration }));
    old.executor.update(shares[0] ?? openSpec(plan));
    // Its own clock begins now; the union is right whenever it does, as nothing before the agreed iteration is its.
    const late = new Stage(shares[1] ?? openSpec(plan), [nothing]);
    await within(Promise.all([old.executor.finished, late.executor.finished]), "the plan ends");
    assert.equal(old.counts.completed + late.counts.completed, new ArrivalTimes(plan).count());
    assert.ok(Math.abs(late.counts.completed - (80 - firstIteration) / 2) <= 1, `${late.counts.completed}`);
  },
);

test("random arrivals of a place that holds from a later iteration on begin there", withTimeout, async () => {
  const plan = steady(1_000, 300);
  const begunMs: number[] = [];
  const note = { tasks: { list: () => void begunMs.push(stage.nowMs) } };
  using stage: Stage = new Stage(openSpec(plan, { arrivals: "poisson", firstIteration: 200 }), [note]);
  await within(stage.executor.finished, "the plan ends");
  assert.ok(begunMs.length > 50, `${begunMs.length} arrivals, where 100 are the mean`);
  assert.ok(Math.min(...begunMs) >= 200, `the first after ${Math.min(...begunMs)} ms`);
});
