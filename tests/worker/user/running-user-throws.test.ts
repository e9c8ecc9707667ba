import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import { inspect } from "node:util";
import fc from "fast-check";
import { parseDuration } from "../../../src/core/duration.ts";
import { bundleTest } from "../../../src/scenario/bundle/bundle.ts";
import { loadBundle } from "../../../src/scenario/bundle/load-bundle.ts";
import { isDefect } from "../../../src/scenario/bundle/test-frames.ts";
import { parseBase, resolveUrl } from "../../../src/worker/http/request/target.ts";
import { VirtualUserStopped } from "../../../src/worker/http/response/failure.ts";
import { TimerWheel, type WheelTimer } from "../../../src/worker/time/timer-wheel.ts";
import { TestFolder } from "../../scenario/bundle/test-folder.ts";
import { assertAsyncProperty } from "../../support/property.ts";
import { eventually, within, withTimeout } from "../http/fixture.ts";
import { stoppingAfter, TestUser } from "./test-user.ts";

test("an exception in a task fails its iteration and is recorded, and the user continues", withTimeout, async () => {
  using user = new TestUser({
    order: "sequential",
    tasks: {
      good: () => {},
      bad: () => {
        throw new TypeError("boom");
      },
      rejecting: stoppingAfter(2, () => Promise.reject("text")),
    },
  });
  await within(user.run(), "the user ends");
  const { completedIterations, failedIterations, interruptedIterations } = user.recorder;
  assert.deepEqual([completedIterations, failedIterations, interruptedIterations], [6, 4, 0]);
  assert.deepEqual(user.exceptions, [
    ["bad", "TypeError: boom", 2],
    ["rejecting", "'text'", 2],
  ]);
});

test(
  "a request that no permit is left for ends its user, before the user is told to stop: no code has thrown",
  withTimeout,
  async () => {
    using user = new TestUser({
      tasks: {
        list: () => {
          throw new VirtualUserStopped();
        },
      },
    });
    await within(user.run(), "the user ends");
    const { completedIterations, failedIterations, interruptedIterations } = user.recorder;
    assert.deepEqual([completedIterations, failedIterations, interruptedIterations], [0, 0, 1]);
    assert.deepEqual(user.exceptions, []);
  },
);

test("an exception in a task of a bundle is recorded with its place in the source file", withTimeout, async () => {
  await using folder = await TestFolder.with({
    "t.ts": `import { defineTest, defineUser } from "muster-load";
      import { fail } from "./lib/fail.ts";
      const user = defineUser({ name: "a", tasks: { list: (vu) => { (vu as any).stop(); fail(); } } });
      export default defineTest({ users: [user] });`,
    "lib/fail.ts":
      'export interface Unused { a: 1 }\n\nexport function fail(): never {\n  throw new Error("boom");\n}\n',
  });
  const { users } = await loadBundle(await bundleTest(folder.file("t.ts")));
  const [definition] = users;
  assert.ok(definition !== undefined);
  using user = new TestUser(definition);
  await within(user.run(), "the user ends");
  assert.deepEqual(
    [...user.recorder.errors.values()].map(({ message }) => message),
    ["Error: boom (lib/fail.ts:4:9)"],
  );
});

test("run never rejects and each throw fails its iteration, whatever is thrown", withTimeout, async () => {
  const anything = fc.anything({ withNullPrototype: true, withBigInt: true, withDate: true });
  await assertAsyncProperty(
    fc.asyncProperty(anything, async (thrown) => {
      using user = new TestUser({
        tasks: {
          list: stoppingAfter(1, () => {
            throw thrown;
          }),
        },
      });
      await within(user.run(), "the user ends");
      assert.deepEqual([user.recorder.completedIterations, user.recorder.failedIterations], [1, 1]);
      assert.equal(user.recorder.errors.size, 1);
    }),
    { examples: [[null], [undefined], [Object.create(null)]] },
  );
});

test("a message of several lines becomes one line", withTimeout, async () => {
  using user = new TestUser({
    tasks: {
      list: stoppingAfter(1, () => {
        throw new Error("expected\n\n1 !== 2\n");
      }),
    },
  });
  await within(user.run(), "the user ends");
  assert.doesNotMatch([...user.recorder.errors.values()][0]?.message ?? "", /\n/);
});

for (const [what, pause] of [
  ["throws", () => assert.fail("no pause today")],
  ["is no duration", () => "soon"],
] as const) {
  test(`a pause of the test's own that ${what} is recorded and does not end the user`, withTimeout, async () => {
    using user = new TestUser({ pause, tasks: { list: stoppingAfter(3) } });
    await within(user.run(), "the user ends");
    assert.equal(user.recorder.completedIterations, 3);
    assert.equal(user.exceptions.length, 1);
  });
}

test("a state() that throws is recorded like a failing onStart", withTimeout, async () => {
  let attempts = 0;
  const make = () =>
    new TestUser({
      state: () => {
        attempts++;
        if (attempts === 1) throw new Error("no state");
        return {};
      },
      tasks: { list: stoppingAfter(1) },
    });
  // It is made when its executor's timer fires, where nothing catches what the test's own code throws.
  using user = make();
  await within(user.run(), "the user ends");
  assert.equal(user.exceptions[0]?.[1], "Error: no state");
});

test(
  "exceptions that differ in their ids alone are one error, in which the first stack is kept",
  withTimeout,
  async () => {
    using user = new TestUser({
      tasks: {
        look: (vu) => {
          if (vu.iteration === 2) user.user.stop();
          throw new Error(`job ${randomUUID()} of ${Date.now()}\n\tis missing`);
        },
      },
    });
    await within(user.run(), "the user ends");
    assert.equal(user.recorder.failedIterations, 3);
    assert.deepEqual(user.exceptions, [["look", "Error: job <uuid> of <value>", 3]]);
  },
);

test("an AggregateError without a message is described by its first error", withTimeout, async () => {
  using user = new TestUser({
    tasks: {
      look: () => {
        user.user.stop();
        throw new AggregateError([new Error("connect ECONNREFUSED ::1:80"), new Error("another")]);
      },
    },
  });
  await within(user.run(), "the user ends");
  assert.deepEqual(user.exceptions, [["look", "AggregateError: connect ECONNREFUSED ::1:80", 1]]);
});

test("a thrown value that throws when it is read is still described", withTimeout, async () => {
  const revoked = Proxy.revocable({}, {});
  revoked.revoke();
  const fail = () => assert.fail("not this either");
  const things: unknown[] = [
    revoked.proxy,
    new Proxy(new Error("x"), { get: fail, getPrototypeOf: fail }),
    Object.defineProperty(new Error("x"), "message", { get: fail }),
    Object.defineProperty(new Error("x"), "stack", { get: fail }),
    Object.assign(new Error("x"), { stack: ["a", "list"] }),
    Object.assign(new Error("x"), { name: Symbol("name") }),
    { [inspect.custom]: fail },
  ];
  let thrown = 0;
  using user = new TestUser({
    tasks: {
      list: stoppingAfter(things.length, () => {
        throw things[thrown++];
      }),
    },
  });
  await within(user.run(), "the user ends");
  assert.equal(user.recorder.failedIterations, things.length);
  assert.equal(
    user.exceptions.reduce((sum, [, , count]) => sum + count, 0),
    things.length,
  );
});

for (const [what, state, message] of [
  [
    "a promise",
    async () => ({ id: 1 }),
    "InvalidValue: state() returned a promise, which vu.state cannot wait for: fill the state in onStart",
  ],
  ["a number", () => 5, "InvalidValue: state() returned the number 5; expected an object"],
  ["null", () => null, undefined],
] as const) {
  test(`a state() that returns ${what}`, withTimeout, async () => {
    using user = new TestUser({ state: state as () => object, tasks: { list: stoppingAfter(1) } });
    const run = user.run();
    await eventually(() => user.exceptions.length + user.recorder.completedIterations > 0, "it has started or not");
    user.user.stop();
    await within(run, "the user ends");
    assert.equal(user.exceptions[0]?.[1], message);
  });
}

test("a test keeps what it likes at its user, and cannot take away what muster calls", withTimeout, async () => {
  const names = ["stop", "pause", "close", "http", "iteration", "className", "check"];
  let attempts = 0;
  using user = new TestUser({
    tasks: {
      list: stoppingAfter(names.length, () => {
        const vu = user.user as unknown as Record<string, unknown>;
        vu.token = "mine";
        vu[names[attempts++] ?? ""] = "mine";
      }),
    },
  });
  await within(user.run(), "the user ends");
  assert.equal(user.recorder.failedIterations, names.length);
  assert.ok(
    user.exceptions.every(([, message]) => /^TypeError: Cannot (assign to read only|set) property/.test(message)),
  );
});

test("errors that muster throws into a test are not defects, whether or not they are awaited", () => {
  const thrownBy = (code: () => unknown) => {
    try {
      code();
    } catch (error) {
      return error;
    }
    return assert.fail("it should throw");
  };
  assert.equal(isDefect(new VirtualUserStopped()), false);
  assert.equal(isDefect(thrownBy(() => parseDuration("soon"))), false);
  assert.equal(isDefect(thrownBy(() => resolveUrl(parseBase("http://127.0.0.1"), "jobs"))), false);
  assert.equal(isDefect(thrownBy(() => new TimerWheel(10).add({ dueTick: 1 } as WheelTimer, 1, 1))), true);
  assert.equal(isDefect(new Proxy({}, { getPrototypeOf: () => assert.fail() })), false);
});
