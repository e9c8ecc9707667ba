import assert from "node:assert/strict";
import { test } from "node:test";
import { constantUsersPlan, stagesPlan } from "../../../src/core/plan/plan.ts";
import { paused, rampTo, resumed } from "../../../src/core/plan/plan-edit.ts";
import { constant } from "../../../src/index.ts";
import { eventually, within, withTimeout } from "../http/fixture.ts";
import { closedSpec, iterationsSpec, openSpec, Stage } from "./stage.ts";

const prompt = { pause: constant("1h"), tasks: { list: () => {} } };
const atOnce = Number.POSITIVE_INFINITY;
const steady = (users: number) => constantUsersPlan({ users, spawnRatePerSecond: atOnce, durationMs: 60_000 });
const upTo = (end: number) => Array.from({ length: end }, (_, index) => index);
const are = (stage: Stage, ...indexes: number[]) => stage.running.join() === indexes.join();

test("a plan that is changed adds users and takes the last away; the others are left alone", withTimeout, async () => {
  using stage = new Stage(closedSpec(steady(3), upTo(3)), [prompt]);
  await eventually(() => are(stage, 0, 1, 2), "three run");
  const first = stage.users.map(({ user }) => user);
  const more = rampTo(steady(3), stage.nowMs, 6, atOnce);
  stage.executor.update(closedSpec(more, upTo(6)));
  await eventually(() => are(stage, 0, 1, 2, 3, 4, 5), "six run");
  stage.executor.update(closedSpec(rampTo(more, stage.nowMs, 2, atOnce), upTo(6)));
  await eventually(() => are(stage, 0, 1), "two are left");
  assert.deepEqual(
    stage.users.filter(({ endedMs }) => endedMs === null).map(({ user }) => user),
    first.slice(0, 2),
  );
});

test("users that move to another worker leave, those that come start, the others stay", withTimeout, async () => {
  using stage = new Stage(closedSpec(steady(9), [0, 2, 4, 6]), [prompt]);
  await eventually(() => are(stage, 0, 2, 4, 6), "its own run");
  stage.executor.update(closedSpec(steady(9), [0, 3, 4, 8, 40]));
  await eventually(() => are(stage, 0, 3, 4, 8), "they changed places");
  assert.deepEqual(stage.startedIndexes, [0, 2, 4, 6, 3, 8]);
});

test("during a pause no user runs; on resume they start at the spawn rate", withTimeout, async () => {
  const plan = steady(4);
  using stage = new Stage(closedSpec(plan, upTo(4)), [prompt]);
  await eventually(() => are(stage, 0, 1, 2, 3), "all run");
  const pausedAtMs = stage.nowMs;
  stage.executor.update(closedSpec(paused(plan, pausedAtMs), upTo(4)));
  await eventually(() => are(stage), "nobody runs");
  const resumedAtMs = stage.nowMs + 20;
  stage.executor.update(closedSpec(resumed(plan, pausedAtMs, resumedAtMs, 50), upTo(4)));
  await eventually(() => are(stage, 0, 1, 2, 3), "all are back");
  for (const { index, startedMs } of stage.users.slice(4)) {
    assert.ok(startedMs >= resumedAtMs + index * 20 - 0.01, `${index} at ${startedMs - resumedAtMs} ms`);
  }
});

test("the time of a user that the test has stopped counts as made, except during a pause", withTimeout, async () => {
  const plan = steady(1);
  using stage = new Stage(closedSpec(plan, [0]), [{ tasks: { once: (vu) => vu.stop() } }]);
  await eventually(() => stage.users[0]?.endedMs != null, "it has stopped");
  // The update comes late: the pause has begun.
  const pausedAtMs = stage.nowMs;
  stage.executor.update(closedSpec(paused(plan, pausedAtMs), [0]));
  await eventually(() => stage.nowMs > pausedAtMs + 100, "the pause lasts");
  assert.ok(stage.executor.progress.made <= pausedAtMs + 20, "the pause is not made");
  const resumedAtMs = stage.nowMs + 20;
  stage.executor.update(closedSpec(resumed(plan, pausedAtMs, resumedAtMs, atOnce), [0]));
  await eventually(() => stage.nowMs > resumedAtMs + 100, "the load goes on");
  const { made } = stage.executor.progress;
  assert.ok(made >= pausedAtMs + 80, `${made} ms with the time after the pause`);
  assert.equal(stage.users.length, 1, "it is not started again");
});

test("a plan that ends earlier ends the executor", withTimeout, async () => {
  using stage = new Stage(closedSpec(steady(2), upTo(2)), [prompt]);
  await eventually(() => are(stage, 0, 1), "both run");
  stage.executor.update(closedSpec({ ...steady(2), durationMs: stage.nowMs + 20 }, upTo(2)));
  await within(stage.executor.finished, "it ends");
});

test("a plan with an open end continues until it is changed", withTimeout, async () => {
  const forever = { ...stagesPlan({ stages: [{ durationMs: 0, target: 1 }] }), durationMs: Number.POSITIVE_INFINITY };
  using stage = new Stage(closedSpec(forever, [0]), [prompt]);
  await eventually(() => are(stage, 0), "it runs");
  stage.executor.stop(0);
  await within(stage.executor.finished, "it ends");
});

test("a scenario does not become one of another kind", withTimeout, async () => {
  using stage = new Stage(closedSpec(steady(1), [0]), [prompt]);
  assert.throws(() => stage.executor.update(iterationsSpec(1, { total: 1 })), TypeError);
});

test("an update of another kind is refused", withTimeout, () => {
  const specs = [closedSpec(steady(0), []), openSpec(steady(0)), iterationsSpec(0, { perUser: 1 })];
  for (const spec of specs) {
    using stage = new Stage(spec, [prompt]);
    for (const other of specs.filter(({ kind }) => kind !== spec.kind))
      assert.throws(() => stage.executor.update(other), {
        message: `scenario ${other.id} cannot become ${other.kind}`,
      });
  }
});
