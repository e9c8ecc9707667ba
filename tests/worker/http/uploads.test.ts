import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import type { RequestListener } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { phaseNames } from "../../../src/core/request-phase.ts";
import { BodySegments } from "../../../src/worker/http/body-segments.ts";
import { Network } from "../../../src/worker/http/network/network.ts";
import { eventually, TestClient, TestServer, within, withTimeout } from "./fixture.ts";
import { selfSigned } from "./self-signed.ts";

const megabyte = 1024 * 1024;
/** Longer than the kernel buffers of both sides take. */
const large = Uint8Array.from({ length: 12 * megabyte + 77 }, (_, at) => (at * 31 + (at >> 9)) % 251);

function digest(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** Answers with the length and the digest of what came. */
const digesting: RequestListener = (request, response) => {
  const hash = createHash("sha256");
  let length = 0;
  request.on("data", (bytes: Buffer) => {
    hash.update(bytes);
    length += bytes.length;
  });
  request.on("end", () => response.end(`${length} of ${request.headers["content-length"]} ${hash.digest("hex")}`));
};

const whole = `${large.length} of ${large.length} ${digest(large)}`;

test("large bytes arrive whole, again and again on one connection, and count as sent", withTimeout, async () => {
  await using server = await TestServer.http(digesting);
  using client = new TestClient(server.url);
  for (let count = 0; count < 3; count++) {
    const got = await within(client.http.put("/", { body: large }), "it is answered");
    assert.equal(got.text(), whole);
  }
  assert.equal(server.sockets.length, 1);
  const [endpoint] = client.recorder.endpoints;
  assert.ok((endpoint?.bytesOut ?? 0) > 3 * large.length);
});

test("large bytes arrive whole over TLS", withTimeout, async () => {
  const server = createServer(selfSigned, digesting).listen(0, "127.0.0.1");
  await eventually(() => server.listening, "it listens");
  const network = Network.usual.with({ tls: { ca: selfSigned.cert } });
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  using client = new TestClient(url, undefined, undefined, { network });
  try {
    for (let count = 0; count < 2; count++) {
      const got = await within(client.http.post("/", { body: large }), "it is answered");
      assert.deepEqual([got.error, got.text()], [null, whole]);
    }
  } finally {
    client.http.close();
    server.closeAllConnections();
    server.close();
  }
});

test("the time to send what the service takes slowly is told apart from its answer", withTimeout, async () => {
  await using server = await TestServer.http((request, response) => {
    setTimeout(() => {
      request.resume();
      request.on("end", () => response.end());
    }, 120);
  });
  using client = new TestClient(server.url);
  const got = await within(client.http.post("/", { body: large }), "it is answered");
  assert.equal(got.status, 200);
  const sendingMicros = client.recorder.endpoints[0]?.phases.of(phaseNames.indexOf("sending")).sumMicros ?? 0;
  assert.ok(got.durationMs > 100);
  // undici does not say when its last byte was taken.
  if (process.env.MUSTER_TEST_ENGINE !== "undici") assert.ok(sendingMicros > 80_000, `${sendingMicros}`);
});

test(
  "a service that answers before it has read the body is heard, and its connection is not reused",
  withTimeout,
  async () => {
    await using server = await TestServer.raw((socket) => {
      socket.once("data", () => socket.write("HTTP/1.1 413 Payload Too Large\r\nContent-Length: 4\r\n\r\nno.\n"));
    });
    using client = new TestClient(server.url);
    for (let count = 0; count < 2; count++) {
      const got = await within(client.http.post("/", { body: large }), "it is answered");
      assert.deepEqual([got.status, got.error?.kind], [413, "4xx"]);
    }
    assert.equal(server.sockets.length, 2);
    const [endpoint] = client.recorder.endpoints;
    assert.ok((endpoint?.bytesOut ?? 0) < 2 * large.length, "what was not sent does not count");
  },
);

test("a connection that breaks in the middle of an upload fails the request as reset", withTimeout, async () => {
  await using server = await TestServer.raw((socket) => {
    socket.once("data", () => socket.resetAndDestroy());
  });
  using client = new TestClient(server.url);
  const got = await within(client.http.post("/", { body: large }), "it ends");
  assert.deepEqual([got.status, got.error?.kind], [0, "reset"]);
});

test("an upload that is not taken ends by its time limit", withTimeout, async () => {
  await using server = await TestServer.raw((socket) => socket.pause());
  using client = new TestClient(server.url);
  const got = await within(client.http.post("/", { body: large, timeout: "150ms" }), "it ends");
  assert.equal(got.error?.kind, "timeout");
  await eventually(() => server.sockets.every((socket) => socket.resume().destroyed || socket.readableEnded), "closed");
});

test("the pieces of a body are its bytes, none longer than 64 KB, and views of the same memory", () => {
  const body = new BodySegments([large.subarray(0, 3), new Uint8Array(0), large.subarray(3)]);
  const pieces = [...body.pieces()];
  assert.equal(body.byteLength, large.length);
  assert.ok(pieces.every(({ length, buffer }) => length > 0 && length <= 64 * 1024 && buffer === large.buffer));
  assert.equal(digest(Buffer.concat(pieces)), digest(large));
});
