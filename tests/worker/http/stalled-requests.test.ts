import assert from "node:assert/strict";
import { test } from "node:test";
import { TestClient, TestServer, withTimeout } from "./fixture.ts";

const stalls = { touched: () => true };

test(
  "a request that a stall touched is counted without its times, with what the service answered",
  withTimeout,
  async () => {
    await using server = await TestServer.http((_, response) => response.writeHead(503).end("no"));
    using client = new TestClient(server.url, undefined, undefined, { stalls });
    const { ok, error } = await client.http.get("/");
    assert.deepEqual([ok, error?.kind], [false, "5xx"]);
    assert.deepEqual(client.counted, [["GET /", 1, { "5xx": 1 }]]);
    const [endpoint] = client.recorder.endpoints;
    assert.deepEqual([endpoint?.serviceTime.count, endpoint?.phases.list().length], [0, 0]);
    assert.ok((endpoint?.bytesIn ?? 0) > 0);
  },
);

test("a connection that ended while the generator stood still is no failure of the service", withTimeout, async () => {
  await using server = await TestServer.http((request) => request.socket.destroy());
  using client = new TestClient(server.url, undefined, undefined, { stalls, mayReconnect: false });
  const { ok, error } = await client.http.get("/");
  assert.deepEqual([ok, error?.kind], [false, "reset"], "the test is told");
  assert.deepEqual(client.counted, [["GET /", 1, {}]]);
  assert.equal(client.recorder.errors.size, 0);
});
