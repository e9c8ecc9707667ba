import assert from "node:assert/strict";
import { test } from "node:test";
import { VirtualUserStopped } from "../../../src/worker/http/response/failure.ts";
import { eventually, TestClient, TestServer, withTimeout } from "./fixture.ts";

test(
  "an abort interrupts what is under way: rejected, counted as interrupted, not as a failure",
  withTimeout,
  async () => {
    await using server = await TestServer.http((_, response) => response.write("begun"));
    using client = new TestClient(server.url);
    const requests = [client.http.get("/a"), client.http.get("/b")];
    const settled = Promise.allSettled(requests);
    await eventually(() => server.sockets.length === 2, "both are under way");
    client.http.abort();
    for (const result of await settled) {
      assert.ok(result.status === "rejected" && result.reason instanceof VirtualUserStopped);
    }
    assert.equal(client.http.interruptedCount, 2);
    assert.deepEqual(client.counted, [
      ["GET /a", 0, {}],
      ["GET /b", 0, {}],
    ]);
    assert.equal(client.recorder.errors.size, 0);
    await eventually(() => server.sockets.every((socket) => socket.destroyed), "the connections are closed");
  },
);

test("an abort interrupts a request whose connection is not there yet", withTimeout, async () => {
  await using server = await TestServer.http((_, response) => response.end());
  using client = new TestClient(server.url);
  const request = client.http.get("/");
  client.http.abort();
  await assert.rejects(request, VirtualUserStopped);
  assert.deepEqual([client.http.interruptedCount, client.counted], [1, [["GET /", 0, {}]]]);
});

test("after an abort nothing begins", withTimeout, async () => {
  await using server = await TestServer.http((_, response) => response.end());
  using client = new TestClient(server.url);
  await client.http.get("/");
  client.http.abort();
  await assert.rejects(client.http.get("/"), VirtualUserStopped);
  assert.deepEqual(client.counted, [["GET /", 1, {}]]);
});

test("abort and close may come again, in any order", withTimeout, async () => {
  await using server = await TestServer.http((_, response) => response.end());
  using client = new TestClient(server.url);
  await client.http.get("/");
  client.http.close();
  client.http.abort();
  client.http.close();
  await assert.rejects(client.http.get("/"), VirtualUserStopped);
});

// A test that forgets an `await` must not end the worker, whose process dies of an unhandled rejection.
test("an unawaited request can be interrupted", withTimeout, async () => {
  await using server = await TestServer.http((_, response) => response.write("begun"));
  using client = new TestClient(server.url);
  void client.http.get("/");
  await eventually(() => server.sockets.length === 1, "it is under way");
  client.http.close();
  // Closed or reset, whichever its system makes of it.
  await eventually(() => server.sockets[0]?.destroyed === true, "the connection is gone");
});
