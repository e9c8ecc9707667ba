import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Plan } from "../../../src/core/plan/plan.ts";
import { assertAsyncProperty } from "../../support/property.ts";
import { eventually, within, withTimeout } from "../http/fixture.ts";
import { openSpec, Stage } from "./stage.ts";

/** So many iterations, 200 a second, and then none for a minute. */
const burst = (count: number): Plan => ({
  points: [
    { atMs: 0, value: 200 },
    { atMs: count * 5, value: 200 },
    { atMs: count * 5, value: 0 },
  ],
  durationMs: 60_000,
});
const nothing = { tasks: { list: () => {} } };

/** A class whose iterations wait until it opens; the order in which they came is in `begun`. */
class Gate {
  readonly begun: string[] = [];
  readonly #open = Promise.withResolvers<void>();

  of(name: string) {
    const wait = async () => {
      this.begun.push(name);
      await this.#open.promise;
    };
    return { tasks: { list: wait } };
  }

  open(): void {
    this.#open.resolve();
  }
}

test("iterations that are due while all users are busy wait in a queue, and none is lost", withTimeout, async () => {
  const gate = new Gate();
  using stage = new Stage(openSpec(burst(20), { maxUsers: 2 }), [gate.of("a")]);
  await eventually(() => stage.recorder.scheduleLag.count === 20, "all were due");
  assert.deepEqual([gate.begun.length, stage.counts.completed], [2, 0]);
  gate.open();
  await eventually(() => stage.counts.completed === 20, "the queue drains");
  assert.deepEqual([stage.users.length, stage.counts.dropped], [2, 0]);
});

test("iterations beyond the queue are dropped and counted", withTimeout, async () => {
  const gate = new Gate();
  using stage = new Stage(openSpec(burst(20), { maxUsers: 1, queueLimit: 5 }), [gate.of("a")]);
  await eventually(() => stage.recorder.scheduleLag.count === 20, "all were due");
  assert.deepEqual(stage.counts, { completed: 0, interrupted: 0, dropped: 14 });
  gate.open();
  await eventually(() => stage.counts.completed === 6, "the queue drains");
  assert.equal(stage.counts.dropped, 14);
});

test("without a queue whatever finds no free user is dropped at once", withTimeout, async () => {
  const gate = new Gate();
  using stage = new Stage(openSpec(burst(20), { maxUsers: 3, queueLimit: 0 }), [gate.of("a")]);
  await eventually(() => stage.recorder.scheduleLag.count === 20, "all were due");
  assert.equal(stage.counts.dropped, 17);
  gate.open();
  await eventually(() => stage.counts.completed === 3, "those that began are done");
});

test(
  "whatever the users, the queue and the code: offered = completed + dropped + interrupted",
  withTimeout,
  async () => {
    const settings = fc.record({
      maxUsers: fc.integer({ min: 1, max: 4 }),
      queueLimit: fc.nat(4),
      sleepMs: fc.constantFrom(0, 3, 30),
      stopTimeoutMs: fc.constantFrom(0, 10, 60_000),
      classes: fc.integer({ min: 1, max: 3 }),
    });
    await assertAsyncProperty(
      fc.asyncProperty(settings, async ({ maxUsers, queueLimit, sleepMs, stopTimeoutMs, classes }) => {
        const shares = Array.from({ length: classes }, (_, position) => ({ weight: position + 1 }));
        const plan: Plan = { points: [{ atMs: 0, value: 400 }], durationMs: 50 };
        const code = { tasks: { list: (vu: { sleep(text: string): Promise<void> }) => vu.sleep(`${sleepMs}ms`) } };
        const spec = openSpec(plan, { maxUsers, queueLimit, classes: shares });
        using stage = new Stage(
          spec,
          shares.map(() => code),
          { stopTimeoutMs },
        );
        await within(stage.executor.finished, "the users end");
        const { completed, dropped, interrupted } = stage.counts;
        assert.equal(completed + dropped + interrupted, 20, JSON.stringify(stage.counts));
        assert.ok(mostAtOnce(stage) <= maxUsers);
      }),
      { factor: 0.4 },
    );
  },
);

function mostAtOnce({ users }: Stage): number {
  const overlapping = (atMs: number) =>
    users.filter(({ startedMs, endedMs }) => startedMs <= atMs && (endedMs ?? Number.POSITIVE_INFINITY) > atMs).length;
  return Math.max(...users.map(({ startedMs }) => overlapping(startedMs)));
}

test("an idle user of another class makes room, so that no class starves", withTimeout, async () => {
  const gate = new Gate();
  gate.open();
  const classes = [{ weight: 1 }, { weight: 1 }];
  using stage = new Stage(openSpec(burst(20), { maxUsers: 1, classes }), [gate.of("a"), gate.of("b")]);
  await eventually(() => stage.counts.completed === 20, "all are done");
  assert.equal(gate.begun.filter((name) => name === "b").length, 10);
  assert.equal(mostAtOnce(stage), 1);
});

// `whenBusy: "drop"` is for when every user is busy; this one is idle.
test("without a queue, too, an idle user of another class makes room", withTimeout, async () => {
  const gate = new Gate();
  gate.open();
  const classes = [{ weight: 1 }, { weight: 1 }];
  using stage = new Stage(openSpec(burst(20), { maxUsers: 1, queueLimit: 0, classes }), [gate.of("a"), gate.of("b")]);
  await eventually(() => stage.counts.completed + stage.counts.dropped === 20, "all are done or dropped");
  assert.ok(gate.begun.includes("b"), `${stage.counts.dropped} of 20 were dropped: all of class b`);
});

test("waiting iterations are taken by class first, and the oldest of all when a user ends", withTimeout, async () => {
  const gate = new Gate();
  const classes = [{ weight: 1 }, { weight: 1 }];
  using stage = new Stage(openSpec(burst(6), { maxUsers: 1, classes }), [gate.of("a"), gate.of("b")]);
  await eventually(() => stage.recorder.scheduleLag.count === 6, "all were due");
  gate.open();
  await eventually(() => stage.counts.completed === 6, "all are done");
  const [first, other] = gate.begun[0] === "a" ? ["a", "b"] : ["b", "a"];
  assert.deepEqual(gate.begun, [first, first, first, other, other, other]);
});

test("with a lower limit, users end when they are idle or have finished an iteration", withTimeout, async () => {
  const gate = new Gate();
  const list = () => (gate.begun.length < 2 ? gate.of("busy").tasks.list() : new Promise((end) => setTimeout(end, 30)));
  using stage = new Stage(openSpec(burst(8), { maxUsers: 5 }), [{ tasks: { list } }]);
  await eventually(() => stage.counts.completed === 6, "two are busy, the others idle");
  const most = stage.running.length;
  assert.ok(most > 3, `${most} users`);
  const half = { position: 0, workerCount: 2, firstIteration: 100 };
  stage.executor.update(openSpec(burst(8), { maxUsers: 3, ...half }));
  await eventually(() => stage.running.length === 3, "idle ones end");
  stage.executor.update(openSpec(burst(8), { maxUsers: 1, ...half }));
  await eventually(() => stage.running.length === 2, "the last idle one ends");
  gate.open();
  await eventually(() => stage.running.length === 1, "one of the busy ones ends, too");
  assert.deepEqual(stage.counts, { completed: 8, interrupted: 0, dropped: 0 });
});

test("a queue is served within a lower limit, and with a higher one, more of it gets users", withTimeout, async () => {
  const gate = new Gate();
  using stage = new Stage(openSpec(burst(20), { maxUsers: 4 }), [gate.of("a")]);
  await eventually(() => stage.recorder.scheduleLag.count === 20, "all were due");
  stage.executor.update(openSpec(burst(20), { maxUsers: 6 }));
  await eventually(() => gate.begun.length === 6, "two more have begun");
  stage.executor.update(openSpec(burst(20), { maxUsers: 2 }));
  gate.open();
  await eventually(() => stage.counts.completed === 20, "the queue drains");
  assert.deepEqual([stage.running.length, stage.users.length, stage.counts.dropped], [2, 6, 0]);
});

test("an iteration whose user is stopped before it could start is interrupted", withTimeout, async () => {
  const failing = { ...nothing, onStart: () => assert.fail("login failed") };
  using stage = new Stage(openSpec(burst(4), { maxUsers: 2 }), [failing]);
  await eventually(() => stage.recorder.scheduleLag.count === 4, "all were due");
  stage.executor.stop(0);
  await within(stage.executor.finished, "the users end");
  assert.deepEqual(stage.counts, { completed: 0, interrupted: 2, dropped: 2 });
});

test(
  "an iteration that a user had taken when the load was stopped still runs, though the user is still starting",
  withTimeout,
  async () => {
    const gate = Promise.withResolvers<void>();
    let begun = 0;
    const slow = { tasks: { list: () => void begun++ }, onStart: () => gate.promise };
    using stage = new Stage(openSpec(burst(4), { maxUsers: 2 }), [slow]);
    await eventually(() => stage.recorder.scheduleLag.count === 4, "all were due");
    stage.executor.stop(60_000);
    gate.resolve();
    await within(stage.executor.finished, "the users end");
    assert.deepEqual([begun, stage.counts], [2, { completed: 2, interrupted: 0, dropped: 2 }]);
  },
);

test("an iteration whose user is left behind in onStart is interrupted, too", withTimeout, async () => {
  const stuck = { ...nothing, onStart: () => new Promise<void>(() => {}) };
  using stage = new Stage(openSpec(burst(4), { maxUsers: 2 }), [stuck]);
  await eventually(() => stage.recorder.scheduleLag.count === 4, "all were due");
  stage.executor.stop(0);
  await within(stage.executor.finished, "the users are left behind");
  assert.deepEqual(stage.counts, { completed: 0, interrupted: 2, dropped: 2 });
});

test(
  "an iteration whose user never starts is dropped: it was due, and nobody carried it out",
  withTimeout,
  async () => {
    const failing = { ...nothing, onStart: () => assert.fail("login failed") };
    using stage = new Stage(openSpec(burst(4), { maxUsers: 2 }), [failing], { startRetryMs: 1 });
    await eventually(() => stage.counts.dropped === 4, "all are dropped");
    assert.deepEqual(stage.counts, { completed: 0, interrupted: 0, dropped: 4 });
    assert.equal(stage.recorder.failedStarts, 4);
  },
);
