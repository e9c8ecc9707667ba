import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { setDefaultCACertificates, type TLSSocket } from "node:tls";
import { patienceMs } from "../../../support/wait-until.ts";
import { echo, eventually, TestClient, withTimeout } from "../fixture.ts";
import { selfSigned } from "../self-signed.ts";

// For this process only: each test file has its own.
setDefaultCACertificates([selfSigned.cert]);

async function secureServer(listener: Parameters<typeof createServer>[1] = echo) {
  const server = createServer({ ...selfSigned, keepAliveTimeout: 0 }, listener);
  const sockets: TLSSocket[] = [];
  const resumed: boolean[] = [];
  server.on("secureConnection", (socket) => {
    sockets.push(socket);
    resumed.push(socket.isSessionReused());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening", { signal: AbortSignal.timeout(patienceMs) });
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    sockets,
    resumed,
    async [Symbol.asyncDispose]() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

test("requests over TLS share one connection, and their bytes are those of HTTP", withTimeout, async () => {
  const warnings: Error[] = [];
  process.on("warning", (warning) => warnings.push(warning));
  await using server = await secureServer((_, response) => {
    response.write("x".repeat(100_000));
    response.end("ü");
  });
  using client = new TestClient(server.url);
  for (let count = 0; count < 20; count++) {
    const got = await client.http.get("/");
    assert.deepEqual([got.error, got.text().length], [null, 100_001]);
  }
  assert.equal(server.sockets.length, 1);
  // Of listeners that pile up on the connection, say.
  assert.deepEqual(warnings, []);
  const { bytesIn, bytesOut } = client.recorder.endpoints[0] ?? {};
  assert.deepEqual([bytesIn, bytesOut], [server.sockets[0]?.bytesWritten, server.sockets[0]?.bytesRead]);
});

test("bodies over TLS, in both directions", withTimeout, async () => {
  await using server = await secureServer((request, response) => {
    request.pipe(response);
  });
  using client = new TestClient(server.url);
  const body = Buffer.alloc(2_000_000, "muster");
  assert.ok(body.equals((await client.http.post("/", { body })).body));
});

test("a user that connects again resumes its TLS session", withTimeout, async () => {
  await using server = await secureServer((_, response) => response.setHeader("connection", "close").end("x"));
  using client = new TestClient(server.url);
  for (let count = 0; count < 3; count++) {
    assert.equal((await client.http.get("/")).error, null);
    await eventually(() => server.sockets.every((socket) => socket.destroyed), "closed");
  }
  assert.deepEqual(server.resumed, [false, true, true]);
});

test("the server closes an idle TLS connection: another one is opened", withTimeout, async () => {
  await using server = await secureServer();
  using client = new TestClient(server.url);
  await client.http.get("/");
  server.sockets[0]?.end();
  await eventually(() => server.sockets[0]?.destroyed === true, "closed");
  assert.equal((await client.http.get("/")).error, null);
  assert.equal(server.sockets.length, 2);
});
