import assert from "node:assert/strict";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import { mostOpenRequests } from "../../../src/worker/http/too-many-requests.ts";
import { eventually, within, withTimeout } from "../http/fixture.ts";
import { stoppingAfter, TestUser } from "./test-user.ts";

/** A service that answers when it is told to. */
async function heldService(t: TestContext) {
  const held: ServerResponse[] = [];
  const server = createServer((_, response) => void held.push(response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { base: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, held };
}

test(
  "requests that are open when their task has ended are counted once, and the task is named once",
  withTimeout,
  async (t) => {
    const { base, held } = await heldService(t);
    using user = new TestUser(
      {
        order: "sequential",
        tasks: {
          forgets: (vu) => {
            void vu.http.get("/a");
            void vu.http.get("/b");
          },
          waits: async (vu) => {
            await eventually(() => held.length % 2 === 0 && held.length > 0, "both are there");
            // Those of the task before it are not this one's.
            if (vu.iteration >= 5) user.user.stop();
          },
        },
      },
      base,
    );
    await within(user.run(), "the user ends");
    assert.deepEqual([...user.recorder.unawaited], [["forgets", 6]]);
    assert.deepEqual(user.warnings, ['task "forgets" ended before its requests: await each request, or return it']);
    assert.equal(user.recorder.failedIterations, 0, "it is no failure");
  },
);

test("an unawaited sleep is reported once, with the task that began it", withTimeout, async () => {
  let rounds = 0;
  using user = new TestUser({
    order: "sequential",
    tasks: {
      waits: (vu) => vu.sleep("1ms"),
      hurries: (vu) => void vu.sleep("1h"),
      works: () => {
        if (++rounds === 3) user.user.stop();
      },
    },
  });
  const ended = user.run();
  await eventually(() => rounds >= 3, "the tasks have come several times");
  user.user.abort();
  await within(ended, "the user ends");
  assert.deepEqual(user.warnings, ['task "hurries" ended before its vu.sleep: await it']);
});

test("hooks are named too; a task that throws, or that was aborted, is not", withTimeout, async (t) => {
  const { base } = await heldService(t);
  using user = new TestUser(
    {
      onStart: (vu) => void vu.http.get("/start"),
      tasks: {
        throws: stoppingAfter(1, () => {
          void user.user.http.get("/task");
          throw new Error("before it could wait");
        }),
      },
      onStop: (vu) => void vu.http.get("/stop"),
    },
    base,
  );
  await within(user.run(), "the user ends");
  assert.deepEqual(
    [...user.recorder.unawaited],
    [
      ["Tester.onStart", 1],
      ["Tester.onStop", 1],
    ],
  );
});

test(
  "one user has at most 1,000 requests open: the task that asks for more fails, and says why",
  withTimeout,
  async (t) => {
    const { base } = await heldService(t);
    let made = 0;
    using user = new TestUser(
      {
        tasks: {
          floods: stoppingAfter(1, () => {
            for (;;) {
              void user.user.http.get("/x");
              made++;
            }
          }),
        },
      },
      base,
    );
    await within(user.run(), "the user ends");
    assert.equal(made, mostOpenRequests);
    assert.deepEqual(user.exceptions, [
      ["floods", "TooManyRequests: one user has 1,000 requests open: await each request, or return it", 1],
    ]);
  },
);
