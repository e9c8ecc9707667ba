import assert from "node:assert/strict";
import { test } from "node:test";
import { constant, type VirtualUser } from "../../../src/index.ts";
import { aMoment, within, withTimeout } from "../http/fixture.ts";
import { stoppingAfter, TestUser } from "./test-user.ts";

test("onStart, iterations, onStop, in this order; then it has ended", withTimeout, async () => {
  const log: string[] = [];
  using user = new TestUser({
    state: () => ({ id: 5 }),
    onStart: async (vu) => log.push(`start ${vu.index} ${vu.className} ${vu.profile} ${vu.setup.token}`),
    tasks: { list: async (vu) => void (log.push(`list ${vu.iteration}`) && vu.iteration === 2 && user.user.stop()) },
    onStop: async (vu) => log.push(`stop ${JSON.stringify(vu.state)} ${vu.iteration}`),
  });
  await within(user.run(), "the user ends");
  assert.deepEqual(log, ["start 3 Tester standard t", "list 0", "list 1", "list 2", 'stop {"id":5} 3']);
  assert.deepEqual([user.recorder.completedIterations, user.recorder.failedIterations], [3, 0]);
});

test("an onStart that throws is recorded and tried again until it succeeds", withTimeout, async () => {
  let attempts = 0;
  using user = new TestUser({
    onStart: () => {
      attempts++;
      if (attempts === 1) throw new Error("login failed");
    },
    tasks: { list: stoppingAfter(1) },
  });
  await within(user.run(), "the user ends");
  assert.equal(attempts, 2);
  assert.deepEqual(user.exceptions, [["Tester.onStart", "Error: login failed", 1]]);
  assert.equal(user.recorder.completedIterations, 1);
});

test("a user that is stopped while onStart keeps failing ends at once, without onStop", withTimeout, async () => {
  let stopped = false;
  using user = new TestUser({
    onStart: () => {
      setImmediate(() => user.user.stop());
      throw new Error("login failed");
    },
    tasks: { list: () => assert.fail("never started") },
    onStop: () => {
      stopped = true;
    },
  });
  await within(user.run(), "the user ends");
  assert.equal(stopped, false);
});

test("stop lets the iteration finish, ends a pause, and may come twice", withTimeout, async () => {
  using user = new TestUser({
    pause: constant("1h"),
    tasks: { list: () => void setImmediate(() => user.user.stop()) },
  });
  const ended = user.run();
  await within(ended, "the pause ends");
  user.user.stop();
  assert.equal(user.recorder.completedIterations, 1);
});

// A timer of Node is at most 2^31 - 1 ms long, a duration 365 days: a longer timer would fire at once.
test("a pause longer than any timer is a pause", withTimeout, async () => {
  using user = new TestUser({ pause: constant("30d"), tasks: { list: () => {} } });
  const ended = user.run();
  await aMoment();
  user.user.stop();
  await within(ended, "the user ends");
  assert.equal(user.recorder.completedIterations, 1);
});

test("the seeded random numbers of a user are its own and repeatable", withTimeout, async () => {
  const draw = async () => {
    const drawn: number[] = [];
    using user = new TestUser({ tasks: { list: stoppingAfter(5, () => drawn.push(user.user.random())) } });
    await within(user.run(), "the user ends");
    return drawn;
  };
  const first = await draw();
  assert.deepEqual(await draw(), first);
  assert.equal(new Set(first).size, 5);
});

test(
  "a check holds as in k6, and refuses what always would, a name that is none, and a call without its user",
  withTimeout,
  async () => {
    const thrown: string[] = [];
    const results: unknown[] = [];
    const calls: ((vu: VirtualUser<object>, given: (value: unknown) => never) => unknown)[] = [
      (vu, given) => vu.check("match", given(/o/.exec("no"))),
      (vu, given) => vu.check("nothing", given(undefined)),
      (vu, given) => vu.check("a promise", given(Promise.resolve(false))),
      (vu, given) =>
        vu.check(
          "a function",
          given(() => false),
        ),
      (vu, given) => vu.check(given({ status: 200 }), given({ ok: () => true })),
      (vu, given) => vu.check(given(undefined), true),
      (vu, given) => vu.check(given(Symbol("a")), true),
      (vu) => vu.check("", true),
      (vu, given) => vu.sleep(given(1)),
      ({ check }) => check("a", true),
      ({ sleep }) => sleep("1ms"),
      ({ random }) => random(),
    ];
    using user = new TestUser({
      tasks: {
        list: stoppingAfter(calls.length, () => {
          const call = calls[thrown.length + results.length];
          try {
            results.push(call?.(user.user, (value) => value as never));
          } catch (error) {
            thrown.push(String(error));
          }
        }),
      },
    });
    await within(user.run(), "the user ends");
    assert.deepEqual(results, [true, false]);
    assert.deepEqual(Object.fromEntries(user.recorder.checks), {
      match: { passes: 1, failures: 0 },
      nothing: { passes: 0, failures: 1 },
    });
    assert.deepEqual(thrown, [
      'InvalidValue: vu.check("a promise") was given a promise, which is always true: await it first',
      'InvalidValue: vu.check("a function") was given a function, which is always true: pass the value that it returns',
      'InvalidValue: vu.check: expected a name, found an object; write vu.check("status is 200", response.status === 200)',
      'InvalidValue: vu.check: expected a name, found undefined; write vu.check("status is 200", response.status === 200)',
      'InvalidValue: vu.check: expected a name, found a symbol; write vu.check("status is 200", response.status === 200)',
      'InvalidValue: vu.check: expected a name, found an empty one; write vu.check("status is 200", response.status === 200)',
      'DurationError: expected a duration, found the number 1; write "1s" or "1ms"',
      "InvalidValue: check was called without its user: write vu.check(…)",
      "InvalidValue: sleep was called without its user: write vu.sleep(…)",
      "InvalidValue: random was called without its user: write vu.random(…)",
    ]);
  },
);

test("a check is counted and handed back, and fails nothing", withTimeout, async () => {
  const results: boolean[] = [];
  const check = () => results.push(user.user.check("held", true), user.user.check("missed", false));
  using user = new TestUser({ tasks: { list: stoppingAfter(1, check) } });
  await within(user.run(), "the user ends");
  assert.deepEqual(results, [true, false]);
  assert.deepEqual(Object.fromEntries(user.recorder.checks), {
    held: { passes: 1, failures: 0 },
    missed: { passes: 0, failures: 1 },
  });
  assert.equal(user.recorder.failedIterations, 0);
});
