import assert from "node:assert/strict";
import { test } from "node:test";
import { Network } from "../../../src/worker/http/network/network.ts";
import { newOwnEngine } from "../../../src/worker/http/own/own-engine.ts";
import { noProxies } from "../../../src/worker/http/proxy-settings.ts";
import { SourceAddresses } from "../../../src/worker/http/source-addresses.ts";
import { newUndiciEngine } from "../../../src/worker/http/undici/engine.ts";
import { eventually, TestClient, TestServer, withTimeout } from "./fixture.ts";

const engines = {
  own: newOwnEngine({ maxOrigins: 10 }),
  undici: newUndiciEngine(new SourceAddresses([]), noProxies, 10),
};

for (const [name, engine] of Object.entries(engines)) {
  test(
    `a user with ever new origins keeps few connections, and every open request (${name})`,
    withTimeout,
    async () => {
      const held: (() => void)[] = [];
      await using server = await TestServer.http((request, response) => {
        if (request.url === "/held") held.push(() => response.end("late"));
        else response.end();
      });
      const network = Network.usual.with({ connectTo: { "*": `127.0.0.1:${server.port}` } });
      using client = new TestClient(server.url, engine, undefined, { network });
      const open = client.http.get("http://held.test/held");
      await eventually(() => held.length === 1, "the request is open");
      for (let number = 0; number < 100; number++) await client.http.get(`http://host-${number}.test/`, { name: "/" });
      await eventually(
        () => server.sockets.filter(({ destroyed }) => !destroyed).length <= 11,
        "the others are closed",
      );
      const opened = server.sockets.length;
      await client.http.get("http://host-99.test/", { name: "/" });
      assert.equal(server.sockets.length, opened, "a latest origin is not forgotten");
      held[0]?.();
      assert.equal((await open).text(), "late");
      assert.deepEqual(client.counted, [
        ["GET http://held.test/held", 1, {}],
        ["GET /", 101, {}],
      ]);
    },
  );
}
