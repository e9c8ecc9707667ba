import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { constant } from "../../../src/index.ts";
import { DataEmptyError } from "../../../src/scenario/shared/data.ts";
import { assertAsyncProperty } from "../../support/property.ts";
import { aMoment, eventually, within, withTimeout } from "../http/fixture.ts";
import { iterationsSpec, Stage } from "./stage.ts";

type Sleeper = { readonly index: number; sleep(duration: string): Promise<void> };
const sleeping = { tasks: { list: (vu: Sleeper) => vu.sleep("1h") } };

/** Counts the iterations of each user. */
function counting(task: (vu: Sleeper) => unknown = () => {}) {
  const byUser = new Map<number, number>();
  const list = (vu: Sleeper) => {
    byUser.set(vu.index, (byUser.get(vu.index) ?? 0) + 1);
    return task(vu);
  };
  return { definition: { tasks: { list } }, byUser };
}

test(
  "property: exactly the total, however many users there are; who would find nothing to do is not started",
  withTimeout,
  async () => {
    const sizes = fc.tuple(fc.integer({ min: 1, max: 12 }), fc.nat(40));
    await assertAsyncProperty(
      fc.asyncProperty(sizes, async ([users, total]) => {
        const { definition, byUser } = counting();
        using stage = new Stage(iterationsSpec(users, { total }), [definition]);
        await within(stage.executor.finished, "they are done");
        assert.deepEqual(stage.counts, { completed: total, interrupted: 0, dropped: 0 });
        assert.equal(stage.users.length, Math.min(users, total));
        assert.equal(
          [...byUser.values()].reduce((sum, count) => sum + count, 0),
          total,
        );
      }),
      { factor: 0.6 },
    );
  },
);

test("the users share a total by who is free, not by equal parts", withTimeout, async () => {
  const gate = Promise.withResolvers<void>();
  const { definition, byUser } = counting((vu) => (vu.index === 0 ? gate.promise : undefined));
  using stage = new Stage(iterationsSpec(3, { total: 50 }), [definition]);
  await eventually(() => stage.counts.completed === 49, "the others do the rest");
  gate.resolve();
  await within(stage.executor.finished, "they are done");
  assert.deepEqual([byUser.get(0), stage.counts.completed], [1, 50]);
});

test("each user does its own number, also when some are slow", withTimeout, async () => {
  const { definition, byUser } = counting((vu) => (vu.index === 2 ? vu.sleep("10ms") : undefined));
  using stage = new Stage(iterationsSpec(4, { perUser: 5 }), [{ ...definition, pause: constant("1ms") }]);
  await within(stage.executor.finished, "they are done");
  assert.deepEqual(Object.fromEntries(byUser), { 0: 5, 1: 5, 2: 5, 3: 5 });
  assert.deepEqual(stage.counts, { completed: 20, interrupted: 0, dropped: 0 });
});

test("an iteration that throws is one of them", withTimeout, async () => {
  using stage = new Stage(iterationsSpec(2, { total: 9 }), [{ tasks: { list: () => assert.fail("thrown") } }]);
  await within(stage.executor.finished, "they are done");
  assert.deepEqual([stage.counts.completed, stage.recorder.failedIterations], [9, 9]);
});

test("there is no pause after the last iteration", withTimeout, async () => {
  using stage = new Stage(iterationsSpec(2, { perUser: 1 }), [{ tasks: { list: () => {} }, pause: constant("1h") }]);
  await within(stage.executor.finished, "they are done");
});

test(
  "an iteration that ends its user because no data row is left is not left for other workers",
  withTimeout,
  async () => {
    for (const share of [{ total: 6 }, { perUser: 3 }]) {
      let rows = 3;
      const take = () => {
        if (--rows < 0) throw new DataEmptyError("accounts", "stop-user");
      };
      using stage = new Stage(iterationsSpec(2, share), [{ tasks: { take } }]);
      await within(stage.executor.finished, "no row is left");
      assert.deepEqual(stage.counts, { completed: 3, interrupted: 2, dropped: 0 });
      assert.deepEqual([stage.executor.progress.made, stage.recorder.countedIterations.get(0)], [6, 6]);
    }
  },
);

test("nor is one that was interrupted because its user moves to another worker", withTimeout, async () => {
  const wait = (vu: { readonly index: number; readonly signal: AbortSignal }) => {
    if (vu.index === 0) return;
    return new Promise((_, reject) => vu.signal.addEventListener("abort", () => reject(vu.signal.reason)));
  };
  using stage = new Stage(iterationsSpec(2, { perUser: 3 }), [{ tasks: { wait } }]);
  await eventually(() => stage.counts.completed === 3 && stage.running.join() === "1", "one of them waits");
  stage.executor.update(iterationsSpec(1, { perUser: 3 }));
  await within(stage.executor.finished, "nothing is left here");
  assert.deepEqual(stage.counts, { completed: 3, interrupted: 1, dropped: 0 });
  assert.deepEqual([stage.executor.progress.asked, stage.recorder.countedIterations.get(0)], [4, 4]);
});

test("when the time is up what has not begun is dropped, and what runs has its stop timeout", withTimeout, async () => {
  const spec = iterationsSpec(3, { total: 10, endMs: 100 });
  // Without stalls in its clock, which the timer of the stop counts, a user would seem to end too early.
  using stage = new Stage(spec, [sleeping], { stopTimeoutMs: 20, countsStalls: true });
  await within(stage.executor.finished, "the time is up");
  assert.deepEqual(stage.counts, { completed: 0, interrupted: 3, dropped: 7 });
  for (const { endedMs } of stage.users) assert.ok((endedMs ?? 0) >= 119, `${endedMs} ms`);
});

test("the time of those who each have a number is up as well", withTimeout, async () => {
  using stage = new Stage(iterationsSpec(3, { perUser: 4, endMs: 30 }), [sleeping], { stopTimeoutMs: 0 });
  await within(stage.executor.finished, "the time is up");
  assert.deepEqual(stage.counts, { completed: 0, interrupted: 3, dropped: 9 });
});

test("users that could never start leave their iterations to be dropped", withTimeout, async () => {
  const failing = { tasks: { list: () => {} }, onStart: () => assert.fail("login failed") };
  using stage = new Stage(iterationsSpec(2, { total: 6, endMs: 50 }), [failing]);
  await within(stage.executor.finished, "the time is up");
  assert.deepEqual(stage.counts, { completed: 0, interrupted: 0, dropped: 6 });
});

test("nothing begins before its start, and a stop before that begins nothing", withTimeout, async () => {
  using late = new Stage(iterationsSpec(2, { total: 4, startMs: 60 }), [counting().definition]);
  using never = new Stage(iterationsSpec(2, { total: 4, startMs: 60 }), [counting().definition]);
  never.executor.stop(0);
  await within(Promise.all([late.executor.finished, never.executor.finished]), "both end");
  assert.ok(late.users.every(({ startedMs }) => startedMs >= 60));
  assert.equal(late.counts.completed, 4);
  await aMoment();
  assert.deepEqual(never.users, []);
});

test("a stop begins no more iterations", withTimeout, async () => {
  const gate = Promise.withResolvers<void>();
  using stage = new Stage(iterationsSpec(2, { total: 100 }), [{ tasks: { list: () => gate.promise } }]);
  await eventually(() => stage.users.length === 2, "both run");
  stage.executor.stop(60_000);
  stage.executor.update(iterationsSpec(9, { total: 900 }));
  gate.resolve();
  await within(stage.executor.finished, "they end");
  assert.equal(stage.counts.completed, 2);
});

test("a worker with nothing to do is done", withTimeout, async () => {
  using nobody = new Stage(iterationsSpec(0, { total: 0 }), [sleeping]);
  using nothing = new Stage(iterationsSpec(3, { total: 0 }), [sleeping]);
  await within(Promise.all([nobody.executor.finished, nothing.executor.finished]), "both end");
  assert.deepEqual([nobody.users, nothing.users], [[], []]);
});

test("classes follow the whole sequence", withTimeout, async () => {
  const classes = [{ weight: 3 }, { weight: 1 }];
  const definitions = [counting().definition, counting().definition];
  using stage = new Stage(iterationsSpec(8, { perUser: 1, classes }), definitions);
  await within(stage.executor.finished, "they are done");
  assert.equal(stage.users.filter(({ classNumber }) => classNumber === 1).length, 2);
});

test(
  "while it is held no iteration begins; then it goes on, and there are as many as asked for",
  withTimeout,
  async () => {
    const { definition } = counting((vu) => vu.sleep("2ms"));
    const spec = (isHeld: boolean) => iterationsSpec(3, { total: 40, isHeld, endMs: isHeld ? null : 60_000 });
    using stage = new Stage(spec(false), [definition]);
    await eventually(() => stage.counts.completed >= 6, "they run");
    stage.executor.update(spec(true));
    await aMoment();
    const { completed } = stage.counts;
    await aMoment();
    await aMoment();
    assert.equal(stage.counts.completed, completed);
    assert.equal(stage.running.length, 3, "the users stay");
    stage.executor.update(spec(false));
    await within(stage.executor.finished, "they are done");
    assert.deepEqual(stage.counts, { completed: 40, interrupted: 0, dropped: 0 });
    assert.deepEqual([...stage.recorder.countedIterations], [[0, 40]]);
  },
);

test("held before its start it begins nothing; a stop ends a hold", withTimeout, async () => {
  const { definition } = counting();
  using early = new Stage(iterationsSpec(2, { total: 4, isHeld: true }), [definition]);
  using running = new Stage(iterationsSpec(2, { perUser: 1_000 }), [counting((vu) => vu.sleep("1ms")).definition]);
  await eventually(() => running.counts.completed > 0, "the other runs");
  running.executor.update(iterationsSpec(2, { perUser: 1_000, isHeld: true }));
  await aMoment();
  assert.deepEqual(early.users, []);
  running.executor.stop(60_000);
  await within(running.executor.finished, "it ends");
  early.executor.update(iterationsSpec(2, { total: 4 }));
  await within(early.executor.finished, "it is done");
  assert.equal(early.counts.completed, 4);
});

test("a part that is taken away is not begun; what has begun by then is", withTimeout, async () => {
  const gate = Promise.withResolvers<void>();
  using stage = new Stage(iterationsSpec(3, { perUser: 10 }), [counting(() => gate.promise).definition]);
  await eventually(() => stage.users.length === 3, "they run");
  stage.executor.update(iterationsSpec(3, { perUser: 10, total: 1 }));
  gate.resolve();
  await within(stage.executor.finished, "they end");
  assert.deepEqual(stage.counts, { completed: 3, interrupted: 0, dropped: 0 });
});

test(
  "iterations of users that never start are taken by the others, or dropped when there is none",
  withTimeout,
  async () => {
    const onStart = (vu: { readonly index: number }) => assert.notEqual(vu.index % 2, 1, "no token");
    const { definition } = counting();
    using shared = new Stage(iterationsSpec(4, { total: 40 }), [{ ...definition, onStart }], { startRetryMs: 1 });
    using own = new Stage(iterationsSpec(4, { perUser: 3 }), [{ ...definition, onStart }], { startRetryMs: 1 });
    await within(Promise.all([shared.executor.finished, own.executor.finished]), "they end");
    assert.deepEqual(shared.counts, { completed: 40, interrupted: 0, dropped: 0 });
    assert.deepEqual(own.counts, { completed: 6, interrupted: 0, dropped: 6 });
    // So that the master has nothing left to deal out.
    assert.equal(own.recorder.countedIterations.get(0), 12);
  },
);

test("users that are taken away finish, and their part of what has not begun is given up", withTimeout, async () => {
  const gate = Promise.withResolvers<void>();
  using shared = new Stage(iterationsSpec(4, { total: 40 }), [counting(() => gate.promise).definition]);
  using own = new Stage(iterationsSpec(4, { perUser: 10 }), [counting(() => gate.promise).definition]);
  await eventually(() => shared.users.length === 4 && own.users.length === 4, "they run");
  shared.executor.update(iterationsSpec(3, { total: 40 }));
  own.executor.update(iterationsSpec(3, { perUser: 10 }));
  // 36 and 9 had not begun.
  assert.deepEqual([shared.executor.progress.asked, own.executor.progress.asked], [31, 31]);
  // The same again, as after a reconnect, takes nothing more; nor does what the master makes of the report.
  shared.executor.update(iterationsSpec(3, { total: 40 }));
  shared.executor.update(iterationsSpec(3, { total: 31 }));
  assert.equal(shared.executor.progress.asked, 31);
  gate.resolve();
  await within(Promise.all([shared.executor.finished, own.executor.finished]), "they end");
  assert.deepEqual([shared.counts.completed, own.counts.completed], [31, 31]);
  assert.deepEqual([shared.counts.dropped, own.counts.dropped], [0, 0]);
});
