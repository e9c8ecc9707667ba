import assert from "node:assert/strict";
import type { Socket } from "node:net";
import { test } from "node:test";
import { TimeLimitRules } from "../../../src/worker/http/time-limits.ts";
import { eventually, TestClient, TestServer, withTimeout } from "./fixture.ts";

const answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

/** Answers the first request of each connection, and gives the second to `onSecond`, as a server whose idle time ends just then. */
async function closingServer(onSecond: (socket: Socket) => void) {
  const requests: string[] = [];
  const server = await TestServer.raw((socket) => {
    let count = 0;
    socket.on("data", (bytes) => {
      requests.push(bytes.toString("latin1").split(" ", 1)[0] ?? "");
      if (++count === 1) socket.write(answer);
      else onSecond(socket);
    });
  });
  return { server, requests };
}

function reconnectsOf(client: TestClient): number {
  const metric = client.recorder.metrics.get("reconnects");
  return metric?.kind === "counter" ? metric.sum : 0;
}

const ways: Readonly<Record<string, (socket: Socket) => void>> = {
  closed: (socket) => socket.end(),
  reset: (socket) => socket.resetAndDestroy(),
};

for (const [way, onSecond] of Object.entries(ways)) {
  test(
    `an idempotent request whose reused connection was ${way} is sent once more and counted`,
    withTimeout,
    async () => {
      const { server, requests } = await closingServer(onSecond);
      await using _ = server;
      using client = new TestClient(server.url);
      await client.http.get("/");
      const got = await client.http.get("/");
      assert.deepEqual([got.error, got.text()], [null, "ok"]);
      assert.deepEqual([client.counted, requests.length], [[["GET /", 2, {}]], 3]);
      assert.deepEqual([reconnectsOf(client), server.sockets.length], [1, 2]);
      // The repeated one has opened a connection; its times add up to the whole.
      const { phases, serviceTime } = client.recorder.endpoints[0] ?? assert.fail("no endpoint");
      assert.equal(phases.list().find(({ phase }) => phase === 1)?.requests, 2);
      assert.equal(serviceTime.count, 2);
    },
  );
}

test("every idempotent method is sent again, with its body; others fail and are sent once", withTimeout, async () => {
  const { server, requests } = await closingServer((socket) => socket.end());
  await using _ = server;
  for (const method of ["HEAD", "PUT", "DELETE", "OPTIONS"] as const) {
    using client = new TestClient(server.url);
    await client.http.get("/");
    const got = await client.http.request(method, "/", method === "PUT" ? { body: "content" } : {});
    assert.deepEqual([method, got.status, reconnectsOf(client)], [method, 200, 1]);
  }
  requests.length = 0;
  for (const method of ["POST", "PATCH"] as const) {
    using client = new TestClient(server.url);
    await client.http.get("/");
    const got = await client.http.request(method, "/", { body: "content" });
    assert.deepEqual([method, got.error?.kind, reconnectsOf(client)], [method, "reset", 0]);
  }
  assert.deepEqual(requests, ["GET", "POST", "GET", "PATCH"]);
});

test(
  "a request that was not written moves to a new connection, whatever its method, and is not counted",
  withTimeout,
  async () => {
    const { server, requests } = await closingServer((socket) => socket.end());
    await using _ = server;
    using client = new TestClient(server.url, "own");
    await client.http.get("/");
    // The system has the reset, and the client has not read it.
    server.sockets[0]?.resetAndDestroy();
    const got = await client.http.post("/", { body: "content" });
    assert.deepEqual([got.error, got.text(), reconnectsOf(client)], [null, "ok", 0]);
    assert.deepEqual([requests, server.sockets.length], [["GET", "POST"], 2]);
  },
);

test("unrequested bytes fail no request that is not written yet", withTimeout, async () => {
  const requests: string[] = [];
  await using server = await TestServer.raw((socket) =>
    socket.on("data", (bytes) => {
      const path = bytes.toString("latin1").split(" ", 2)[1] ?? "";
      requests.push(path);
      socket.write(answer);
      // With the answer to another user's request, a server closes this connection as it says so: 408, as some do.
      if (path === "/other") idle?.write("HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n");
    }),
  );
  let idle: Socket | undefined;
  using client = new TestClient(server.url, "own");
  using other = new TestClient(server.url, "own");
  await client.http.get("/");
  idle = server.sockets[0];
  await other.http.get("/other");
  // Sent while answers are read, so it waits for the end of the turn; in it the 408 is read.
  const got = await client.http.post("/late");
  assert.deepEqual([got.status, reconnectsOf(client)], [200, 0]);
  assert.deepEqual([requests, server.sockets.length], [["/", "/other", "/late"], 3]);
});

test("a new connection that closes without an answer fails its request, a repeated one too", withTimeout, async () => {
  let requests = 0;
  await using server = await TestServer.raw((socket) =>
    socket.on("data", () => {
      requests++;
      if (requests === 1) socket.write(answer);
      else socket.end();
    }),
  );
  using client = new TestClient(server.url);
  await client.http.get("/");
  // On the kept connection, then on a new one; the third on one of its own.
  assert.equal((await client.http.get("/")).error?.kind, "reset");
  assert.deepEqual([requests, reconnectsOf(client)], [3, 1]);
  assert.equal((await client.http.get("/")).error?.kind, "reset");
  assert.deepEqual([requests, reconnectsOf(client)], [4, 1]);
});

test("a connection that closes in the middle of its answer fails the request", withTimeout, async () => {
  const { server, requests } = await closingServer((socket) => socket.end(answer.slice(0, 20)));
  await using _ = server;
  using client = new TestClient(server.url);
  await client.http.get("/");
  assert.equal((await client.http.get("/")).ok, false);
  assert.deepEqual([requests.length, reconnectsOf(client)], [2, 0]);
});

test("with reconnects turned off the request fails", withTimeout, async () => {
  const { server, requests } = await closingServer((socket) => socket.end());
  await using _ = server;
  using client = new TestClient(server.url, undefined, undefined, { mayReconnect: false });
  await client.http.get("/");
  assert.equal((await client.http.get("/")).error?.kind, "reset");
  assert.deepEqual([requests.length, reconnectsOf(client)], [2, 0]);
});

test("the time limit of the request continues, and an abort reaches the resent request", withTimeout, async () => {
  const silent: Socket[] = [];
  let connections = 0;
  await using server = await TestServer.raw((socket) => {
    const isFirst = ++connections === 1;
    let count = 0;
    socket.on("data", () => {
      if (!isFirst) silent.push(socket);
      else if (++count === 1) socket.write(answer);
      else socket.end();
    });
  });
  using client = new TestClient(server.url, undefined, new TimeLimitRules("900ms"));
  await client.http.get("/");
  const got = await client.http.get("/");
  assert.deepEqual([got.error?.kind, got.error?.message], ["timeout", "no complete response within 900 ms"]);
  assert.equal(reconnectsOf(client), 1);
  await eventually(() => silent.length === 1, "the repeated request is received");
  await eventually(() => silent[0]?.destroyed === true, "the repeated request's connection is closed");
});
