import assert from "node:assert/strict";
import { test } from "node:test";
import { constantUsersPlan, stagesPlan } from "../../src/core/plan.ts";
import { Stage } from "./executor-fixture.ts";
import { aMoment, eventually, within, withTimeout } from "./http/fixture.ts";

/** How late a timer may be on a machine with other work. */
const slackMs = 150;
const seconds = (ms: number, target: number) => ({ durationMs: ms, target });

test("users start when the plan says, never before, and stop at its end", withTimeout, async () => {
  const plan = constantUsersPlan({ users: 8, spawnRatePerSecond: 40, durationMs: 300 });
  const stage = new Stage(plan, [0, 1, 2, 3, 4, 5, 6, 7]);
  await within(stage.executor.finished, "the plan ends");
  assert.deepEqual(stage.startedIndexes, [0, 1, 2, 3, 4, 5, 6, 7]);
  for (const { index, startedMs } of stage.users) {
    const plannedMs = index * 25;
    assert.ok(startedMs >= plannedMs && startedMs < plannedMs + slackMs, `${index} started at ${startedMs} ms`);
  }
  for (const user of stage.users) {
    assert.ok(stage.stoppedAt(user) >= 300 && stage.stoppedAt(user) < 300 + slackMs);
    assert.equal(user.aborts, 0);
  }
});

test("a worker starts its own users only, at their places in the whole plan", withTimeout, async () => {
  const plan = constantUsersPlan({ users: 6, spawnRatePerSecond: 50, durationMs: 200 });
  const stage = new Stage(plan, [1, 4, 900]);
  await within(stage.executor.finished, "the plan ends");
  assert.deepEqual(stage.startedIndexes, [1, 4]);
  assert.ok((stage.users[0]?.startedMs ?? 0) >= 20 && (stage.users[1]?.startedMs ?? 0) >= 80);
});

test("a worker without users ends with the plan", withTimeout, async () => {
  const stage = new Stage(constantUsersPlan({ users: 6, spawnRatePerSecond: 50, durationMs: 50 }), []);
  await within(stage.executor.finished, "the plan ends");
  assert.deepEqual(stage.users, []);
});

test("on a way down the last users stop first, when the plan says", withTimeout, async () => {
  const plan = stagesPlan({ start: 4, stages: [seconds(40, 4), seconds(160, 0), seconds(60, 0)] });
  const stage = new Stage(plan, [0, 1, 2, 3]);
  await within(stage.executor.finished, "the plan ends");
  assert.equal(stage.users.length, 4);
  for (const user of stage.users) {
    const plannedMs = 40 + (4 - user.index) * 40;
    const stoppedMs = stage.stoppedAt(user);
    assert.ok(stoppedMs >= plannedMs - 0.01 && stoppedMs < plannedMs + slackMs, `${user.index} at ${stoppedMs} ms`);
  }
});

test("when the plan rises again users start again", withTimeout, async () => {
  const plan = stagesPlan({
    start: 2,
    stages: [seconds(30, 2), seconds(0, 0), seconds(30, 0), seconds(0, 2), seconds(30, 2)],
  });
  const stage = new Stage(plan, [0, 1]);
  await within(stage.executor.finished, "the plan ends");
  assert.deepEqual(stage.startedIndexes, [0, 1, 0, 1]);
});

test(
  "a user that still finishes when it is wanted again starts once it has ended, never twice at a time",
  withTimeout,
  async () => {
    const plan = stagesPlan({
      start: 1,
      stages: [seconds(20, 1), seconds(0, 0), seconds(20, 0), seconds(0, 1), seconds(60_000, 1)],
    });
    const stage = new Stage(plan, [0], "lingering");
    await eventually(() => stage.nowMs > 100, "it is wanted again");
    assert.equal(stage.users.length, 1);
    stage.users[0]?.end();
    await eventually(() => stage.users.length === 2, "it starts again");
    stage.executor.abort();
    await within(stage.executor.finished, "the users end");
    assert.deepEqual(
      stage.users.map((user) => user.aborts),
      [0, 1],
    );
  },
);

test("stop starts nobody any more and waits for those who finish", withTimeout, async () => {
  const plan = constantUsersPlan({ users: 100, spawnRatePerSecond: 100, durationMs: 60_000 });
  const stage = new Stage(
    plan,
    Array.from({ length: 100 }, (_, index) => index),
    "lingering",
  );
  await eventually(() => stage.users.length >= 3, "some have started");
  stage.executor.stop();
  const started = stage.users.length;
  let finished = false;
  void stage.executor.finished.then(() => {
    finished = true;
  });
  await aMoment();
  assert.deepEqual([stage.users.length, finished], [started, false]);
  assert.ok(stage.users.every((user) => user.stoppedMs !== null && user.aborts === 0));
  stage.executor.stop();
  for (const user of stage.users) user.end();
  await within(stage.executor.finished, "the users end");
});

test("abort interrupts, and leaves behind who does not come back", withTimeout, async () => {
  const plan = constantUsersPlan({ users: 2, spawnRatePerSecond: 1_000, durationMs: 60_000 });
  const stage = new Stage(plan, [0, 1], "stuck");
  await eventually(() => stage.users.length === 2, "both have started");
  stage.executor.abort();
  stage.users[0]?.end();
  await within(stage.executor.finished, "the stuck user is left behind");
  assert.deepEqual(
    stage.users.map(({ aborts, abandons }) => [aborts, abandons]),
    [
      [1, 0],
      [1, 1],
    ],
  );
});

test("a stop before anyone has started ends at once", withTimeout, async () => {
  const plan = stagesPlan({ start: 0, stages: [seconds(60_000, 0), seconds(1_000, 5)] });
  const stage = new Stage(plan, [0, 1]);
  stage.executor.stop();
  await within(stage.executor.finished, "it ends");
  assert.deepEqual(stage.users, []);
});
