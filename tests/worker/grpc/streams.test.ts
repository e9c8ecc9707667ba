import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as later } from "node:timers/promises";
import type { GrpcStream } from "../../../src/scenario/definition/grpc.ts";
import { grpcClient } from "../../../src/worker/grpc/grpc.ts";
import { within, withTimeout } from "../http/fixture.ts";
import { TestUser } from "../user/test-user.ts";
import { errorsOf, iterated, messagesOf } from "./iterated.ts";
import { OrdersServer, shopProto } from "./orders-server.ts";

const orders = grpcClient({ proto: shopProto });
const [list, upload, talk] = ["List", "Upload", "Talk"].map((name) => `shop.v1.Orders/${name}`) as [
  string,
  string,
  string,
];

test("a server stream is read to its end, which is one endpoint with the whole time", withTimeout, async () => {
  await using server = await OrdersServer.start();
  const ids: unknown[] = [];
  const { user, rows, totals } = await iterated(async (vu) => {
    for await (const { orderId } of orders.stream(vu, list, { count: 100, gapMs: 1 })) ids.push(orderId);
    const rest = orders.stream(vu, list, { count: 100 });
    assert.equal((await rest.read())?.["orderId"], "0");
    const end = await rest.finish();
    assert.deepEqual([end.status, end.ok, end.message], ["OK", true, null]);
    assert.equal(await rest.read(), null);
  }, server.url);
  assert.deepEqual(user.exceptions, []);
  assert.deepEqual(
    ids,
    Array.from({ length: 100 }, (_, number) => String(number)),
  );
  assert.deepEqual(rows, [["GRPC", list, 2, 0]]);
  assert.ok(totals.merged().serviceTime.maxMicros >= 90_000);
  assert.deepEqual(messagesOf(user), [2, 200]);
  assert.ok(totals.merged().bytesIn > 200 * 20);
});

test(
  "a stream that a test leaves is cancelled and has not failed; one that fails has its status",
  withTimeout,
  async () => {
    await using server = await OrdersServer.start();
    const { user, rows } = await iterated(async (vu) => {
      for await (const _ of orders.stream(vu, list, { count: 1_000_000 })) break;
      const failed = orders.stream(vu, list, { count: 3, failWith: 8 }, { name: "failed" });
      const read: unknown[] = [];
      for await (const { orderId } of failed) read.push(orderId);
      assert.deepEqual(read, ["0", "1", "2"]);
      assert.equal((await failed.finish()).status, "RESOURCE_EXHAUSTED");
      const late = orders.stream(vu, list, { count: 1_000, gapMs: 20 }, { name: "late", deadline: "100ms" });
      for await (const _ of late);
      assert.equal((await late.finish()).status, "DEADLINE_EXCEEDED");
    }, server.url);
    assert.deepEqual(user.exceptions.slice(2), []);
    assert.deepEqual(rows, [
      ["GRPC", "failed", 1, 1],
      ["GRPC", "late", 1, 1],
      ["GRPC", list, 1, 0],
    ]);
    assert.deepEqual(errorsOf(user), [
      ["failed", "grpc-resource-exhausted", "RESOURCE_EXHAUSTED: no more", 1],
      ["late", "grpc-deadline-exceeded", "DEADLINE_EXCEEDED: no answer within 100 ms", 1],
    ]);
    while (server.cancelled.length < 2) await later(5);
  },
);

test("a client stream sends as fast as the connection takes messages, and has one reply", withTimeout, async () => {
  await using server = await OrdersServer.start();
  const { user, rows, totals } = await iterated(async (vu) => {
    const stream = orders.stream(vu, upload);
    const seal = Buffer.alloc(10_000);
    for (let sent = 0; sent < 300; sent++) assert.equal(await stream.write({ orderId: String(sent), seal }), true);
    const { message, status } = await stream.finish();
    assert.deepEqual([message, status], [{ count: 300 }, "OK"]);
    assert.equal(await stream.write({}), false);
    const first = orders.stream(vu, upload, { orderId: "the first" });
    assert.deepEqual((await first.finish()).message, { count: 1 });
    await assert.rejects(first.read(), /answers with one message: write await stream\.finish\(\)/);
  }, server.url);
  assert.deepEqual(user.exceptions, []);
  assert.deepEqual(rows, [["GRPC", upload, 2, 0]]);
  assert.equal(server.messages, 301);
  assert.deepEqual(messagesOf(user), [301, 2]);
  assert.ok(totals.merged().bytesOut > 3_000_000);
});

test("both sides of a call stream, over several iterations, until its user ends", withTimeout, async () => {
  await using server = await OrdersServer.start();
  let stream: GrpcStream | null = null;
  let iterations = 0;
  using user = new TestUser(
    {
      tasks: {
        ask: async (vu) => {
          iterations++;
          stream ??= orders.stream(vu, talk);
          await stream.write({ orderId: String(iterations) });
          assert.equal((await stream.read())?.["orderId"], String(iterations));
          if (iterations === 20) vu.stop();
        },
      },
      onStop: async (vu) => {
        const closed = orders.stream(vu, talk, { orderId: "last" });
        closed.end();
        assert.equal((await closed.read())?.["orderId"], "last");
        assert.equal(await closed.read(), null);
        await assert.rejects(closed.write({ nothing: 1 }), /no field "nothing"/);
      },
    },
    server.url,
    {},
    "own",
  );
  await within(user.run(), "the user ends");
  assert.deepEqual(user.exceptions, []);
  assert.deepEqual([...user.recorder.unawaited.values()], []);
  assert.equal(server.messages, 21);
  assert.deepEqual(messagesOf(user), [21, 21]);
  while (server.cancelled.length === 0) await later(5);
  assert.equal(
    user.recorder.endpoint("GRPC@onStop", talk).serviceTime.count,
    1,
    "an interrupted stream is not recorded",
  );
});

test(
  "a silent service: each wait ends by the timeout of the user, as a failure of that kind",
  withTimeout,
  async () => {
    await using server = await OrdersServer.start();
    const { user, rows } = await iterated(
      async (vu) => {
        const silent = orders.stream(vu, talk, { orderId: "a", delayMs: 1 });
        assert.equal(await silent.read(), null);
        assert.equal(await silent.write({ orderId: "b" }), false);
        const { status, ok } = await silent.finish();
        assert.deepEqual([status, ok], ["CANCELLED", false]);
        const open = orders.stream(vu, talk, { orderId: "a", failWith: 10 });
        assert.equal((await open.finish()).status, "ABORTED");
      },
      server.url,
      { timeout: "800ms" },
    );
    assert.deepEqual(rows, [["GRPC", talk, 2, 2]]);
    assert.deepEqual(errorsOf(user), [
      [talk, "timeout", "no message within 800 ms", 1],
      [talk, "grpc-aborted", "ABORTED: no more", 1],
    ]);
  },
);

test("a stopped user interrupts code that reads, writes or waits for the end", withTimeout, async () => {
  await using server = await OrdersServer.start();
  for (const wait of ["read", "finish"] as const) {
    let caught: unknown;
    using user = new TestUser(
      {
        tasks: {
          wait: async (vu) => {
            const stream = orders.stream(vu, list, { count: 5, gapMs: 60_000 });
            await stream[wait]().catch((error: unknown) => {
              caught = error;
            });
            vu.stop();
          },
        },
      },
      server.url,
      {},
      "own",
    );
    const calls = server.calls;
    const running = user.run();
    while (server.calls === calls) await later(5);
    user.user.abort();
    await within(running, "the user ends");
    assert.equal((caught as { code?: string }).code, "MUSTER_STOPPED");
    assert.deepEqual(errorsOf(user), []);
  }
});

test("a stream is used as its method is declared", withTimeout, async () => {
  await using server = await OrdersServer.start();
  const { user } = await iterated(async (vu) => {
    assert.throws(() => orders.stream(vu, "shop.v1.Orders/Get"), /Get is not a stream: write client\.call/);
    assert.throws(() => orders.stream(vu, list, { cuont: 1 }), /did you mean count\?/);
    const stream = orders.stream(vu, list, { count: 1 });
    await assert.rejects(stream.write({}), /List sends one message, which was already sent/);
    stream.cancel();
    const sending = orders.stream(vu, talk);
    sending.end();
    await assert.rejects(sending.write({ orderId: "a" }), /write was called after end/);
    sending.cancel();
  }, server.url);
  assert.deepEqual(user.exceptions, []);
});
