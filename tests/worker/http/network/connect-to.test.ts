import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import os from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { parseDestination, parsePlace } from "../../../../src/scenario/connections/connect-to.ts";
import type { ConnectionOptions } from "../../../../src/scenario/connections/connection.ts";
import { IntervalRecorder } from "../../../../src/stats/interval-recorder.ts";
import { VirtualUserClient } from "../../../../src/worker/http/client.ts";
import { engineNamed } from "../../../../src/worker/http/engines.ts";
import { Names } from "../../../../src/worker/http/network/names.ts";
import { Network } from "../../../../src/worker/http/network/network.ts";
import { TlsSettings } from "../../../../src/worker/http/network/tls-settings.ts";
import { parseBase } from "../../../../src/worker/http/request/target.ts";
import { patienceMs } from "../../../support/wait-until.ts";
import { type Echo, echo, TestClient, withTimeout } from "../fixture.ts";
import { TestProxy } from "../test-proxy.ts";

let folder: string;

before(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), "muster-unix-"));
});
after(() => rm(folder, { recursive: true, force: true }));

interface Listening extends AsyncDisposable {
  readonly port: number;
  readonly connections: number;
}

async function serving(
  where: string | { readonly host: string; readonly port?: number },
  listener: RequestListener = echo,
): Promise<Listening> {
  const server: Server = createServer({ keepAliveTimeout: 0 }, listener);
  let connections = 0;
  server.on("connection", () => connections++);
  if (typeof where === "string") server.listen(where);
  else server.listen(where.port ?? 0, where.host);
  await once(server, "listening", { signal: AbortSignal.timeout(patienceMs) });
  const address = server.address();
  return {
    port: typeof address === "string" ? 0 : (address as AddressInfo).port,
    get connections() {
      return connections;
    },
    async [Symbol.asyncDispose]() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

for (const engine of ["own", "undici"] as const) {
  const userOf = (base: string, options: ConnectionOptions) =>
    new TestClient(base, engine, undefined, { network: Network.usual.with(options) });

  test(`connectTo changes where a connection goes, and nothing that is sent (${engine})`, withTimeout, async () => {
    await using server = await serving({ host: "127.0.0.1" });
    const to = `127.0.0.1:${server.port}`;
    for (const [url, key, value] of [
      ["http://api.test:8000", "api.test:8000", to],
      ["http://api.test", "API.test:80", to],
      ["http://api.test:8000", "api.test", to],
      ["http://api.test:8000", ":8000", to],
      ["http://api.test:8000", "*", to],
      [`http://api.test:${server.port}`, "api.test", "127.0.0.1"],
      ["http://127.0.0.1:8000", "127.0.0.1:8000", `:${server.port}`],
      ["http://[fd00::9]:8000", "[fd00::9]:8000", to],
    ] as const) {
      using user = userOf(url, { connectTo: { [key]: value } });
      const response = await user.http.get("/jobs");
      assert.equal(response.error, null, `${key} -> ${value}`);
      assert.equal(response.json<Echo>().headers.host, new URL(url).host);
      assert.equal(response.url, `${url}/jobs`);
    }
  });

  test(`a list of addresses is used in turn, and a class adds to the test (${engine})`, withTimeout, async () => {
    await using one = await serving({ host: "127.0.0.1" });
    await using two = await serving({ host: "127.0.0.2" });
    const ofTest = Network.usual.with({
      connectTo: { "api.test": [`127.0.0.1:${one.port}`, `127.0.0.2:${two.port}`], "b.test": "127.0.0.1:1" },
    });
    const network = ofTest.with({ connectTo: { "b.test": `127.0.0.1:${one.port}` } });
    for (let user = 0; user < 4; user++) {
      using client = new TestClient("http://api.test", engine, undefined, { network });
      assert.equal((await client.http.get("/")).error, null);
      if (user === 0) assert.equal((await client.http.get("http://b.test/")).error, null);
    }
    assert.deepEqual([one.connections, two.connections], [3, 2]);
  });

  test(
    `a unix socket: requests, a kept connection, and one that nobody listens on (${engine})`,
    withTimeout,
    async () => {
      const socket = path.join(folder, `${engine}.sock`);
      await using server = await serving(socket, (request, response) => request.pipe(response));
      using user = userOf("http://api.test", {
        connectTo: { "api.test": `unix:${socket}`, "gone.test": "unix:/nowhere.sock" },
      });
      const body = Buffer.alloc(300_000, "muster");
      for (let count = 0; count < 3; count++) {
        const response = await user.http.post("/", { body });
        assert.deepEqual([response.error, body.equals(response.body)], [null, true]);
      }
      assert.equal(server.connections, 1);
      const gone = await user.http.get("http://gone.test/");
      assert.deepEqual(gone.error, { kind: "refused", message: "connect ENOENT /nowhere.sock" });
    },
  );

  test(`what connectTo names goes to no proxy (${engine})`, withTimeout, async () => {
    await using server = await serving({ host: "127.0.0.1" });
    await using proxy = await TestProxy.to(server.port);
    const proxies = { httpProxy: proxy.url, httpsProxy: "", noProxy: "" };
    const network = Network.usual.with({ connectTo: { "api.test": `127.0.0.1:${server.port}` } });
    const client = new VirtualUserClient(
      engineNamed(engine, { proxies }),
      new IntervalRecorder(),
      parseBase("http://api.test"),
      { network },
    );
    assert.equal((await client.get("/")).json<Echo>().headers.host, "api.test");
    assert.deepEqual(proxy.asked, []);
    assert.equal((await client.get("http://other.test/")).json<Echo>().headers.host, "other.test");
    assert.equal(proxy.asked.length, 1);
    client.close();
  });

  test(`a name whose first address refuses: the other family answers (${engine})`, withTimeout, async () => {
    await using server = await serving({ host: "127.0.0.1" });
    const network = Network.usual.with({ resolve: { family: "prefer-ipv6" } });
    using preferring = new TestClient(`http://localhost:${server.port}`, engine, undefined, { network });
    assert.equal((await preferring.http.get("/")).error, null);
    using four = userOf(`http://localhost:${server.port}`, { resolve: { family: "ipv4", ttl: "inf" } });
    assert.equal((await four.http.get("/")).error, null);
    using six = userOf(`http://localhost:${server.port}`, { resolve: { family: "ipv6" } });
    assert.match((await six.http.get("/")).error?.kind ?? "", /^(?:refused|dns|generator)$/);
  });
}

for (const engine of ["own", "undici"] as const) {
  test(
    `::1 comes first while the service listens on 127.0.0.1: no request fails (${engine})`,
    withTimeout,
    async () => {
      await using server = await serving({ host: "127.0.0.1" });
      const names = new Names({}, (_name, _options, found) =>
        setImmediate(found, null, [
          { address: "::1", family: 6 },
          { address: "127.0.0.1", family: 4 },
        ]),
      );
      const network = new Network(TlsSettings.usual, names);
      for (let user = 0; user < 3; user++) {
        using client = new TestClient(`http://api.test:${server.port}`, engine, undefined, { network });
        assert.deepEqual([(await client.http.get("/")).error, client.http.endedCount], [null, 1]);
      }
      assert.equal(server.connections, 3);
      // Later connections begin with the address that works.
      const { promise, resolve } = Promise.withResolvers<unknown>();
      names.lookup("api.test", { all: true }, (_error, addresses) => resolve(addresses));
      assert.deepEqual(await promise, [
        { address: "127.0.0.1", family: 4 },
        { address: "::1", family: 6 },
      ]);
    },
  );
}

test("round-robin: the connections of all users are spread over the addresses of a name", withTimeout, async () => {
  await using one = await serving({ host: "127.0.0.1" });
  await using two = await serving({ host: "127.0.0.2", port: one.port });
  const names = new Names({ select: "round-robin", ttl: "inf" }, (_name, _options, found) =>
    setImmediate(
      found,
      null,
      ["127.0.0.1", "127.0.0.2"].map((address) => ({ address, family: 4 })),
    ),
  );
  const network = new Network(TlsSettings.usual, names);
  for (let user = 0; user < 6; user++) {
    using client = new TestClient(`http://api.test:${one.port}`, "own", undefined, { network });
    assert.equal((await client.http.get("/")).error, null);
  }
  assert.deepEqual([one.connections, two.connections], [3, 3]);
});

test("keys and values of connectTo that are not valid say what is", () => {
  for (const key of ["", "a:b", "http://a", "a/b", "a:0", "a:70000", "[a]:1", "a:1:2", " a"]) {
    assert.equal(typeof parsePlace(key), "string", key);
  }
  for (const value of ["", "unix:relative.sock", "10.0.0.5:", "a b", `unix:/${"x".repeat(200)}`, "http://a:1"]) {
    assert.equal(typeof parseDestination(value), "string", value);
  }
  assert.deepEqual(parsePlace("::1"), { host: "::1", port: null });
  assert.deepEqual(parseDestination("[::1]:80"), { kind: "tcp", host: "::1", port: 80 });
  assert.deepEqual(parseDestination(":80"), { kind: "tcp", host: null, port: 80 });
  assert.deepEqual(parseDestination("unix:/a b.sock"), { kind: "unix", path: "/a b.sock" });
});
