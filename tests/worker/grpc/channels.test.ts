import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { ServerCredentials } from "@grpc/grpc-js";
import { grpcClient } from "../../../src/worker/grpc/grpc.ts";
import { withTimeout } from "../http/fixture.ts";
import { selfSigned, selfSignedService } from "../http/self-signed.ts";
import { errorsOf, iterated, type Vu } from "./iterated.ts";
import { OrdersServer, shopProto } from "./orders-server.ts";

const orders = grpcClient({ proto: shopProto });
const get = async (vu: Vu) => (await orders.call(vu, "shop.v1.Orders/Get")).status;

/** A server with this certificate. With `authority`, clients need a certificate of it. */
function secure({ key, cert }: typeof selfSigned, authority: string | null = null): ServerCredentials {
  const own = [{ private_key: Buffer.from(key), cert_chain: Buffer.from(cert) }];
  return ServerCredentials.createSsl(authority === null ? null : Buffer.from(authority), own, authority !== null);
}

test("TLS: the settings of the test and those of a user decide", withTimeout, async () => {
  await using server = await OrdersServer.start({ credentials: secure(selfSigned, selfSigned.cert) });
  const url = `https://127.0.0.1:${server.port}`;
  const statuses: string[] = [];
  const code = async (vu: Vu) => statuses.push(await get(vu));

  const distrusting = await iterated(code, url);
  const [, kind, message] = errorsOf(distrusting.user)[0] ?? [];
  assert.equal(kind, "grpc-unavailable");
  assert.match(String(message), /^UNAVAILABLE: self-signed certificate/);

  const anonymous = await iterated(code, url, { tls: { ca: selfSigned.cert } });
  assert.equal(errorsOf(anonymous.user)[0]?.[1], "grpc-unavailable");

  await iterated(code, url, { tls: { ca: selfSigned.cert, ...selfSigned } });
  await iterated(code, url, { tls: { insecure: true, ...selfSigned } });
  await iterated(
    async (vu) => {
      vu.http.tls.set(selfSigned);
      statuses.push(await get(vu));
      const before = server.peers.size;
      vu.http.tls.set(selfSigned);
      statuses.push(await get(vu));
      assert.equal(server.peers.size, before + 1, "a channel does not outlive the settings that it was made with");
    },
    url,
    { tls: { ca: selfSigned.cert } },
  );
  assert.deepEqual(statuses, ["UNAVAILABLE", "UNAVAILABLE", "OK", "OK", "OK", "OK"]);
});

test(
  "connectTo leads to another address, while the certificate and the authority are those of the URL",
  withTimeout,
  async () => {
    await using server = await OrdersServer.start({ credentials: secure(selfSignedService) });
    const to = (destination: string) => ({
      tls: { ca: selfSignedService.cert },
      connectTo: { "service.test:443": destination },
    });
    const { user } = await iterated(
      async (vu) => assert.equal(await get(vu), "OK"),
      "https://service.test",
      to(`127.0.0.1:${server.port}`),
    );
    assert.deepEqual(user.exceptions, []);
    assert.deepEqual([...server.authorities], ["service.test:443"]);
  },
);

test("a unix socket is a place to connect to", {
  ...withTimeout,
  skip: process.platform === "win32",
}, async (context) => {
  const folder = await mkdtemp(join(tmpdir(), "muster-grpc-"));
  context.after(() => rm(folder, { recursive: true, force: true }));
  const path = join(folder, "grpc.sock");
  await using server = await OrdersServer.start({ address: `unix:${path}` });
  const { user } = await iterated(async (vu) => assert.equal(await get(vu), "OK"), "http://service.test", {
    connectTo: { "*": `unix:${path}` },
  });
  assert.deepEqual([user.exceptions, server.calls], [[], 1]);
});

test("the host of a test with a path is refused", withTimeout, async () => {
  await iterated(async (vu) => {
    assert.throws(() => orders.call(vu, "shop.v1.Orders/Get"), /the host of the test has a path/);
  }, "http://127.0.0.1:1/prod");
});

test("a late call of a user that has ended holds no channel: the next users open their own", withTimeout, async () => {
  await using server = await OrdersServer.start();
  const shared = grpcClient({ proto: shopProto, channel: "shared" });
  const call = async (vu: Vu) => (await shared.call(vu, "shop.v1.Orders/Get")).status;
  let ended: Vu | undefined;
  await iterated(async (vu) => {
    ended = vu;
    assert.equal(await call(vu), "OK");
  }, server.url);
  await assert.rejects(async () => await call(ended as Vu), { code: "MUSTER_STOPPED" });
  for (const _ of ["next", "last"]) await iterated(async (vu) => assert.equal(await call(vu), "OK"), server.url);
  assert.equal(server.peers.size, 3);
});
