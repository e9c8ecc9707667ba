import assert from "node:assert/strict";
import { test } from "node:test";
import { IntervalRecorder } from "../../../src/stats/interval-recorder.ts";
import { UserPool } from "../../../src/worker/executors/user-pool.ts";
import { RunningUser } from "../../../src/worker/user/running-user.ts";
import { compileClasses } from "../../../src/worker/user/user-class.ts";
import { aMoment, eventually, within, withTimeout } from "../http/fixture.ts";
import { runContext } from "../user/test-user.ts";

type Task = (vu: { sleep(duration: string): Promise<void> }) => unknown;

/** A pool whose users do one iteration each. */
class TestPool implements Disposable {
  readonly recorder = new IntervalRecorder();
  readonly pool: UserPool;
  readonly ended: number[] = [];
  readonly toldWhileOpen: number[] = [];

  constructor(task: Task) {
    const [userClass] = compileClasses({ users: [{ name: "a", tasks: { list: task } }] }, "standard");
    if (userClass === undefined) throw new Error("no class");
    const run = runContext(this.recorder, "http://127.0.0.1:1");
    const context = {
      nowMs: () => performance.now(),
      createUser: (index: number) => new RunningUser(index, "default", userClass, run),
      userEnded: (user: RunningUser) => this.ended.push(user.index),
      recorder: this.recorder,
      stopTimeoutMs: 60_000,
      seed: 1,
      worker: 1,
    };
    this.pool = new UserPool(context, (index) => this.toldWhileOpen.push(index));
  }

  launch(...indexes: number[]): this {
    for (const index of indexes) {
      this.pool.launch(index, 0, async (user) => {
        await user.open();
        await user.iterate();
        await user.close(true);
      });
    }
    return this;
  }

  async finishedAfter(fromMs: number): Promise<number> {
    await within(this.pool.finished, "the pool has finished");
    return performance.now() - fromMs;
  }

  [Symbol.dispose](): void {
    this.pool.close(0);
  }
}

const lingering: Task = (vu) => vu.sleep("1h");
const stuck: Task = () => new Promise<void>(() => {});

test(
  "users are known while they run; who ends is told to the executor, until the pool closes",
  withTimeout,
  async () => {
    const gate = Promise.withResolvers<void>();
    let calls = 0;
    using users = new TestPool(() => (calls++ === 0 ? undefined : gate.promise)).launch(4, 7);
    assert.deepEqual([[...users.pool.indexes()], users.pool.size], [[4, 7], 2]);
    await eventually(() => users.ended.length === 1, "the first ends");
    assert.deepEqual([users.pool.has(4), users.pool.has(7), users.toldWhileOpen], [false, true, [4]]);
    users.pool.close(60_000);
    gate.resolve();
    await users.finishedAfter(0);
    assert.deepEqual([users.ended, users.toldWhileOpen, users.pool.size], [[4, 7], [4], 0]);
  },
);

test("a pool does not finish by itself, and an empty one at once when it is closed", withTimeout, async () => {
  using users = new TestPool(() => {});
  users.launch(0);
  let finished = false;
  void users.pool.finished.then(() => {
    finished = true;
  });
  await eventually(() => users.ended.length === 1, "its only user ends");
  await aMoment();
  assert.equal(finished, false);
  users.pool.close(60_000);
  users.pool.close(60_000);
  await users.finishedAfter(0);
});

for (const [what, first, second] of [
  ["a shorter second timeout wins", 60_000, 60],
  ["a longer second timeout changes nothing", 60, 60_000],
  ["the same again changes nothing", 60, 60],
  ["one that is longer than a timer can be does not end at once", 30 * 86_400_000, 60],
] as const) {
  test(`closed twice: ${what}`, withTimeout, async () => {
    using users = new TestPool(lingering).launch(0, 1);
    const closedMs = performance.now();
    users.pool.close(first);
    users.pool.close(second);
    const tookMs = await users.finishedAfter(closedMs);
    assert.ok(tookMs >= 59 && tookMs < 30_000, `${tookMs} ms`);
    assert.deepEqual([users.recorder.interruptedIterations, users.ended], [2, [0, 1]]);
  });
}

test("no time at all aborts at once, a later call none again", withTimeout, async () => {
  using users = new TestPool(lingering).launch(0);
  const closedMs = performance.now();
  users.pool.close(60_000);
  users.pool.close(0);
  users.pool.close(0);
  users.pool.close(60_000);
  assert.ok((await users.finishedAfter(closedMs)) < 30_000);
  assert.equal(users.recorder.interruptedIterations, 1);
});

test(
  "code that does not come back is left behind a second after the abort, and never counts twice",
  withTimeout,
  async () => {
    const comesBack = Promise.withResolvers<void>();
    let calls = 0;
    using users = new TestPool((vu) => (calls++ === 0 ? comesBack.promise : lingering(vu))).launch(0, 1);
    const closedMs = performance.now();
    users.pool.close(0);
    await eventually(() => users.ended.length === 1, "the other one ends");
    assert.ok((await users.finishedAfter(closedMs)) >= 990);
    assert.deepEqual([users.recorder.interruptedIterations, users.ended], [2, [1, 0]]);
    comesBack.resolve();
    await aMoment();
    const { interruptedIterations, completedIterations } = users.recorder;
    assert.deepEqual([interruptedIterations, completedIterations, users.ended], [2, 0, [1, 0]]);
  },
);

test("a close while the pool waits for what is stuck does not wait any longer", withTimeout, async () => {
  using users = new TestPool(stuck).launch(0);
  const closedMs = performance.now();
  users.pool.close(10);
  await aMoment();
  users.pool.close(60_000);
  users.pool.close(0);
  assert.ok((await users.finishedAfter(closedMs)) < 30_000);
});

test("one user can be stopped while the others continue", withTimeout, async () => {
  using users = new TestPool(lingering).launch(0, 1);
  users.pool.stop(1);
  users.pool.stop(99);
  await aMoment();
  assert.deepEqual(users.ended, [], "its iteration goes on");
});
