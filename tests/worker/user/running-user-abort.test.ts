import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually, TestServer, within, withTimeout } from "../http/fixture.ts";
import { TestUser } from "./test-user.ts";

test("an abort interrupts the request of an iteration, and onStop does not run", withTimeout, async () => {
  await using server = await TestServer.http((_, response) => response.write("begun"));
  const onStop = () => assert.fail("onStop ran");
  using user = new TestUser({ tasks: { list: (vu) => vu.http.get("/") }, onStop }, server.url);
  const ended = user.run();
  await eventually(() => server.sockets.length === 1, "the request is under way");
  user.user.abort();
  await within(ended, "the user ends");
  const { completedIterations, failedIterations, interruptedIterations, errors } = user.recorder;
  assert.deepEqual([completedIterations, failedIterations, interruptedIterations, errors.size], [0, 0, 1, 0]);
});

test("an abort ends a sleep", withTimeout, async () => {
  const asleep = Promise.withResolvers<void>();
  const sleep = (vu: { sleep(duration: string): Promise<void> }) => {
    const slept = vu.sleep("1h");
    asleep.resolve();
    return slept;
  };
  using user = new TestUser({ tasks: { list: sleep } });
  const ended = user.run();
  await asleep.promise;
  user.user.abort();
  await within(ended, "the sleep ends");
  assert.equal(user.recorder.interruptedIterations, 1);
});

test("an abort ends all sleeps of an iteration, also those side by side", withTimeout, async () => {
  const asleep = Promise.withResolvers<void>();
  const sleeps = async (vu: { sleep(duration: string): Promise<void> }) => {
    const both = [vu.sleep("10m"), vu.sleep("20m")];
    asleep.resolve();
    await Promise.allSettled(both);
    throw new Error("interrupted");
  };
  using user = new TestUser({ tasks: { list: sleeps } });
  const ended = user.run();
  await asleep.promise;
  user.user.abort();
  await within(ended, "both sleeps end");
});

test("a sleep has its full length even if the user is told to stop", withTimeout, async () => {
  let sleptMs = 0;
  using user = new TestUser({
    tasks: {
      list: async (vu) => {
        const beganMs = performance.now();
        setImmediate(() => user.user.stop());
        await vu.sleep("60ms");
        sleptMs = performance.now() - beganMs;
      },
    },
  });
  await within(user.run(), "the user ends");
  assert.ok(sleptMs > 58, `${sleptMs} ms`);
  assert.equal(user.recorder.completedIterations, 1);
});

test("code that does not come back is left behind and counted as interrupted once", withTimeout, async () => {
  const began = Promise.withResolvers<void>();
  const comesBack = Promise.withResolvers<void>();
  const stuck = () => {
    began.resolve();
    return comesBack.promise;
  };
  using user = new TestUser({ tasks: { list: stuck } });
  const ended = user.run();
  await began.promise;
  user.user.abort();
  user.user.abandon();
  assert.equal(user.recorder.interruptedIterations, 1);
  comesBack.resolve();
  await within(ended, "the user ends");
  const { completedIterations, interruptedIterations } = user.recorder;
  assert.deepEqual([completedIterations, interruptedIterations], [0, 1]);
});

test("an abort before the first iteration leaves nothing to count", withTimeout, async () => {
  using user = new TestUser({ tasks: { list: () => assert.fail("ran") } });
  user.user.abort();
  await within(user.run(), "the user ends");
  assert.equal(user.recorder.interruptedIterations, 0);
});
