import assert from "node:assert/strict";
import { EventEmitter, once } from "node:events";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { setDefaultCACertificates } from "node:tls";
import { phaseNames } from "../../../src/core/request-phase.ts";
import { type Connections, type Exchange, OutgoingRequest } from "../../../src/worker/http/engine.ts";
import { engineNamed } from "../../../src/worker/http/engines.ts";
import { noHeaders } from "../../../src/worker/http/request/request-headers.ts";
import { RequestTimes } from "../../../src/worker/http/request-times.ts";
import { TestClient, TestServer, withTimeout } from "./fixture.ts";
import { selfSigned } from "./self-signed.ts";

// For this process only: each test file has its own.
setDefaultCACertificates([selfSigned.cert]);

/** A timer may be up to a millisecond early. */
const pauseMs = 60;
/** The bytes before a pause may be late themselves, which shortens what follows. */
const atLeastMs = pauseMs / 2;

/** Sends a request and takes its times. Calls `onHead` when the head of the response has arrived. */
async function timesOf(
  connections: Connections,
  origin: string,
  body: Uint8Array | null = null,
  onHead: () => void = () => {},
): Promise<RequestTimes> {
  const { promise, resolve, reject } = Promise.withResolvers<RequestTimes>();
  const nowMs = performance.now();
  const times = new RequestTimes();
  times.restart(nowMs, nowMs);
  const exchange: Exchange = {
    reconnects: () => false,
    sent: (sentMs, connectMs, tlsMs) => void Object.assign(times, { sentMs, connectMs, tlsMs }),
    written: (writtenMs) => void Object.assign(times, { writtenMs }),
    head(_status, _headers, firstByteMs) {
      Object.assign(times, { firstByteMs });
      onHead();
    },
    body: () => {},
    ended: (endedMs) => resolve(Object.assign(times, { endedMs })),
    failed: reject,
  };
  connections.dispatch(
    new OutgoingRequest(body === null ? "GET" : "POST", origin, "/", noHeaders, body, {}),
    exchange,
    nowMs,
  );
  return await promise;
}

function headSignal() {
  const heads = new EventEmitter();
  return { heads, headArrived: () => void heads.emit("head") };
}

/** All phases together are the whole request. */
function addUp(times: RequestTimes): void {
  const { blockedMs, connectMs, tlsMs, sendingMs, waitingMs, receivingMs } = times;
  const sum = blockedMs + connectMs + tlsMs + sendingMs + waitingMs + receivingMs;
  assert.ok(Math.abs(sum - (times.endedMs - times.askedMs)) < 0.001, JSON.stringify(times));
}

for (const engine of ["own", "undici"] as const) {
  test(`waiting and receiving, on a new connection and a kept one (${engine})`, withTimeout, async () => {
    const { heads, headArrived } = headSignal();
    await using server = await TestServer.http(async (_, response) => {
      await delay(pauseMs);
      response.write("begun");
      // Otherwise a process that stands still meanwhile reads both parts at once.
      await once(heads, "head");
      await delay(pauseMs);
      response.end();
    });
    const connections = engineNamed(engine).createConnections();
    const first = await timesOf(connections, server.url, null, headArrived);
    const second = await timesOf(connections, server.url, null, headArrived);
    connections.destroy();
    for (const times of [first, second]) {
      addUp(times);
      assert.ok(times.waitingMs >= atLeastMs && times.receivingMs >= atLeastMs, JSON.stringify(times));
      assert.equal(times.tlsMs, 0);
    }
    assert.ok(first.connectMs > 0);
    assert.deepEqual([second.connectMs, second.sendingMs], [0, 0]);
  });
}

test("a recorder gets the phases of each request that was sent", withTimeout, async () => {
  await using server = await TestServer.http(async (_, response) => {
    await delay(pauseMs);
    response.end("x");
  });
  using client = new TestClient(server.url);
  for (let sent = 0; sent < 3; sent++) await client.http.get("/");
  const [endpoint] = client.recorder.endpoints;
  const requestsOf = Object.fromEntries(phaseNames.map((name, phase) => [name, endpoint?.phases.of(phase).requests]));
  assert.deepEqual([requestsOf.connect, requestsOf.tls, requestsOf.waiting], [1, 0, 3]);
  const waiting = endpoint?.phases.of(phaseNames.indexOf("waiting"));
  assert.ok((waiting?.sumMicros ?? 0) >= 3 * atLeastMs * 1_000, JSON.stringify(waiting));
  assert.ok((waiting?.maxMicros ?? 0) <= (endpoint?.serviceTime.maxMicros ?? 0), JSON.stringify(waiting));
});

test("the time that TLS takes", withTimeout, async () => {
  const server = createServer(selfSigned, (_, response) => response.end("x"));
  server.on("connection", (socket) => {
    // The handshake waits for its first bytes to be read.
    socket.pause();
    setTimeout(() => socket.resume(), pauseMs);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const connections = engineNamed("own").createConnections();
  const times = await timesOf(connections, `https://127.0.0.1:${(server.address() as AddressInfo).port}`);
  connections.destroy();
  server.close();
  addUp(times);
  assert.ok(times.connectMs > 0 && times.tlsMs > 0, JSON.stringify(times));
});

test("the time to send a body that the server takes late", withTimeout, async () => {
  await using server = await TestServer.raw((socket) => {
    socket.pause();
    setTimeout(() => socket.resume(), pauseMs);
    let received = 0;
    socket.on("data", (bytes) => {
      received += bytes.length;
      if (received > 30_000_000) socket.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    });
  });
  const connections = engineNamed("own").createConnections();
  const times = await timesOf(connections, server.url, Buffer.alloc(30_000_000));
  connections.destroy();
  addUp(times);
  assert.ok(times.sendingMs >= atLeastMs / 2, JSON.stringify(times));
});
