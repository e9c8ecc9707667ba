import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { assertPassed } from "../support/assert-passed.ts";
import { completedRun } from "../support/muster-process.ts";
import { OrdersServer } from "../worker/grpc/orders-server.ts";

const example = fileURLToPath(new URL("../../examples/grpc/orders.ts", import.meta.url));

test("the gRPC example passes against a real server, which has counted the same calls on two workers", async (t) => {
  await using server = await OrdersServer.start();
  const words = [example, `--host=${server.url}`, "--workers=2", "--run-time=2s", "--users=6", "--spawn-rate=100"];
  const { code, result, run } = await completedRun(t, words);
  // How fast the calls are depends on the machine, and whether it can tell.
  const failed = result.thresholds.filter(({ passed }) => !passed).map(({ metric }) => metric);
  const isSlow = failed.join() === "response_time{name:shop.v1.Orders/Get}";
  if (isSlow) assert.ok(code === 99 || code === 110, `${code}: ${run.stderr}\n${result.reasons.join("\n")}`);
  else assertPassed(code, result);
  const [endpoint, ...others] = result.endpoints;
  assert.ok(endpoint !== undefined && others.length === 0);
  assert.deepEqual([endpoint.method, endpoint.name, endpoint.failures], ["GRPC", "shop.v1.Orders/Get", 0]);
  assert.deepEqual([endpoint.requests, result.total.requests], [server.calls, server.calls]);
  assert.equal(server.peers.size, 6, "each user has a connection of its own");
});
