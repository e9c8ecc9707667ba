import assert from "node:assert/strict";
import { test } from "node:test";
import { grpcClient } from "../../../../src/worker/grpc/grpc.ts";
import type { HttpEngine } from "../../../../src/worker/http/engine.ts";
import { engineNamed } from "../../../../src/worker/http/engines.ts";
import { RequestWatch } from "../../../../src/worker/http/spans/request-watch.ts";
import { parseTraceparent, TraceIds } from "../../../../src/worker/http/spans/trace-ids.ts";
import { watchedEngine } from "../../../../src/worker/http/spans/watched-engine.ts";
import { OrdersServer, shopProto } from "../../grpc/orders-server.ts";
import { TestUser } from "../../user/test-user.ts";
import { EchoServer } from "../../websocket/echo-server.ts";
import type { Vu } from "../../websocket/iterated.ts";
import { within, withTimeout } from "../fixture.ts";

const own = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00";

function tracing(traceSample: number): HttpEngine {
  const recorder = { slowest: { takes: () => false, add: () => {} } } as never;
  const rules = { ids: new TraceIds("run", 1, 1), traceSample, recorder, rows: null, sinceStartMs: () => 0 };
  return watchedEngine(engineNamed("own"), new RequestWatch(rules, { scenario: "", className: "" }));
}

async function iterated(engine: HttpEngine, url: string, code: (vu: Vu) => unknown): Promise<void> {
  const only = async (vu: Vu) => {
    vu.stop();
    await code(vu);
  };
  const user = new TestUser({ tasks: { only } }, url, {}, engine);
  await within(user.run(), "the user ends");
  assert.deepEqual(user.exceptions, []);
}

test("a gRPC call carries a traceparent, unless the test sets one", withTimeout, async () => {
  await using server = await OrdersServer.start();
  const orders = grpcClient({ proto: shopProto });
  const calls = async (vu: Vu) => {
    await orders.call(vu, "shop.v1.Orders/Get", { orderId: "a" });
    await orders.call(vu, "shop.v1.Orders/Get", { orderId: "b" }, { metadata: { traceparent: own } });
  };
  await iterated(tracing(1), server.url, calls);
  const [made = "", given, ...others] = server.traceparents.splice(0);
  assert.equal(parseTraceparent(made)?.isSampled, true);
  assert.deepEqual([given, others], [own, []]);
  await iterated(engineNamed("own"), server.url, calls);
  assert.deepEqual(server.traceparents, [own]);
});

test("the upgrade of a WebSocket carries a traceparent, unless the test sets one", withTimeout, async () => {
  await using server = await EchoServer.start();
  const connects = async (vu: Vu) => {
    await vu.websocket("/chat");
    await vu.websocket("/chat", { headers: { traceparent: own } });
  };
  await iterated(tracing(1), server.url, connects);
  await iterated(engineNamed("own"), server.url, connects);
  const [made, given, none, again] = server.requests.map(({ headers }) => headers.traceparent);
  assert.equal(parseTraceparent(String(made))?.isSampled, true);
  assert.deepEqual([given, none, again], [own, undefined, own]);
});
