import assert from "node:assert/strict";
import { test } from "node:test";
import { parseSelector } from "../../../src/core/thresholds/selector.ts";
import { grpcClient } from "../../../src/worker/grpc/grpc.ts";
import type { VirtualUserClient } from "../../../src/worker/http/client.ts";
import { SliceSet } from "../../../src/worker/user/slices.ts";
import { within, withTimeout } from "../http/fixture.ts";
import { TestUser } from "../user/test-user.ts";
import { iterated, type Vu } from "./iterated.ts";
import { OrdersServer, shopProto } from "./orders-server.ts";

const orders = grpcClient({ proto: shopProto });
const get = "shop.v1.Orders/Get";

test("in an open load, the first call is timed from when its iteration was due", withTimeout, async () => {
  await using server = await OrdersServer.start();
  const { totals } = await iterated(async (vu) => {
    const http = vu.http as VirtualUserClient;
    http.recorder.expectOpenLoad();
    const nowMs = performance.now();
    http.beginIteration(nowMs - 700, nowMs - 650);
    await orders.call(vu, get, {}, { name: "first" });
    await orders.call(vu, get, {}, { name: "second" });
  }, server.url);
  const [first, second] = ["first", "second"].map((wanted) => totals.merged(({ name }) => name === wanted));
  assert.ok(first !== undefined && second !== undefined);
  const waitedMicros = first.responseTime.maxMicros - first.serviceTime.maxMicros;
  // And until the call began, which is longer on a busy machine.
  assert.ok(waitedMicros >= 699_000, `${waitedMicros} us`);
  assert.equal(second.responseTime.maxMicros, second.serviceTime.maxMicros);
});

test("calls in a measure and in a group count once in totals", withTimeout, async () => {
  await using server = await OrdersServer.start();
  const { rows, totals, user } = await iterated(async (vu) => {
    await vu.measure("order twice", async () => {
      await orders.call(vu, get);
      await orders.call(vu, get, { failWith: 5 });
    });
    await vu.group("checkout", () => orders.call(vu, get, { failWith: 9 }));
  }, server.url);
  assert.deepEqual(rows, [
    ["(CALL)", "order twice", 1, 0],
    ["GRPC", get, 3, 2],
  ]);
  assert.equal(totals.merged().requests, 3);
  assert.deepEqual(
    user.exceptions.filter(([name]) => name !== get),
    [],
  );
});

test("thresholds select calls by the name of their status", withTimeout, async () => {
  await using server = await OrdersServer.start();
  const { user } = await iterated(async (vu) => {
    const { http } = vu as unknown as { readonly http: VirtualUserClient };
    const slices = new SliceSet(
      ["OK", "NOT_FOUND", "UNAVAILABLE"].map((status) => {
        const { conditions } = parseSelector(`requests{method:GRPC,status:${status}}`);
        return { key: status, conditions, phase: null };
      }),
      http.recorder,
    );
    Object.defineProperty(http, "slices", { value: slices.of("default", "Tester") });
    for (const failWith of [0, 5, 5, 7, 0]) await orders.call(vu, get, { failWith });
  }, server.url);
  const counted = ["OK", "NOT_FOUND", "UNAVAILABLE"].map(
    (status) => user.recorder.seriesOf("slice", status).serviceTime.count,
  );
  assert.deepEqual(counted, [2, 2, 0]);
});

test("connections that last for an iteration are those of gRPC, too", withTimeout, async () => {
  for (const [connections, peers] of [
    ["iteration", 3],
    ["user", 1],
  ] as const) {
    await using server = await OrdersServer.start();
    let left = 3;
    const task = async (vu: Vu) => {
      if (--left === 0) vu.stop();
      assert.equal((await orders.call(vu, get)).status, "OK");
    };
    using user = new TestUser({ tasks: { task } }, server.url, { connections }, "own");
    await within(user.run(), "the user ends");
    assert.deepEqual([user.exceptions, server.calls, server.peers.size], [[], 3, peers]);
  }
});
