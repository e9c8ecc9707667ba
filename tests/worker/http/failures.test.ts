import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { test } from "node:test";
import type { FailureKind } from "../../../src/core/failure-kind.ts";
import { engineNamed } from "../../../src/worker/http/engines.ts";
import { classify } from "../../../src/worker/http/response/failure.ts";
import { patienceMs } from "../../support/wait-until.ts";
import { TestClient, TestServer, withTimeout } from "./fixture.ts";
import { selfSigned } from "./self-signed.ts";

/** One request to `base`: it resolves, counts once, and counts as one failure of `kind`. */
async function failsWith(kind: FailureKind, base: string, status = 0): Promise<string> {
  using client = new TestClient(base);
  const got = await client.http.get("/jobs", { timeout: "5s" });
  assert.deepEqual([got.ok, got.status, got.error?.kind], [false, status, kind], got.error?.message ?? "");
  assert.deepEqual(client.counted, [["GET /jobs", 1, { [kind]: 1 }]]);
  const errors = [...client.recorder.errors.values()];
  assert.deepEqual(errors, [{ method: "GET", name: "/jobs", kind, message: got.error?.message, count: 1, stack: "" }]);
  return got.error?.message ?? "";
}

/** Does `reply` once the request has come. */
const answering = (reply: (socket: Socket) => void) =>
  TestServer.raw((socket) => {
    socket.once("data", () => reply(socket));
  });

for (const [status, kind, message] of [
  [404, "4xx", "404 Not Found"],
  [499, "4xx", "499"],
  [503, "5xx", "503 Service Unavailable"],
] as const) {
  test(`status ${status} fails as ${kind}`, withTimeout, async () => {
    await using server = await TestServer.http((_, response) => response.writeHead(status).end("no"));
    assert.equal(await failsWith(kind, server.url, status), message);
  });
}

test("a redirect is an answer like any other and is not followed", withTimeout, async () => {
  await using server = await TestServer.http((_, response) => response.writeHead(302, { location: "/a" }).end());
  using client = new TestClient(server.url);
  const got = await client.http.get("/");
  assert.deepEqual([got.ok, got.status, got.headers.location], [true, 302, "/a"]);
});

test("no listener: refused", withTimeout, async () => {
  const server = await TestServer.http(() => {});
  await server[Symbol.asyncDispose]();
  await failsWith("refused", server.url);
});

test("the connection is reset, or closed without an answer: reset", withTimeout, async () => {
  await using resetting = await answering((socket) => socket.resetAndDestroy());
  await failsWith("reset", resetting.url);
  await using closing = await answering((socket) => socket.end());
  await failsWith("reset", closing.url);
});

test("the connection ends in the middle of the body: reset, with the status that came", withTimeout, async () => {
  await using server = await answering((socket) => socket.end("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort"));
  await failsWith("reset", server.url, 200);
});

// A label of a name holds at most 63 letters, so no resolver is asked.
test("the host's name cannot be resolved: dns", withTimeout, async () => {
  await failsWith("dns", `http://${"a".repeat(64)}.invalid`);
});

for (const [what, reply] of [
  ["garbage", "nonsense\r\n\r\n"],
  ["a header that is none", "HTTP/1.1 200 OK\r\nno colon\r\n\r\n"],
  ["a length that is no number", "HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n"],
  ["too many headers", `HTTP/1.1 200 OK\r\n${"X: y\r\n".repeat(40_000)}\r\n`],
] as const) {
  test(`${what} in place of HTTP: protocol`, withTimeout, async () => {
    await using server = await answering((socket) => socket.write(reply));
    await failsWith("protocol", server.url);
  });
}

test("an unsigned certificate: tls", withTimeout, async () => {
  const server = createServer(selfSigned, (_, response) => response.end());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const closed = new Promise((resolve) => server.once("close", resolve));
  try {
    await failsWith("tls", `https://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.close();
    server.closeAllConnections();
  }
  await closed;
});

test("connections that OpenSSL refuses for one cause are one error", withTimeout, async () => {
  const server = createServer({ ...selfSigned, maxVersion: "TLSv1.2", ciphers: "ECDHE-RSA-AES128-GCM-SHA256" });
  server.listen(0, "127.0.0.1");
  await once(server, "listening", { signal: AbortSignal.timeout(patienceMs) });
  try {
    using client = new TestClient(`https://127.0.0.1:${(server.address() as AddressInfo).port}`);
    for (let count = 0; count < 2; count++) {
      const { error } = await client.http.get("/jobs", { timeout: "5s" });
      assert.equal(error?.kind, "tls");
      assert.match(error.message, /error:[0-9A-F]{8}:SSL routines:.*handshake failure:SSL alert number 40$/);
      assert.doesNotMatch(error.message, /[0-9A-F]{16}|\.c:|\n/);
    }
    assert.deepEqual(
      [...client.recorder.errors.values()].map(({ kind, count }) => [kind, count]),
      [["tls", 2]],
    );
  } finally {
    server.close();
  }
});

test("plain HTTP where TLS is expected: tls", withTimeout, async () => {
  await using server = await answering((socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"));
  await failsWith("tls", server.url.replace("http:", "https:"));
});

test("after a failure, the same user continues", withTimeout, async () => {
  let calls = 0;
  await using server = await TestServer.http((request, response) => {
    calls++;
    if (calls % 2 === 1) request.socket.resetAndDestroy();
    else response.end("fine");
  });
  using client = new TestClient(server.url);
  const results: boolean[] = [];
  for (let count = 0; count < 6; count++) results.push((await client.http.post("/")).ok);
  assert.deepEqual(results, [false, true, false, true, false, true]);
  assert.deepEqual(client.counted, [["POST /", 6, { reset: 3 }]]);
});

test("resources that this machine lacks are not failures of the service, and each has one message", () => {
  for (const [code, what] of [
    ["EMFILE", "file descriptor"],
    ["ENFILE", "file descriptor on its machine"],
    ["EADDRNOTAVAIL", "free local port"],
    ["EADDRINUSE", "free local port"],
    ["ENOBUFS", "memory for sockets"],
    ["ENOMEM", "memory for sockets"],
  ]) {
    const error = Object.assign(new Error(`connect ${code} 10.0.0.1:80 - Local (0.0.0.0:0)`), { code });
    const message = `${code}: the generator had no ${what} left`;
    assert.deepEqual(classify(error), { kind: "generator", message });
    assert.deepEqual(classify(new Error("fetch failed", { cause: error })), { kind: "generator", message });
  }
});

test("with several addresses, the error that concerns the service decides", () => {
  const failed = (code: string) => Object.assign(new Error(`connect ${code}`), { code });
  const both = (...codes: string[]) => classify(new AggregateError(codes.map(failed))).kind;
  assert.equal(both("EADDRNOTAVAIL", "ECONNREFUSED"), "refused");
  assert.equal(both("ETIMEDOUT", "ECONNREFUSED"), "timeout");
  assert.equal(both("EMFILE", "EMFILE"), "generator");
});

test("an address that connections cannot come from fails as a limit of the generator", withTimeout, async () => {
  await using server = await TestServer.http((_, response) => response.end("ok"));
  for (const name of ["own", "undici"] as const) {
    const engine = engineNamed(name, { localAddresses: ["192.0.2.1"] });
    using client = new TestClient(server.url, engine);
    const { error } = await client.http.get("/");
    assert.deepEqual(error, { kind: "generator", message: "EADDRNOTAVAIL: the generator had no free local port left" });
  }
});

test(
  "informational responses without end, and a head that is too large, are a violation of the protocol",
  withTimeout,
  async () => {
    const information = "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n";
    for (const [what, answer] of [
      ["a flood", `${information.repeat(200)}HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n`],
      ["a header", `HTTP/1.1 200 OK\r\nX: ${"x".repeat(20_000)}\r\nContent-Length: 0\r\n\r\n`],
      ["many headers", `HTTP/1.1 200 OK\r\n${"X: 1234567890\r\n".repeat(1_500)}Content-Length: 0\r\n\r\n`],
      ["cookies", `HTTP/1.1 200 OK\r\n${`Set-Cookie: a=${"b".repeat(3_000)}\r\n`.repeat(6)}Content-Length: 0\r\n\r\n`],
    ] as const) {
      await using server = await TestServer.raw((socket) => socket.once("data", () => socket.write(answer)));
      using client = new TestClient(server.url);
      const { error, status } = await client.http.get("/");
      assert.deepEqual([error?.kind, status], ["protocol", 0], what);
    }
  },
);
