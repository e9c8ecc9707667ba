import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as later } from "node:timers/promises";
import type { GrpcCallOptions, GrpcResponse } from "../../../src/scenario/definition/grpc.ts";
import { grpcClient } from "../../../src/worker/grpc/grpc.ts";
import { within, withTimeout } from "../http/fixture.ts";
import { TestUser } from "../user/test-user.ts";
import { errorsOf, iterated, messagesOf, type Vu } from "./iterated.ts";
import { OrdersServer, shopProto } from "./orders-server.ts";

test("a unary call is an endpoint with its message, metadata, bytes and messages", withTimeout, async () => {
  await using server = await OrdersServer.start();
  const orders = grpcClient({ proto: shopProto, metadata: { "x-token": "of the client" } });
  const replies: GrpcResponse[] = [];
  const { rows, totals, user } = await iterated(async (vu) => {
    replies.push(await orders.call(vu, "shop.v1.Orders/Get", { orderId: "a" }));
    const options = { metadata: { "x-token": "t" }, name: "one order" };
    replies.push(await orders.call(vu, "shop.v1.Orders/Get", { orderId: "b" }, options));
  }, server.url);
  const [first, second] = replies;
  assert.deepEqual(first?.message, {
    ...{ orderId: "a", totalCents: "9007199254740993", state: "OPEN", seal: Buffer.from([1, 2]) },
    ...{ price: { currencyCode: "EUR", units: "5" }, created: null },
  });
  assert.deepEqual([first.status, first.code, first.ok, first.error, first.details], ["OK", 0, true, null, "OK"]);
  assert.equal(first.metadata["x-token"], "of the client");
  assert.equal(second?.metadata["x-token"], "t");
  assert.equal(second.trailers["x-cost"], "7");
  assert.ok(first.durationMs > 0);
  assert.deepEqual(rows, [
    ["GRPC", "one order", 1, 0],
    ["GRPC", "shop.v1.Orders/Get", 1, 0],
  ]);
  assert.equal(totals.merged().bytesOut, 2 * 3);
  assert.ok(totals.merged().bytesIn > 2 * 20);
  assert.deepEqual([server.calls, server.peers.size], [2, 1]);
  assert.deepEqual(messagesOf(user), [2, 2]);
});

test("each status is a kind of failure; the test may expect it", withTimeout, async () => {
  await using server = await OrdersServer.start();
  const orders = grpcClient({ proto: shopProto, host: server.url, keepCase: true });
  const statuses: string[] = [];
  const { user, totals } = await iterated(async (vu) => {
    for (let code = 1; code <= 16; code++) {
      const { status, message, ok } = await orders.call(vu, "shop.v1.Orders/Get", { order_id: "x", fail_with: code });
      assert.deepEqual([message, ok], [null, false]);
      statuses.push(status);
    }
    const get = (fail_with: number, expect: GrpcCallOptions) =>
      orders.call(vu, "shop.v1.Orders/Get", { order_id: "y", fail_with }, { name: "expected", ...expect });
    assert.equal((await get(5, { expect: "NOT_FOUND" })).ok, true);
    assert.equal((await get(5, { expect: ["OK", "NOT_FOUND"] })).ok, true);
    assert.equal((await get(5, { expect: ({ status }) => status === "NOT_FOUND" })).ok, true);
    assert.equal((await get(6, { expect: "NOT_FOUND" })).error?.kind, "grpc-already-exists");
    assert.equal((await get(0, { expect: "NOT_FOUND" })).error?.message, "expected status NOT_FOUND, got OK");
    assert.equal((await get(0, { expect: ({ message }) => message?.["order_id"] === "z" })).error?.kind, "check");
    assert.equal(
      (await get(7, { expect: ({ message }) => message?.["order_id"] === "z" })).error?.kind,
      "grpc-permission-denied",
    );
  });
  assert.deepEqual(
    user.exceptions.filter(([name]) => name === "only"),
    [],
  );
  assert.deepEqual(errorsOf(user)[0], ["shop.v1.Orders/Get", "grpc-cancelled", "CANCELLED: order x", 1]);
  assert.deepEqual(errorsOf(user)[15], ["shop.v1.Orders/Get", "grpc-unauthenticated", "UNAUTHENTICATED: order x", 1]);
  assert.deepEqual([statuses.length, new Set(statuses).size], [16, 16]);
  assert.equal(totals.merged(({ name }) => name === "expected").failures, 4);
  assert.equal(totals.merged(({ name }) => name !== "expected").failureKinds.size, 16);
});

test("a deadline, a service that is not there, and one that comes back", withTimeout, async () => {
  await using server = await OrdersServer.start();
  const orders = grpcClient({ proto: shopProto, host: server.url });
  const { user } = await iterated(async (vu) => {
    const get = () => orders.call(vu, "shop.v1.Orders/Get", {});
    const slow = { delayMs: 60_000 };
    const late = await orders.call(vu, "shop.v1.Orders/Get", slow, { deadline: "300ms" });
    assert.equal(late.status, "DEADLINE_EXCEEDED");
    assert.equal((await get()).status, "OK");
    server.stop();
    while ((await get()).ok) await later(5);
    await using again = await OrdersServer.start({ port: server.port });
    while (!(await get()).ok) await later(5);
    assert.equal(again.calls, 1);
  });
  assert.deepEqual(
    user.exceptions.filter(([name]) => name === "only"),
    [],
  );
  const [late, ...others] = errorsOf(user);
  assert.deepEqual(late, [
    "shop.v1.Orders/Get",
    "grpc-deadline-exceeded",
    "DEADLINE_EXCEEDED: no answer within 300 ms",
    1,
  ]);
  assert.ok(others.length > 0);
  for (const [, kind] of others) assert.equal(kind, "grpc-unavailable");
  assert.ok(
    others.some(([, , message]) => message === `UNAVAILABLE: connect ECONNREFUSED 127.0.0.1:${server.port}`),
    JSON.stringify(others),
  );
});

test("what the test gets wrong is refused before it is sent", withTimeout, async () => {
  const orders = grpcClient({ proto: shopProto });
  const refused: [() => unknown, RegExp][] = [];
  const { user, rows } = await iterated((vu) => {
    const call = orders.call.bind(orders) as (...given: unknown[]) => unknown;
    const name = "shop.v1.Orders/Get";
    refused.push(
      [() => call({}, name), /the first argument of a gRPC call must be its user, found an object/],
      [() => call(vu, "shop.v1.Orders.Get"), /did you mean "shop\.v1\.Orders\/Get"\?/],
      [() => call(vu, "Orders/Get"), /did you mean "shop\.v1\.Orders\/Get"\?/],
      [() => call(vu, "a/b"), /there are shop\.v1\.Orders\/Get, /],
      [() => call(vu, name, { order_id: "a" }), /no field "order_id"; did you mean orderId\?/],
      [() => call(vu, name, []), /the message is a list; expected an object/],
      [() => call(vu, name, {}, { timeout: "1s" }), /unknown option "timeout"; valid: deadline, /],
      [() => call(vu, name, {}, { deadline: "0s" }), /deadline is "0s"; expected a time longer than zero/],
      [() => call(vu, name, {}, { expect: "NOT_FOND" }), /did you mean NOT_FOUND\?/],
      [() => call(vu, name, {}, { metadata: { "a b": "c" } }), /metadata "a b": /],
      [() => call(vu, "shop.v1.Orders/List"), /is a stream: write client\.stream/],
    );
    for (const [attempt, message] of refused) assert.throws(attempt, { name: "InvalidValue", message });
  });
  assert.deepEqual([user.exceptions, rows], [[], []]);
  const make = grpcClient as (options: unknown) => unknown;
  for (const [options, message] of [
    [{ proto: shopProto, host: "127.0.0.1:1" }, /write "https:/],
    [{ proto: shopProto, host: "http://a.example/prod" }, /has a path/],
    [{ proto: "shop.proto" }, /expected an imported file/],
    [{ proto: shopProto, chanel: "user" }, /did you mean channel\?/],
    [{ proto: shopProto, channel: "users" }, /expected "user" or "shared"/],
    [{ proto: { file: "a.proto", json: {} } }, /no service found in a\.proto/],
  ] as const) {
    assert.throws(() => make(options), { name: "InvalidValue", message });
  }
});

test("a stopped user interrupts its call, and the server hears of it", withTimeout, async () => {
  await using server = await OrdersServer.start();
  const orders = grpcClient({ proto: shopProto });
  let caught: unknown;
  using user = new TestUser(
    {
      tasks: {
        get: async (vu) => {
          await orders.call(vu, "shop.v1.Orders/Get", { orderId: "slow", delayMs: 60_000 }).catch((error: unknown) => {
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
  const running = user.run();
  while (server.calls === 0) await later(5);
  user.user.abort();
  await within(running, "the user ends");
  assert.equal((caught as { code?: string }).code, "MUSTER_STOPPED");
  while (server.cancelled.length === 0) await later(5);
  assert.equal(user.recorder.endpoint("GRPC", "shop.v1.Orders/Get").serviceTime.count, 0);
});

test("a call that is not awaited is counted as left open", withTimeout, async () => {
  await using server = await OrdersServer.start();
  const orders = grpcClient({ proto: shopProto });
  const { user } = await iterated((vu) => {
    void orders.call(vu, "shop.v1.Orders/Get", { delayMs: 60_000 });
  }, server.url);
  assert.deepEqual([...user.recorder.unawaited], [["only", 1]]);
});

test("each user has a connection of its own, or all share one", withTimeout, async () => {
  for (const [channel, connections] of [
    ["user", 3],
    ["shared", 1],
  ] as const) {
    await using server = await OrdersServer.start();
    const orders = grpcClient({ proto: shopProto, channel });
    const code = (vu: Vu) => orders.call(vu, "shop.v1.Orders/Get", { delayMs: 50 });
    await Promise.all([1, 2, 3].map(() => iterated(code, server.url)));
    assert.deepEqual([server.calls, server.peers.size], [3, connections], channel);
  }
});
