import assert from "node:assert/strict";
import { once } from "node:events";
import { createSecureServer } from "node:http2";
import { createServer } from "node:https";
import type { AddressInfo, Server } from "node:net";
import { test } from "node:test";
import { setDefaultCACertificates } from "node:tls";
import { IntervalRecorder } from "../../../src/stats/interval-recorder.ts";
import { VirtualUserClient } from "../../../src/worker/http/client.ts";
import { engineNamed } from "../../../src/worker/http/engines.ts";
import { parseBase } from "../../../src/worker/http/request/target.ts";
import { patienceMs } from "../../support/wait-until.ts";
import { type Echo, echo, TestServer, withTimeout } from "./fixture.ts";
import { selfSigned, selfSignedService } from "./self-signed.ts";
import { TestProxy } from "./test-proxy.ts";

// For this process only: each test file has its own.
setDefaultCACertificates([selfSigned.cert, selfSignedService.cert]);

async function portOf(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening", { signal: AbortSignal.timeout(patienceMs) });
  return (server.address() as AddressInfo).port;
}

/** Two users of one engine, and what was told of fallbacks. */
class Users implements Disposable {
  readonly recorder = new IntervalRecorder();
  readonly told: string[] = [];
  readonly clients: readonly VirtualUserClient[];

  constructor(base: string, proxies = { httpProxy: "", httpsProxy: "", noProxy: "" }) {
    const onFallback = (origin: string, why: string) => void this.told.push(`${origin}: ${why}`);
    const engine = engineNamed("own", { proxies, onFallback });
    this.clients = [1, 2].map(() => new VirtualUserClient(engine, this.recorder, parseBase(base)));
  }

  [Symbol.dispose](): void {
    for (const client of this.clients) client.close();
  }
}

test(
  "a server that speaks HTTP/2 only: every request is sent by undici, and one line says so",
  withTimeout,
  async () => {
    let served = 0;
    const server = createSecureServer(selfSigned, (request, response) => {
      served++;
      response.end(`HTTP/${request.httpVersion}`);
    });
    const base = `https://127.0.0.1:${await portOf(server)}`;
    using users = new Users(base);
    const answers = await Promise.all(
      users.clients.flatMap(({ get }, user) => [get, get].map(() => users.clients[user]?.get("/"))),
    );
    assert.deepEqual(
      answers.map((answer) => [answer?.status, answer?.text(), answer?.error]),
      Array.from({ length: 4 }, () => [200, "HTTP/2.0", null]),
    );
    assert.equal((await users.clients[0]?.get("/"))?.status, 200);
    const [endpoint] = users.recorder.endpoints;
    assert.deepEqual([served, endpoint?.requests, endpoint?.failures.some(Boolean)], [5, 5, false]);
    assert.deepEqual(users.told, [`${base}: the server speaks HTTP/2 only`]);
    server.close();
  },
);

test("a user that stops while its request was handed over is interrupted", withTimeout, async () => {
  const server = createSecureServer(selfSigned, () => {
    // It never answers.
  });
  const begun = once(server, "stream");
  using users = new Users(`https://127.0.0.1:${await portOf(server)}`);
  const answer = users.clients[0]?.get("/");
  await begun;
  users.clients[0]?.abort();
  await assert.rejects(Promise.resolve(answer), { code: "MUSTER_STOPPED" });
  assert.equal(users.clients[0]?.interruptedCount, 1);
  server.close();
});

test("http: through a proxy that the environment names", withTimeout, async () => {
  await using server = await TestServer.http(echo);
  await using proxy = await TestProxy.to(server.port);
  using users = new Users("http://service.test", { httpProxy: proxy.url, httpsProxy: "", noProxy: "" });
  for (const client of users.clients) {
    const { url, headers } = (await client.get("/jobs?page=2")).json<Echo>();
    assert.deepEqual([url, headers.host], ["/jobs?page=2", "service.test"]);
  }
  assert.deepEqual(new Set(proxy.asked), new Set(["GET http://service.test/jobs?page=2"]));
  assert.deepEqual([...proxy.authorizations], [`Basic ${Buffer.from("me:secret").toString("base64")}`]);
  assert.equal(users.told.length, 1);
  assert.match(users.told[0] ?? "", /^http:\/\/service\.test: they go through the proxy 127\.0\.0\.1:\d+$/);
});

test("https: through a tunnel of a proxy, and the proxy sees no more than where to", withTimeout, async () => {
  const server = createServer(selfSignedService, echo);
  await using proxy = await TestProxy.to(await portOf(server));
  using users = new Users("https://service.test", { httpProxy: "", httpsProxy: proxy.url, noProxy: "" });
  for (const client of users.clients) assert.equal((await client.get("/jobs")).json<Echo>().url, "/jobs");
  assert.deepEqual(proxy.asked, ["CONNECT service.test:443", "CONNECT service.test:443"]);
  const [endpoint] = users.recorder.endpoints;
  assert.ok(endpoint !== undefined && endpoint.bytesIn > 0 && endpoint.bytesOut > 0);
  server.close();
});

test("a proxy that refuses: the requests fail, and say why", withTimeout, async () => {
  await using server = await TestServer.raw((socket) => {
    socket.once("data", () => socket.end("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"));
  });
  using users = new Users("https://service.test", { httpProxy: "", httpsProxy: server.url, noProxy: "" });
  const answer = await users.clients[0]?.get("/");
  assert.match(answer?.error?.message ?? "", /^the proxy 127\.0\.0\.1:\d+ answered 403 to CONNECT service\.test:443$/);
});

for (const name of ["own", "undici"] as const) {
  test(`connections come from the given addresses, one after the other (${name})`, withTimeout, async () => {
    await using server = await TestServer.http(echo);
    const engine = engineNamed(name, { localAddresses: ["127.0.0.2", "::1", "127.0.0.3"] });
    const recorder = new IntervalRecorder();
    const clients = [1, 2, 3, 4].map(() => new VirtualUserClient(engine, recorder, parseBase(server.url)));
    for (const client of clients) assert.equal((await client.get("/")).status, 200);
    const sources = server.sockets.map(({ remoteAddress }) => remoteAddress);
    for (const client of clients) client.close();
    assert.deepEqual(sources, ["127.0.0.2", "127.0.0.3", "127.0.0.2", "127.0.0.3"]);
  });
}
