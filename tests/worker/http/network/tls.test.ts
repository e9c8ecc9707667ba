import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createSecureServer } from "node:http2";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import os from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import type { TlsOptions as ServerTls, TLSSocket } from "node:tls";
import type { ConnectionOptions, TlsOptions } from "../../../../src/scenario/connections/connection.ts";
import { engineNamed } from "../../../../src/worker/http/engines.ts";
import { Network } from "../../../../src/worker/http/network/network.ts";
import { pathsIn, TlsSettings } from "../../../../src/worker/http/network/tls-settings.ts";
import { Authority, type Pair } from "../../../support/certificates.ts";
import { patienceMs } from "../../../support/wait-until.ts";
import { TestClient, withTimeout } from "../fixture.ts";
import { selfSigned } from "../self-signed.ts";
import { TestProxy } from "../test-proxy.ts";

let folder: string;
let authority: Authority;
let service: Pair;
let [ada, bob]: Pair[] = [];

before(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), "muster-tls-"));
  authority = await Authority.in(folder);
  service = await authority.sign("service", "DNS:api.test,IP:127.0.0.1");
  ada = await authority.sign("ada", "email:ada@example.com");
  bob = await authority.sign("bob", "email:bob@example.com");
});

after(() => rm(folder, { recursive: true, force: true }));

interface SecureServer extends AsyncDisposable {
  readonly port: number;
  readonly url: string;
  readonly sockets: readonly TLSSocket[];
}

/**
 * A server whose answer is the name of the client's certificate, the server name that the client asked for, and the version
 * of TLS. `where`: an address, or the path of a unix socket.
 */
async function secureServer(options: ServerTls = {}, where = "127.0.0.1"): Promise<SecureServer> {
  const sockets: TLSSocket[] = [];
  const server = createServer({ ...service, keepAliveTimeout: 0, ...options }, (request, response) => {
    const socket = request.socket as TLSSocket;
    const { subject } = socket.getPeerCertificate();
    response.end(JSON.stringify([subject?.CN ?? null, socket.servername, socket.getProtocol()]));
  });
  server.on("secureConnection", (socket) => sockets.push(socket));
  const isUnix = where.startsWith("/");
  if (isUnix) server.listen(where);
  else server.listen(0, where);
  await once(server, "listening", { signal: AbortSignal.timeout(patienceMs) });
  const port = isUnix ? 0 : (server.address() as AddressInfo).port;
  return {
    port,
    url: `https://127.0.0.1:${port}`,
    sockets,
    async [Symbol.asyncDispose]() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

const asking: () => ServerTls = () => ({ requestCert: true, rejectUnauthorized: true, ca: authority.cert });

/** The paths are read as the master reads them; here, there is no master. */
const network = (options: ConnectionOptions) =>
  Network.usual.with(options, (file) => files.get(file) ?? new Uint8Array());
const files = new Map<string, Uint8Array>();

for (const engine of ["own", "undici"] as const) {
  const userOf = (url: string, tls: TlsOptions) =>
    new TestClient(url, engine, undefined, { network: network({ tls }) });

  async function answerTo(server: SecureServer, tls: TlsOptions): Promise<unknown> {
    using user = userOf(server.url, tls);
    const { error, text } = await user.http.get("/").then((one) => ({ error: one.error, text: one.text() }));
    return error === null ? JSON.parse(text) : `${error.kind}: ${error.message}`;
  }

  test(
    `a service with a certificate of its own is trusted by ca, or insecure, else not at all (${engine})`,
    withTimeout,
    async () => {
      await using server = await secureServer();
      assert.match(String(await answerTo(server, {})), /^tls: unable to (?:verify|get)/);
      assert.deepEqual(await answerTo(server, { ca: authority.cert }), [null, false, "TLSv1.3"]);
      assert.deepEqual(await answerTo(server, { ca: [selfSigned.cert, Buffer.from(authority.cert)] }), [
        null,
        false,
        "TLSv1.3",
      ]);
      assert.deepEqual(await answerTo(server, { insecure: true }), [null, false, "TLSv1.3"]);
      assert.match(String(await answerTo(server, { ca: selfSigned.cert })), /^tls: unable to (?:verify|get)/);
    },
  );

  test(`serverName is asked for and expected in the certificate (${engine})`, withTimeout, async () => {
    await using server = await secureServer();
    const ca = authority.cert;
    assert.deepEqual(await answerTo(server, { ca, serverName: "api.test" }), [null, "api.test", "TLSv1.3"]);
    assert.match(String(await answerTo(server, { ca, serverName: "other.test" })), /^tls: .*other\.test/);
  });

  test(`versions of TLS are kept to (${engine})`, withTimeout, async () => {
    const ca = authority.cert;
    await using server = await secureServer();
    assert.deepEqual(await answerTo(server, { ca, maxVersion: "TLSv1.2" }), [null, false, "TLSv1.2"]);
    await using old = await secureServer({ maxVersion: "TLSv1.2" });
    assert.match(
      String(await answerTo(old, { ca, minVersion: "TLSv1.3" })),
      /^tls: .*(?:protocol version|unsupported protocol)/i,
    );
  });

  test(
    `a client certificate as PEM text, as files, and as a PKCS#12 file with a password (${engine})`,
    withTimeout,
    async () => {
      await using server = await secureServer(asking());
      const ca = authority.cert;
      assert.match(
        String(await answerTo(server, { ca })),
        engine === "own" ? /^tls: .*certificate required/ : /^(?:tls|reset): /,
      );
      assert.deepEqual(await answerTo(server, { ca, cert: ada?.cert, key: ada?.key } as TlsOptions), [
        "ada",
        false,
        "TLSv1.3",
      ]);
      for (const file of [bob?.certFile, bob?.keyFile, authority.certFile])
        files.set(String(file), await readFile(String(file)));
      const byPath = { ca: authority.certFile, cert: bob?.certFile, key: bob?.keyFile } as TlsOptions;
      assert.deepEqual(await answerTo(server, byPath), ["bob", false, "TLSv1.3"]);
      assert.deepEqual(pathsIn(byPath), [authority.certFile, bob?.certFile, bob?.keyFile]);
      const pfx = await readFile(await authority.bundle("ada", "sesame"));
      assert.deepEqual(await answerTo(server, { ca, pfx, passphrase: "sesame" }), ["ada", false, "TLSv1.3"]);
    },
  );

  test(
    `each user sets a certificate of its own, and a class replaces that of the test (${engine})`,
    withTimeout,
    async () => {
      await using server = await secureServer(asking());
      const ofTest = network({ tls: { ca: authority.cert, cert: String(ada?.cert), key: String(ada?.key) } });
      const ofClass = ofTest.with({ tls: { cert: String(bob?.cert), key: String(bob?.key) } });
      using inTest = new TestClient(server.url, engine, undefined, { network: ofTest });
      using inClass = new TestClient(server.url, engine, undefined, { network: ofClass });
      const nameOf = async ({ http }: TestClient) => {
        const response = await http.get("/");
        return response.error?.message ?? response.json<string[]>()[0];
      };
      assert.deepEqual([await nameOf(inTest), await nameOf(inClass)], ["ada", "bob"]);
      inTest.http.tls.set({ cert: String(bob?.cert), key: String(bob?.key) });
      assert.deepEqual([await nameOf(inTest), await nameOf(inTest), await nameOf(inClass)], ["bob", "bob", "bob"]);
      assert.equal(server.sockets.length, 3, "one connection more than users: that of the changed user");
      assert.equal(server.sockets[2]?.isSessionReused(), false, "a session would keep the old certificate");
    },
  );

  test(`a request that is open while the certificate changes ends as it began (${engine})`, withTimeout, async () => {
    await using server = await secureServer(asking());
    const tls = { ca: authority.cert, cert: String(ada?.cert), key: String(ada?.key) };
    using user = userOf(server.url, tls);
    const open = user.http.get("/");
    user.http.tls.set({ cert: String(bob?.cert), key: String(bob?.key) });
    const [first, second] = [await open, await user.http.get("/")];
    assert.deepEqual([first.json<string[]>()[0], second.json<string[]>()[0]], ["ada", "bob"]);
  });
}

for (const engine of ["own", "undici"] as const) {
  test(`the certificate is checked against the URL, wherever connectTo leads (${engine})`, withTimeout, async () => {
    await using server = await secureServer({}, "127.0.0.2");
    const ask = async (url: string) => {
      const options = { tls: { ca: authority.cert }, connectTo: { "*": `127.0.0.2:${server.port}` } };
      using user = new TestClient(url, engine, undefined, { network: network(options) });
      const { error, status } = await user.http.get("/");
      return error === null ? status : `${error.kind}: ${error.message}`;
    };
    assert.equal(await ask("https://api.test"), 200);
    assert.equal(await ask("https://127.0.0.1"), 200);
    assert.match(String(await ask("https://127.0.0.2")), /^tls: .*127\.0\.0\.2 is not in the cert's list/);
    assert.match(String(await ask("https://other.test")), /^tls: .*other\.test/);
  });

  test(`TLS over a unix socket, with a client certificate (${engine})`, withTimeout, async () => {
    const socket = path.join(folder, `${engine}.sock`);
    await using server = await secureServer(asking(), socket);
    const options = {
      tls: { ca: authority.cert, cert: String(ada?.cert), key: String(ada?.key) },
      connectTo: { "api.test:443": `unix:${socket}` },
    };
    using user = new TestClient("https://api.test", engine, undefined, { network: network(options) });
    for (let count = 0; count < 2; count++) {
      const response = await user.http.get("/");
      assert.deepEqual([response.error, response.json()], [null, ["ada", "api.test", "TLSv1.3"]]);
    }
    assert.equal(server.sockets.length, 1);
  });
}

test("a server that speaks HTTP/2 only gets the certificate, too, and connectTo applies", withTimeout, async () => {
  const server = createSecureServer({ ...service, ...asking() }, (request, response) => {
    const { CN } = (request.socket as TLSSocket).getPeerCertificate().subject ?? {};
    response.end(`${request.httpVersion} ${CN} ${request.authority}`);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening", { signal: AbortSignal.timeout(patienceMs) });
  const options = {
    tls: { ca: authority.cert, cert: String(ada?.cert), key: String(ada?.key) },
    connectTo: { "api.test": `127.0.0.1:${(server.address() as AddressInfo).port}` },
  };
  const engine = engineNamed("own", { proxies: { httpProxy: "", httpsProxy: "http://127.0.0.1:1", noProxy: "" } });
  using user = new TestClient("https://api.test", engine, undefined, { network: network(options) });
  for (let count = 0; count < 2; count++) assert.equal((await user.http.get("/")).text(), "2.0 ada api.test");
  user.http.tls.set({ cert: String(bob?.cert), key: String(bob?.key) });
  assert.equal((await user.http.get("/")).text(), "2.0 bob api.test");
  server.close();
});

test("through a tunnel of a proxy, the settings are those of the service", withTimeout, async () => {
  await using server = await secureServer(asking());
  await using proxy = await TestProxy.to(server.port);
  const tls = { ca: authority.cert, cert: String(ada?.cert), key: String(ada?.key) };
  const engine = engineNamed("own", { proxies: { httpProxy: "", httpsProxy: proxy.url, noProxy: "" } });
  using user = new TestClient("https://api.test", engine, undefined, { network: network({ tls }) });
  const response = await user.http.get("/");
  assert.deepEqual([response.error, response.json()], [null, ["ada", "api.test", "TLSv1.3"]]);
  assert.deepEqual(proxy.asked, ["CONNECT api.test:443"]);
});

test("certificates are loaded before the first connection, for a service over TLS only", () => {
  const wrong = network({ tls: { cert: String(ada?.cert), key: String(bob?.key) } });
  wrong.prepareFor("http://api.test");
  assert.throws(() => wrong.prepareFor("https://api.test"), /key is not the key of cert/);
});

test("what is not valid says which option, and shows no secret", () => {
  const said = (options: TlsOptions): string => {
    try {
      void new TlsSettings(options, () => new Uint8Array([48])).context;
      return "";
    } catch (error) {
      return (error as Error).message;
    }
  };
  const [cert, key] = [String(ada?.cert), String(bob?.key)];
  assert.equal(said({ cert, key }), "tls: key is not the key of cert");
  assert.equal(said({ cert }), "tls: cert needs key, its private key");
  assert.equal(said({ key }), "tls: key needs cert, its certificate");
  assert.equal(
    said({ cert, key, pfx: "a.p12" }),
    "tls: pfx contains a certificate and its key: leave out cert and key",
  );
  assert.equal(said({ passphrase: "sesame" }), "tls: passphrase needs key or pfx");
  assert.equal(said({ cert: "ada.pem", key }), 'tls.cert: the file "ada.pem" has nothing in PEM format');
  assert.match(said({ pfx: "a.p12", passphrase: "sesame" }), /^tls: pfx \(a\.p12\) is not a PKCS#12 file/);
  for (const text of [said({ cert, key }), said({ pfx: "a.p12", passphrase: "sesame" })]) {
    assert.ok(!text.includes("sesame") && !text.includes("-----"), text);
  }
});

test("a PKCS#12 file with another password says so", withTimeout, async () => {
  const pfx = await readFile(await authority.bundle("bob", "sesame"));
  const contextOf = (passphrase: string | undefined) => () =>
    new TlsSettings({ pfx, ...(passphrase === undefined ? {} : { passphrase }) }, () => pfx).context;
  assert.throws(contextOf("open"), { message: "tls: pfx: the passphrase is wrong" });
  assert.throws(contextOf(undefined), { message: "tls: pfx: the passphrase is missing" });
});
