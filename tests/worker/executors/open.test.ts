import assert from "node:assert/strict";
import { test } from "node:test";
import { ArrivalTimes } from "../../../src/core/arrivals/arrivals.ts";
import type { Plan } from "../../../src/core/plan/plan.ts";
import { endedAt, rampTo } from "../../../src/core/plan/plan-edit.ts";
import { ClassSequence } from "../../../src/core/population/class-sequence.ts";
import { LoopWatch } from "../health/loop-watch.ts";
import { eventually, within, withTimeout } from "../http/fixture.ts";
import { openSpec, Stage } from "./stage.ts";

/** How late may be what a timer does, beside what the machine kept the process from running. */
const timerSlackMs = 150;
const steady = (rate: number, durationMs: number): Plan => ({ points: [{ atMs: 0, value: rate }], durationMs });
const nothing = { tasks: { list: () => {} } };
const total = (stage: Stage) => Object.values(stage.counts).reduce((sum, count) => sum + count, 0);

/** Classes that count their iterations. */
function counting(classCount: number) {
  const done = new Array<number>(classCount).fill(0);
  const definitions = done.map((_, position) => {
    const list = () => {
      done[position] = (done[position] ?? 0) + 1;
    };
    return { tasks: { list } };
  });
  return { done, definitions };
}

test("each iteration of the plan begins when it is due, never before", withTimeout, async () => {
  using watch = new LoopWatch();
  const begunMs: number[] = [];
  const note = { tasks: { list: () => void begunMs.push(stage.nowMs) } };
  using stage: Stage = new Stage(openSpec(steady(200, 300)), [note]);
  await within(stage.executor.finished, "the plan ends");
  assert.deepEqual(stage.counts, { completed: 60, interrupted: 0, dropped: 0 });
  const slackMs = timerSlackMs + watch.longestMs;
  begunMs.forEach((atMs, k) => {
    assert.ok(atMs >= k * 5 && atMs < k * 5 + slackMs, `${k} at ${atMs} ms`);
  });
  assert.equal(stage.recorder.scheduleLag.count, 60);
});

test("a user that has finished takes the next iteration, so that few are made", withTimeout, async () => {
  using watch = new LoopWatch();
  using stage = new Stage(openSpec(steady(100, 300)), [nothing]);
  await within(stage.executor.finished, "the plan ends");
  assert.equal(stage.counts.completed, 30);
  // What came due while the machine kept the process from running is due at once, one each 10 ms.
  assert.ok(stage.users.length < 15 + watch.longestMs / 10, `${stage.users.length} users`);
});

test("while users are busy new ones begin, as many as there may be", withTimeout, async () => {
  const gate = Promise.withResolvers<void>();
  using stage = new Stage(openSpec(steady(200, 60_000), { maxUsers: 4 }), [{ tasks: { list: () => gate.promise } }]);
  await eventually(() => stage.recorder.scheduleLag.count >= 10, "ten were due");
  assert.deepEqual(stage.running, [0, 1, 2, 3]);
  gate.resolve();
  await eventually(() => stage.counts.completed >= 20, "they go on");
  assert.deepEqual([stage.running, stage.counts.dropped], [[0, 1, 2, 3], 0]);
});

test("workers share the iterations: together they do each once", withTimeout, async () => {
  const plan: Plan = {
    points: [
      { atMs: 0, value: 0 },
      { atMs: 300, value: 300 },
    ],
    durationMs: 300,
  };
  const stages = [0, 1, 2].map((position) => new Stage(openSpec(plan, { position, workerCount: 3 }), [nothing]));
  await within(Promise.all(stages.map(({ executor }) => executor.finished)), "the plan ends");
  const done = stages.map(({ counts }) => counts.completed);
  assert.equal(
    done.reduce((sum, count) => sum + count),
    new ArrivalTimes(plan).count(),
  );
  assert.ok(Math.max(...done) - Math.min(...done) <= 5, done.join());
});

test("the shares of the classes are exact, by the number of the iteration", withTimeout, async () => {
  const classes = [{ weight: 5 }, { weight: 0 }, { weight: 3 }, { weight: 2 }];
  const { done, definitions } = counting(classes.length);
  using stage = new Stage(openSpec(steady(400, 257), { classes }), definitions);
  await within(stage.executor.finished, "the plan ends");
  assert.deepEqual(done, new ClassSequence(classes).counts(103));
});

test(
  "random arrivals repeat with the seed, differ between workers, and are as many as the plan's",
  withTimeout,
  async () => {
    // Both have the same place: a worker may get it after another that has left.
    const spec = openSpec(steady(600, 400), { arrivals: "poisson", position: 0, workerCount: 2 });
    const stages = [1, 1, 2].map((worker) => new Stage(spec, [nothing], { worker }));
    await within(Promise.all(stages.map(({ executor }) => executor.finished)), "the plan ends");
    const [first = 0, again, other = 0] = stages.map(({ counts }) => counts.completed);
    // A machine that is busy at the end of the plan makes the last of them late.
    assert.ok(again !== undefined && Math.abs(again - first) <= 5, `${again} and ${first}`);
    // The mean is 240, so that four standard deviations are 62.
    assert.ok(Math.abs(first + other - 240) < 62, `${first} and ${other}`);
  },
);

test("after a change of the rate, the next iteration follows: none runs twice, none is lost", withTimeout, async () => {
  const classes = [{ weight: 2 }, { weight: 1 }];
  const { done, definitions } = counting(classes.length);
  const before = steady(150, 60_000);
  const share = (position: number) => ({ classes, position, workerCount: 2 });
  const stages = [0, 1].map((position) => new Stage(openSpec(before, share(position)), definitions));
  await eventually(() => (stages[1]?.nowMs ?? 0) > 100, "some were due");
  let plan = before;
  /** The new plan is there before it holds, however long the machine keeps the process from running. */
  const change = (changed: (atMs: number) => Plan) => {
    for (const stage of stages) stage.holdAtMs = stage.nowMs;
    const atMs = (stages[0]?.nowMs ?? 0) + 50;
    plan = changed(atMs);
    for (const [position, stage] of stages.entries()) stage.executor.update(openSpec(plan, share(position)));
    for (const stage of stages) stage.holdAtMs = Number.POSITIVE_INFINITY;
    return atMs;
  };
  for (const [target, perSecond] of [
    [500, Number.POSITIVE_INFINITY],
    [0, Number.POSITIVE_INFINITY],
    [300, 2_000],
  ] as const) {
    const atMs = change((fromMs) => rampTo(plan, fromMs, target, perSecond));
    await eventually(() => (stages[1]?.nowMs ?? 0) > atMs + 80, "it holds for a while");
  }
  change((fromMs) => endedAt(plan, fromMs));
  await within(Promise.all(stages.map(({ executor }) => executor.finished)), "the plan ends");
  const due = new ArrivalTimes(plan).count();
  assert.equal(
    stages.reduce((sum, stage) => sum + total(stage), 0),
    due,
  );
  assert.deepEqual(done, new ClassSequence(classes).counts(due));
});

test("stop drops what waits, interrupts what runs, and begins no more", withTimeout, async () => {
  const waiting = { tasks: { list: (vu: { sleep(duration: string): Promise<void> }) => vu.sleep("1h") } };
  using stage = new Stage(openSpec(steady(200, 60_000), { maxUsers: 3 }), [waiting]);
  await eventually(() => stage.recorder.scheduleLag.count >= 10, "ten were due");
  stage.executor.stop(20);
  const due = stage.recorder.scheduleLag.count;
  stage.executor.stop(10);
  stage.executor.update(openSpec(steady(900, 60_000)));
  await within(stage.executor.finished, "the users end");
  assert.deepEqual(stage.counts, { completed: 0, interrupted: 3, dropped: due - 3 });
  assert.equal(stage.recorder.scheduleLag.count, due);
});

test("idle users end with the plan, and their onStop runs", withTimeout, async () => {
  let ended = 0;
  using stage = new Stage(openSpec(steady(100, 100)), [{ ...nothing, onStop: () => void ended++ }]);
  await within(stage.executor.finished, "the plan ends");
  assert.ok(ended > 0);
  assert.deepEqual([ended, stage.running], [stage.users.length, []]);
});
