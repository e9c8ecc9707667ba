import assert from "node:assert/strict";
import { test } from "node:test";
import { constantUsersPlan } from "../../../src/core/plan/plan.ts";
import { constant } from "../../../src/index.ts";
import { eventually, within, withTimeout } from "../http/fixture.ts";
import { closedSpec, Stage } from "./stage.ts";

const prompt = { pause: constant("1h"), tasks: { list: () => {} } };
const steady = (users: number) =>
  constantUsersPlan({ users, spawnRatePerSecond: Number.POSITIVE_INFINITY, durationMs: 60_000 });
const are = (stage: Stage, ...indexes: number[]) => stage.running.join() === indexes.join();

test("the users of a worker that joins late start at their times, and those of old at once", withTimeout, async () => {
  const moved: [number, number][] = [
    [1, 120],
    [2, 40],
    [3, 80],
    [4, -5_000],
  ];
  using stage = new Stage(closedSpec(steady(6), [0, 1, 2, 3, 4], { moved }), [prompt]);
  assert.deepEqual(stage.running, [0, 4], "a time in the past means now");
  await eventually(() => are(stage, 0, 1, 2, 3, 4), "all have come");
  assert.deepEqual(stage.startedIndexes, [0, 4, 2, 3, 1]);
  for (const { index, startedMs } of stage.users.slice(2)) {
    const dueMs = new Map(moved).get(index) ?? 0;
    assert.ok(startedMs >= dueMs - 0.01, `${index} at ${startedMs}`);
  }
});

test("a user that will have left the plan when its time comes does not start", withTimeout, async () => {
  const spec = closedSpec(steady(3), [0, 7], { moved: [[7, 20]] });
  using stage = new Stage(spec, [prompt]);
  await eventually(() => stage.nowMs > 60, "its time has come");
  assert.deepEqual(stage.startedIndexes, [0]);
});

test("users that go to another worker go on until their times, and finish their iteration", withTimeout, async () => {
  const gate = Promise.withResolvers<void>();
  let isHeld = true;
  const held = {
    pause: constant("1h"),
    tasks: { list: (vu: { index: number }) => (vu.index === 2 && isHeld ? gate.promise : undefined) },
  };
  using stage = new Stage(closedSpec(steady(4), [0, 1, 2, 3]), [held]);
  await eventually(() => are(stage, 0, 1, 2, 3), "all run");
  const nowMs = stage.nowMs;
  const leaving: [number, number][] = [
    [1, nowMs + 150],
    [2, nowMs + 50],
    [3, nowMs - 10],
  ];
  stage.executor.update(closedSpec(steady(4), [0], { leaving }));
  await eventually(() => are(stage, 0, 1, 2), "only the one whose time is over goes at once");
  assert.ok(stage.nowMs < nowMs + 150 || !stage.running.includes(1));
  await eventually(() => are(stage, 0, 2), "the next goes at its time");
  assert.ok((stage.users[1]?.endedMs ?? 0) >= nowMs + 150 - 0.01, `${stage.users[1]?.endedMs}`);
  assert.equal(stage.users[2]?.user.isStopping, true);
  isHeld = false;
  gate.resolve();
  await eventually(() => are(stage, 0), "the last one has finished its iteration");
  assert.equal(stage.counts.interrupted, 0);
  assert.equal(stage.users.length, 4, "nobody came back");
});

test("a worker that starts late has users that leave again, too", withTimeout, async () => {
  using stage = new Stage(closedSpec(steady(3), [0], { leaving: [[1, 60]] }), [prompt]);
  assert.deepEqual(stage.running, [0, 1]);
  await eventually(() => are(stage, 0), "it has left");
  assert.ok((stage.users[1]?.endedMs ?? 0) >= 59.99);
});

test("an update that says the same again changes nothing; times that are over stay over", withTimeout, async () => {
  const spec = closedSpec(steady(4), [0, 1, 2], { moved: [[2, 30]], leaving: [[3, 60]] });
  using stage = new Stage(spec, [prompt]);
  stage.executor.update(spec);
  await eventually(() => are(stage, 0, 1, 2), "one has come, one has left");
  const users = stage.users.length;
  stage.executor.update(spec);
  stage.executor.update(spec);
  assert.deepEqual([stage.running, stage.users.length], [[0, 1, 2], users]);
  stage.executor.stop(0);
  await within(stage.executor.finished, "the users end");
});

test("after a stop no user starts", withTimeout, async () => {
  using stage = new Stage(closedSpec(steady(3), [0, 1], { moved: [[1, 30]] }), [prompt]);
  stage.executor.stop(60_000);
  await within(stage.executor.finished, "the users end");
  await eventually(() => stage.nowMs > 60, "its time is over");
  assert.deepEqual(stage.startedIndexes, [0]);
});
