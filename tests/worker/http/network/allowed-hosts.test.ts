import assert from "node:assert/strict";
import { test } from "node:test";
import { HostRules, loopbackEntries } from "../../../../src/core/hosts/host-rules.ts";
import { Names, type Resolve } from "../../../../src/worker/http/network/names.ts";
import { Network } from "../../../../src/worker/http/network/network.ts";
import { TlsSettings } from "../../../../src/worker/http/network/tls-settings.ts";
import { InvalidRequest } from "../../../../src/worker/http/request/invalid-request.ts";
import { echo, TestClient, TestServer, withTimeout } from "../fixture.ts";

const loopback = Network.usual.with({ allowedHosts: loopbackEntries });

for (const engine of ["own", "undici"] as const) {
  test(`${engine}: a redirect to a host that is not allowed is refused and named`, withTimeout, async () => {
    let to = "";
    await using server = await TestServer.http((request, response) => {
      if (request.url === "/end") return echo(request, response);
      response.writeHead(302, { location: to }).end();
    });
    using client = new TestClient(server.url, engine, undefined, { network: loopback });
    for (const [url, name] of [
      ["http://evil.example/", "evil.example"],
      ["http://10.0.0.1:81/", "10.0.0.1"],
      ["http://169.254.169.254/latest/meta-data/", "169.254.169.254"],
      ["http://2852039166/", "169.254.169.254"],
      ["http://[::ffff:a9fe:a9fe]/", "::ffff:a9fe:a9fe"],
    ] as const) {
      to = url;
      await assert.rejects(client.http.get("/", { maxRedirects: 2, name: "/" }), (error: Error) => {
        assert.ok(error instanceof InvalidRequest);
        assert.ok(error.message.includes(name) && error.message.includes(`--allow-host ${name}`), error.message);
        return true;
      });
      await assert.rejects(client.http.get(url, { name: "/" }), InvalidRequest);
    }
    to = `http://localhost:${server.port}/end`;
    assert.equal((await client.http.get("/", { maxRedirects: 1, name: "/" })).status, 200);
    assert.deepEqual(client.counted, [["GET /", 7, {}]]);
  });

  test(`${engine}: a name that gets a forbidden address is not connected to`, withTimeout, async () => {
    await using server = await TestServer.http(echo);
    let addresses = ["127.0.0.1"];
    const resolve: Resolve = (_name, _options, found) => {
      setImmediate(() =>
        found(
          null,
          addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 })),
        ),
      );
    };
    const hosts = new HostRules(["rebound.example", ...loopbackEntries]);
    const network = new Network(TlsSettings.usual, new Names({}, resolve, undefined, hosts), [], hosts);
    using client = new TestClient(`http://rebound.example:${server.port}`, engine, undefined, { network });
    const get = () => client.http.get("/", { headers: { connection: "close" } });
    assert.equal((await get()).status, 200);
    for (const forbidden of ["169.254.169.254", "fd00:ec2::254", "::ffff:169.254.169.254"]) {
      addresses = [forbidden];
      const { error, status } = await get();
      assert.deepEqual([status, error?.kind], [0, "other"]);
      assert.match(error?.message ?? "", /rebound\.example \(.*metadata/);
    }
    addresses = ["169.254.169.254", "127.0.0.1"];
    assert.equal((await get()).status, 200);
  });
}

test("a WebSocket to a host that is not allowed has no place, and connectTo says where one goes", () => {
  using client = new TestClient("http://127.0.0.1:1", "own", undefined, { network: loopback });
  const origin = { isSecure: false, host: "evil.example", port: 80, serverName: null, hostLine: "" };
  assert.throws(() => client.http.placeFor(origin), /--allow-host evil\.example/);
  const connected = loopback.with({ connectTo: { "*": "127.0.0.1:9" } });
  connected.requireAllowed(origin);
  assert.throws(() => loopback.with({ connectTo: { "*": "10.0.0.1" } }).requireAllowed(origin), /10\.0\.0\.1/);
});
