import assert from "node:assert/strict";
import type { Socket } from "node:net";
import { test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { echo, eventually, TestClient, TestServer, withTimeout } from "./fixture.ts";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

test("requests one after another share one connection", withTimeout, async () => {
  await using server = await TestServer.http(echo);
  using client = new TestClient(server.url);
  for (let count = 0; count < 200; count++) await client.http.post("/", { json: { count } });
  assert.equal(server.sockets.length, 1);
  assert.deepEqual(client.counted, [["POST /", 200, {}]]);
});

test("failed answers do not cost the connection", withTimeout, async () => {
  await using server = await TestServer.http((_, response) => response.writeHead(503).end("busy"));
  using client = new TestClient(server.url);
  for (let count = 0; count < 20; count++) await client.http.get("/");
  assert.equal(server.sockets.length, 1);
});

test("parallel requests open as many connections, which are used again", withTimeout, async () => {
  const held: (() => void)[] = [];
  await using server = await TestServer.http((_, response) => {
    held.push(() => response.end());
    if (held.length === 5) for (const answer of held.splice(0)) answer();
  });
  using client = new TestClient(server.url);
  for (let round = 0; round < 3; round++) {
    await Promise.all(Array.from({ length: 5 }, () => client.http.get("/")));
  }
  assert.equal(server.sockets.length, 5);
});

test("two virtual users never share a connection", withTimeout, async () => {
  await using server = await TestServer.http(echo);
  using first = new TestClient(server.url);
  using second = new TestClient(server.url);
  await first.http.get("/");
  await second.http.get("/");
  assert.equal(server.sockets.length, 2);
});

test("a connection that the server closes between requests is replaced without a failure", withTimeout, async () => {
  await using server = await TestServer.http((_, response) => response.setHeader("connection", "close").end());
  using client = new TestClient(server.url);
  for (let count = 0; count < 5; count++) {
    await client.http.get("/");
    await eventually(() => server.sockets.every((socket) => socket.destroyed), "the server closed the connection");
  }
  assert.deepEqual(client.counted, [["GET /", 5, {}]]);
  assert.equal(server.sockets.length, 5);
});

test("closing the client closes its connections", withTimeout, async () => {
  await using server = await TestServer.http(echo);
  const client = new TestClient(server.url);
  await Promise.all([client.http.get("/"), client.http.get("/")]);
  client.http.close();
  await eventually(() => server.sockets.length === 2 && server.sockets.every((socket) => socket.destroyed), "closed");
});

/** What went over all sockets of a server, as the server saw it. */
function traffic(sockets: readonly Socket[]) {
  const sum = (numbers: number[]) => numbers.reduce((total, value) => total + value, 0);
  return { read: sum(sockets.map((s) => s.bytesRead)), written: sum(sockets.map((s) => s.bytesWritten)) };
}

test("bytes in and out are those on the wire, over keep-alive, bodies, chunks and failures", withTimeout, async () => {
  await using server = await TestServer.http((request, response) => {
    request.resume();
    request.on("end", () => {
      if (request.url === "/chunked") response.write("x".repeat(70_000));
      if (request.url === "/missing") response.writeHead(404);
      response.end("the end");
    });
  });
  using client = new TestClient(server.url);
  for (let round = 0; round < 3; round++) {
    await client.http.get("/chunked");
    await client.http.post("/body", { json: { text: "ü".repeat(50_000) } });
    await client.http.get("/missing", { headers: { "x-long": "y".repeat(2_000) } });
  }
  await Promise.all([client.http.get("/chunked"), client.http.get("/chunked")]);
  const sums = { read: 0, written: 0 };
  for (const { bytesIn, bytesOut } of client.recorder.endpoints) {
    sums.written += bytesIn;
    sums.read += bytesOut;
  }
  assert.deepEqual(sums, traffic(server.sockets));
});

test("no response is kept in memory while its user waits for the next request", withTimeout, async () => {
  await using server = await TestServer.http((_, response) => response.end(Buffer.alloc(100_000)));
  using client = new TestClient(server.url);
  const answer = new WeakRef(await client.http.get("/"));
  await eventually(() => {
    collectGarbage();
    return answer.deref() === undefined;
  }, "the answer is collected");
  assert.equal((await client.http.get("/")).body.length, 100_000);
});
