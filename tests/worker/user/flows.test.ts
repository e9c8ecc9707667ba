import assert from "node:assert/strict";
import { test } from "node:test";
import { mostUnansweredRequests } from "../../../src/protocol/worker-messages.ts";
import type { UserDefinition } from "../../../src/scenario/definition/define.ts";
import { queue } from "../../../src/scenario/shared/queue.ts";
import { useRunRequests } from "../../../src/scenario/shared/run-requests.ts";
import { MasterRequests } from "../../../src/worker/shared/master-requests.ts";
import { closedSpec, iterationsSpec, openSpec, Stage } from "../executors/stage.ts";
import { eventually, within, withTimeout } from "../http/fixture.ts";
import { TestUser } from "./test-user.ts";

type Vu = Parameters<NonNullable<UserDefinition["onStop"]>>[0];

test("a user goes through the task sets of its class, and each task counts under its path", withTimeout, async () => {
  const seen: string[] = [];
  const note = (name: string) => (vu: Vu) => {
    seen.push(name);
    if (seen.length === 6) vu.stop();
  };
  using user = new TestUser({
    order: "sequential",
    tasks: {
      home: note("home"),
      shop: {
        order: "sequential",
        repeat: "forever",
        tasks: {
          look: note("look"),
          pay: (vu) => {
            note("pay")(vu);
            vu.leave();
          },
        },
      },
    },
  });
  await within(user.run(), "the user ends");
  assert.deepEqual(seen, ["home", "look", "pay", "home", "look", "pay"]);
  assert.deepEqual(user.recorder.tasks.list()[0]?.tasks, [
    { name: "home", executions: 2 },
    { name: "shop::look", executions: 2 },
    { name: "shop::pay", executions: 2 },
  ]);
  assert.deepEqual(user.exceptions, []);
});

test("a user stops when each of its tasks has run once", withTimeout, async () => {
  let isClosed = false;
  using user = new TestUser({
    tasks: { a: { once: true, run: () => {} }, b: { once: true, run: () => {} } },
    onStop: () => {
      isClosed = true;
    },
  });
  await within(user.run(), "the user ends");
  assert.deepEqual([user.recorder.completedIterations, isClosed, user.user.hasStopped], [2, true, true]);
});

test("leaving without a task set is an error of the test", withTimeout, async () => {
  const leave = (vu: Vu) => {
    vu.stop();
    vu.leave();
  };
  using user = new TestUser({ tasks: { out: leave } });
  await within(user.run(), "the user ends");
  assert.deepEqual(user.exceptions, [
    ["out", "InvalidValue: vu.leave: the user is not in a task set; vu.stop() ends the user", 1],
  ]);
});

test("wrong arguments of a rendezvous and of a stop are refused with what to write", withTimeout, async () => {
  const meet: [name: unknown, options: unknown, message: RegExp][] = [
    [
      "",
      { users: 2 },
      /vu.rendezvous\(""\): expected a name of at most 1000 characters; write await vu.rendezvous\("start"/,
    ],
    ["start", 10, /vu.rendezvous\("start"\): expected options/],
    ["start", { user: 2 }, /unknown option "user"/],
    ["start", { users: 1.5 }, /users: expected a whole number of 1 or more, found the number 1.5/],
    ["start", { users: 2, timeout: 5 }, /duration/],
    ["start", { users: 2 }, /vu.rendezvous\(\) needs a run/],
  ];
  const run = async (vu: Vu) => {
    vu.stop();
    for (const [name, options, message] of meet) {
      await assert.rejects(() => vu.rendezvous(name as string, options as { users: number }), message);
    }
    assert.throws(() => vu.stopRun(" "), /vu.stopRun: expected a reason, found .*; write vu.stopRun\("no stock"\)/);
    assert.throws(
      () => vu.stopRun("x", "aborted" as "failed"),
      /expected the verdict passed, failed, invalid, found .*aborted/,
    );
  };
  using user = new TestUser({ tasks: { run } });
  await within(user.run(), "the user ends");
  assert.deepEqual(user.exceptions, []);
});

test("a stop of the run that cannot be sent to the master is an exception of the test", withTimeout, async (t) => {
  t.after(() => useRunRequests(null));
  const requests = new MasterRequests(() => {});
  for (let count = 0; count < mostUnansweredRequests; count++) void requests.ask("rendezvous", {});
  useRunRequests(requests);
  using user = new TestUser({ tasks: { stop: (vu) => vu.stopRun("no stock") } });
  await within(user.run(), "the user ends");
  await eventually(() => user.exceptions.length > 0, "it is recorded");
  assert.match(
    JSON.stringify(user.exceptions),
    /Tester.stopRun.*10000 requests of this worker wait for an answer of the master/,
  );
});

const stopping = { tasks: { once: (vu: Vu) => vu.stop() } };

test("in a closed load, a user that stops is not started again, and its time counts as made", withTimeout, async () => {
  const plan = {
    points: [
      { atMs: 0, value: 3 },
      { atMs: 400, value: 3 },
    ],
    durationMs: 400,
  };
  const staying = { tasks: { on: (vu: Vu) => (vu.index === 1 ? vu.stop() : vu.sleep("5ms")) } };
  using stage = new Stage(closedSpec(plan, [0, 1, 2]), [staying]);
  await within(stage.executor.finished, "the load ends");
  assert.deepEqual(stage.startedIndexes, [0, 1, 2]);
  assert.ok((stage.users[1]?.endedMs ?? 400) < 300, "it stopped at once");
  const { made } = stage.executor.progress;
  assert.ok(made >= 3 * 380, `${made} of 1200 ms`);
});

test(
  "in a closed load, a user that waited when its load fell comes back when the load rises",
  withTimeout,
  async () => {
    const points = [
      { atMs: 0, value: 1 },
      { atMs: 100, value: 1 },
      { atMs: 100, value: 0 },
      { atMs: 200, value: 0 },
      { atMs: 200, value: 1 },
      { atMs: 60_000, value: 1 },
    ];
    const run = (vu: Vu) =>
      new Promise((_, reject) => vu.signal.addEventListener("abort", () => reject(vu.signal.reason)));
    using stage = new Stage(closedSpec({ points, durationMs: 60_000 }, [0]), [{ tasks: { run } }]);
    await eventually(() => stage.users.length === 2 && stage.running.length === 1, "it is back");
    assert.equal(stage.users[0]?.user.hasStopped, false);
    assert.ok(stage.executor.progress.made <= stage.nowMs - 90, "and its time without it is not made");
  },
);

test(
  "in a load that ends by count, what a stopped user has not started is neither made by others nor dropped",
  withTimeout,
  async () => {
    const run = (vu: Vu) => {
      if (vu.index === 0 && vu.iteration === 1) vu.stop();
    };
    using each = new Stage(iterationsSpec(2, { perUser: 5 }), [{ tasks: { run } }]);
    await within(each.executor.finished, "the load ends");
    assert.deepEqual(each.counts, { completed: 7, interrupted: 0, dropped: 0 });
    assert.deepEqual([each.executor.progress.made, each.recorder.countedIterations.get(0)], [10, 10]);
    using all = new Stage(iterationsSpec(2, { total: 10 }), [{ tasks: { run } }]);
    await within(all.executor.finished, "the load ends");
    assert.deepEqual(all.counts, { completed: 10, interrupted: 0, dropped: 0 });
    using none = new Stage(iterationsSpec(3, { total: 10 }), [stopping]);
    await within(none.executor.finished, "the load ends");
    assert.deepEqual(none.counts, { completed: 3, interrupted: 0, dropped: 0 });
    assert.equal(none.recorder.countedIterations.get(0), 10);
  },
);

test("in an open load, another user takes over from one that stops", withTimeout, async () => {
  const plan = {
    points: [
      { atMs: 0, value: 100 },
      { atMs: 300, value: 100 },
    ],
    durationMs: 300,
  };
  using stage = new Stage(openSpec(plan), [stopping]);
  await within(stage.executor.finished, "the load ends");
  const { completed, dropped } = stage.counts;
  assert.deepEqual([completed, dropped], [30, 0]);
  assert.equal(stage.users.length, 30, "each ran one iteration");
  await eventually(() => stage.running.length === 0, "all have ended");
});

test("a user that stops while it waits for a value is interrupted, without a failure", withTimeout, async (t) => {
  t.after(() => useRunRequests(null));
  const sent: string[] = [];
  useRunRequests(new MasterRequests(({ type }) => sent.push(type)));
  const orders = queue("orders");
  using tester = new TestUser({ tasks: { handle: (vu) => orders.take(vu) } });
  const run = tester.run();
  await eventually(() => sent.length === 1, "the take");
  tester.user.end();
  await within(run, "the user ends");
  assert.deepEqual([sent, tester.exceptions], [["request", "request-cancelled"], []]);
  assert.deepEqual([tester.recorder.completedIterations, tester.recorder.interruptedIterations], [0, 1]);
});
