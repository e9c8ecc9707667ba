import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { constantUsersPlan, stagesPlan } from "../../../src/core/plan/plan.ts";
import { constant } from "../../../src/index.ts";
import { LoopWatch } from "../health/loop-watch.ts";
import { aMoment, eventually, within, withTimeout } from "../http/fixture.ts";
import { closedSpec, Stage } from "./stage.ts";

/** How late may be what a timer does, beside what the machine kept the process from running. */
const timerSlackMs = 150;
const seconds = (ms: number, target: number) => ({ durationMs: ms, target });
/** Ends when it is told to stop. */
const prompt = { pause: constant("1h"), tasks: { list: () => {} } };
/** Ends only when it is aborted. */
const lingering = { tasks: { list: (vu: { sleep(duration: string): Promise<void> }) => vu.sleep("1h") } };

test("users start when the plan says, never before, and stop at its end", withTimeout, async () => {
  using watch = new LoopWatch();
  const plan = constantUsersPlan({ users: 8, spawnRatePerSecond: 40, durationMs: 300 });
  using stage = new Stage(closedSpec(plan, [0, 1, 2, 3, 4, 5, 6, 7]), [prompt]);
  await within(stage.executor.finished, "the plan ends");
  assert.deepEqual(stage.startedIndexes, [0, 1, 2, 3, 4, 5, 6, 7]);
  const slackMs = timerSlackMs + watch.longestMs;
  for (const { index, startedMs, endedMs } of stage.users) {
    const plannedMs = index * 25;
    assert.ok(startedMs >= plannedMs && startedMs < plannedMs + slackMs, `${index} started at ${startedMs} ms`);
    assert.ok(endedMs !== null && endedMs >= 300 && endedMs < 300 + slackMs, `${index} ended at ${endedMs} ms`);
  }
  assert.deepEqual(stage.counts, { completed: 8, interrupted: 0, dropped: 0 });
});

test("a worker starts its own users only, at their places in the whole plan", withTimeout, async () => {
  const plan = constantUsersPlan({ users: 6, spawnRatePerSecond: 50, durationMs: 200 });
  using stage = new Stage(closedSpec(plan, [1, 4, 900]), [prompt]);
  await within(stage.executor.finished, "the plan ends");
  assert.deepEqual(stage.startedIndexes, [1, 4]);
  assert.ok((stage.users[0]?.startedMs ?? 0) >= 20 && (stage.users[1]?.startedMs ?? 0) >= 80);
});

test("each user is of the class that the whole sequence gives its number", withTimeout, async () => {
  const plan = constantUsersPlan({ users: 9, spawnRatePerSecond: Number.POSITIVE_INFINITY, durationMs: 50 });
  const classes = [{ weight: 0, fixedCount: 2 }, { weight: 1 }, { weight: 0 }];
  using stage = new Stage(closedSpec(plan, [0, 1, 2, 7], { classes }), [prompt, prompt, prompt]);
  await within(stage.executor.finished, "the plan ends");
  assert.deepEqual(
    stage.users.map(({ classNumber }) => classNumber),
    [0, 0, 1, 1],
  );
});

test("more users than the fixed counts allow are not started", withTimeout, async () => {
  const plan = constantUsersPlan({ users: 5, spawnRatePerSecond: Number.POSITIVE_INFINITY, durationMs: 50 });
  using stage = new Stage(closedSpec(plan, [0, 1, 2, 3, 4], { classes: [{ weight: 0, fixedCount: 2 }] }), [prompt]);
  await within(stage.executor.finished, "the plan ends");
  assert.deepEqual(stage.startedIndexes, [0, 1]);
});

test("a worker without users ends with the plan", withTimeout, async () => {
  const plan = constantUsersPlan({ users: 6, spawnRatePerSecond: 50, durationMs: 50 });
  using stage = new Stage(closedSpec(plan, []), [prompt]);
  await within(stage.executor.finished, "the plan ends");
  assert.deepEqual(stage.users, []);
});

test("on a way down the last users stop first, when the plan says", withTimeout, async () => {
  using watch = new LoopWatch();
  const plan = stagesPlan({ start: 4, stages: [seconds(40, 4), seconds(160, 0), seconds(60, 0)] });
  using stage = new Stage(closedSpec(plan, [0, 1, 2, 3]), [prompt]);
  await within(stage.executor.finished, "the plan ends");
  assert.equal(stage.users.length, 4);
  const slackMs = timerSlackMs + watch.longestMs;
  for (const { index, endedMs } of stage.users) {
    const plannedMs = 40 + (4 - index) * 40;
    assert.ok(endedMs !== null && endedMs >= plannedMs - 0.01 && endedMs < plannedMs + slackMs, `${index}: ${endedMs}`);
  }
});

test("when the plan rises again users start again", withTimeout, async () => {
  const again = [seconds(30, 2), seconds(0, 0), seconds(30, 0), seconds(0, 2), seconds(60_000, 2)];
  const spec = closedSpec(stagesPlan({ start: 2, stages: again }), [0, 1]);
  using stage = new Stage(spec, [prompt], { holdAtMs: 45 });
  await eventually(() => stage.users.length === 2 && stage.running.length === 0, "they stop");
  stage.holdAtMs = Number.POSITIVE_INFINITY;
  await eventually(() => stage.users.length === 4, "they start again");
  assert.deepEqual(stage.startedIndexes, [0, 1, 0, 1]);
});

test(
  "a user that still finishes when it is wanted again starts once it has ended, never twice at a time",
  withTimeout,
  async () => {
    const stages = [seconds(20, 1), seconds(0, 0), seconds(20, 0), seconds(0, 1), seconds(60_000, 1)];
    const gate = Promise.withResolvers<void>();
    const once = { tasks: { list: () => gate.promise }, pause: constant("1h") };
    using stage = new Stage(closedSpec(stagesPlan({ start: 1, stages }), [0]), [once], { holdAtMs: 30 });
    // Timers fire in their order: that of 20 ms, at which it is to stop, has fired by then.
    await delay(60);
    stage.holdAtMs = Number.POSITIVE_INFINITY;
    await eventually(() => stage.nowMs > 100, "it is wanted again");
    assert.equal(stage.users.length, 1);
    gate.resolve();
    await eventually(() => stage.users.length === 2, "it starts again");
    await eventually(() => stage.counts.completed === 2, "it works again");
    stage.executor.stop(0);
    await within(stage.executor.finished, "the users end");
    assert.deepEqual(stage.running, []);
  },
);

test("stop starts no more users and waits for those that finish", withTimeout, async () => {
  const plan = constantUsersPlan({ users: 100, spawnRatePerSecond: 100, durationMs: 60_000 });
  const gate = Promise.withResolvers<void>();
  const all = Array.from({ length: 100 }, (_, index) => index);
  using stage = new Stage(closedSpec(plan, all), [{ tasks: { list: () => gate.promise } }]);
  await eventually(() => stage.users.length >= 3, "some have started");
  stage.executor.stop(60_000);
  const started = stage.users.length;
  let finished = false;
  void stage.executor.finished.then(() => {
    finished = true;
  });
  await aMoment();
  assert.deepEqual([stage.users.length, stage.running.length, finished], [started, started, false]);
  stage.executor.stop(60_000);
  stage.executor.update(closedSpec(plan, all));
  gate.resolve();
  await within(stage.executor.finished, "the users end");
  assert.deepEqual(stage.counts, { completed: started, interrupted: 0, dropped: 0 });
  assert.equal(stage.users.length, started, "an update after the stop changes nothing");
});

test("at the end of the plan users have their stop timeout, and are interrupted then", withTimeout, async () => {
  const plan = stagesPlan({ start: 2, stages: [seconds(30, 2)] });
  const startedMs = performance.now();
  using stage = new Stage(closedSpec(plan, [0, 1]), [lingering], { stopTimeoutMs: 80 });
  await within(stage.executor.finished, "the users end");
  assert.deepEqual(stage.counts, { completed: 0, interrupted: 2, dropped: 0 });
  // The stop timeout is real time, and not that of the clock of the stage.
  const tookMs = performance.now() - startedMs;
  assert.ok(tookMs >= 109, `${tookMs} ms`);
});

test("an abort interrupts, and leaves behind who does not come back", withTimeout, async () => {
  const plan = constantUsersPlan({ users: 2, spawnRatePerSecond: 1_000, durationMs: 60_000 });
  const { promise: isStuck, resolve: nowStuck } = Promise.withResolvers<void>();
  const list = () => {
    nowStuck();
    return new Promise<void>(() => {});
  };
  const stuck = { tasks: { list } };
  const classes = [{ weight: 0, fixedCount: 1 }, { weight: 1 }];
  using stage = new Stage(closedSpec(plan, [0, 1], { classes }), [lingering, stuck]);
  await within(isStuck, "both have started");
  stage.executor.stop(0);
  await eventually(() => stage.running.length === 1, "the first is interrupted");
  assert.deepEqual(stage.running, [1]);
  await within(stage.executor.finished, "the stuck user is left behind");
  assert.deepEqual([stage.running, stage.counts.interrupted], [[], 2]);
});

test("a stop before anyone has started ends at once", withTimeout, async () => {
  const plan = stagesPlan({ start: 0, stages: [seconds(60_000, 0), seconds(1_000, 5)] });
  using stage = new Stage(closedSpec(plan, [0, 1]), [prompt]);
  stage.executor.stop(60_000);
  await within(stage.executor.finished, "it ends");
  assert.deepEqual(stage.users, []);
});

test("a user that never starts is given up for good, and the others go on", withTimeout, async () => {
  const tries = new Map<number, number>();
  const onStart = (vu: { readonly index: number }) => {
    tries.set(vu.index, (tries.get(vu.index) ?? 0) + 1);
    assert.notEqual(vu.index, 1, "no token");
  };
  const task = { pause: constant("5ms"), tasks: { list: () => {} }, onStart };
  using stage = new Stage(
    closedSpec(constantUsersPlan({ users: 3, spawnRatePerSecond: 1_000, durationMs: 60_000 }), [0, 1, 2]),
    [task],
    { startRetryMs: 1 },
  );
  await eventually(() => stage.running.length === 2, "one has gone");
  const completed = stage.counts.completed;
  await eventually(() => stage.counts.completed > completed + 10, "the others go on");
  assert.deepEqual([...tries].sort(), [
    [0, 1],
    [1, 5],
    [2, 1],
  ]);
  assert.deepEqual([stage.recorder.startedUsers, stage.recorder.failedStarts], [2, 1]);
});
