import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { type Exchange, OutgoingRequest } from "../../../../src/worker/http/engine.ts";
import { newOwnEngine } from "../../../../src/worker/http/own/own-engine.ts";
import { noHeaders } from "../../../../src/worker/http/request/request-headers.ts";
import { attempts, Disturbed } from "../../../support/attempts.ts";
import { eventually, TestClient, TestServer, withTimeout } from "../fixture.ts";

const answer = (headers = "") => `HTTP/1.1 200 OK\r\n${headers}Content-Length: 2\r\n\r\nok`;

/** Answers each request with the next of `answers`, over and over. */
function answering(...answers: readonly string[]): Promise<TestServer> {
  let count = 0;
  return TestServer.raw((socket) => socket.on("data", () => socket.write(answers[count++ % answers.length] ?? "")));
}

test("unrequested bytes close an idle connection and fail no request", withTimeout, async () => {
  await using server = await answering(answer());
  using client = new TestClient(server.url);
  await client.http.get("/");
  server.sockets[0]?.write(answer());
  await eventually(() => server.sockets[0]?.destroyed === true, "closed");
  assert.equal((await client.http.get("/")).text(), "ok");
  assert.deepEqual([client.counted, server.sockets.length], [[["GET /", 2, {}]], 2]);
});

test("bytes behind a response in the same read: the response counts, the connection closes", withTimeout, async () => {
  await using server = await answering(`${answer()}HTTP/1.1 500 No\r\n\r\n`);
  using client = new TestClient(server.url);
  for (let count = 0; count < 3; count++) assert.equal((await client.http.get("/")).text(), "ok");
  assert.deepEqual([client.counted, server.sockets.length], [[["GET /", 3, {}]], 3]);
});

test("informational responses come before the answer, and their bytes count", withTimeout, async () => {
  const before = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n";
  await using server = await answering(before + answer());
  using client = new TestClient(server.url);
  for (let count = 0; count < 3; count++) assert.deepEqual((await client.http.get("/")).status, 200);
  assert.equal(client.recorder.endpoints[0]?.bytesIn, 3 * (before + answer()).length);
  assert.equal(server.sockets.length, 1);
});

test("an idle connection is not used when the server is about to close it", withTimeout, () =>
  attempts(5, idleTooLong),
);

async function idleTooLong(): Promise<void> {
  await using server = await answering(answer("Keep-Alive: timeout=1\r\n"));
  using client = new TestClient(server.url);
  const beganMs = performance.now();
  await client.http.get("/");
  await client.http.get("/");
  if (performance.now() - beganMs > 400) throw new Disturbed("it was idle for too long already");
  assert.equal(server.sockets.length, 1);
  await delay(520);
  await client.http.get("/");
  assert.equal(server.sockets.length, 2);
  await eventually(() => server.sockets[0]?.destroyed === true, "the old one is closed");
}

test("a body up to the end of the connection is whole, and broken off when that is reset", withTimeout, async () => {
  await using server = await TestServer.raw((socket) =>
    socket.once("data", (bytes) => {
      socket.write("HTTP/1.1 200 OK\r\n\r\nall of it");
      if (bytes.includes("/reset")) setTimeout(() => socket.resetAndDestroy(), 20);
      else socket.end();
    }),
  );
  using client = new TestClient(server.url);
  const whole = await client.http.get("/");
  assert.deepEqual([whole.error, whole.text()], [null, "all of it"]);
  const broken = await client.http.get("/reset");
  assert.deepEqual([broken.error?.kind, broken.status], ["reset", 200]);
});

test("an answer before the request is sent: it counts, and the connection is not used again", withTimeout, async () => {
  await using server = await TestServer.raw((socket) =>
    socket.once("data", () => {
      socket.pause();
      socket.write("HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n");
    }),
  );
  using client = new TestClient(server.url);
  const got = await client.http.post("/", { body: Buffer.alloc(30_000_000) });
  assert.equal(got.status, 413);
  await eventually(() => client.http.endedCount === 1, "ended");
  void client.http.get("/");
  await eventually(() => server.sockets.length === 2, "another connection");
});

test(
  "a code that expects may send requests itself, on the connection that has just become free",
  withTimeout,
  async () => {
    await using server = await answering(answer());
    using client = new TestClient(server.url);
    const inner: Promise<unknown>[] = [];
    const outer = await client.http.get("/outer", {
      expect: () => {
        inner.push(client.http.get("/inner"));
        return true;
      },
    });
    await Promise.all(inner);
    assert.deepEqual([outer.ok, server.sockets.length], [true, 1]);
    assert.deepEqual(client.counted, [
      ["GET /outer", 1, {}],
      ["GET /inner", 1, {}],
    ]);
  },
);

test("open requests fail when the connections are closed", withTimeout, async () => {
  await using server = await answering("");
  const connections = newOwnEngine().createConnections();
  const { promise: failure, resolve } = Promise.withResolvers<Error>();
  const exchange: Exchange = {
    reconnects: () => false,
    sent: () => setImmediate(() => connections.destroy()),
    written: () => {},
    head: () => {},
    body: () => {},
    ended: () => {},
    failed: resolve,
  };
  const request = new OutgoingRequest("GET", server.url, "/", noHeaders, null, {});
  connections.dispatch(request, exchange, performance.now());
  assert.match((await failure).message, /closed by this side/);
});

test("only http: and https:", withTimeout, async () => {
  using client = new TestClient("http://127.0.0.1:1");
  await assert.rejects(client.http.get("ftp://127.0.0.1/"), /cannot be sent: .* begins with ftp:, which is neither/);
});
