import assert from "node:assert/strict";
import type { RequestListener } from "node:http";
import type { TestContext } from "node:test";
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import { HostRules, loopbackEntries } from "../../../src/core/hosts/host-rules.ts";
import type { RequestOptions } from "../../../src/scenario/definition/http.ts";
import type { ClientRules } from "../../../src/worker/http/client.ts";
import { noCourseRules } from "../../../src/worker/http/course/course-rules.ts";
import { Names } from "../../../src/worker/http/network/names.ts";
import { Network } from "../../../src/worker/http/network/network.ts";
import { TlsSettings } from "../../../src/worker/http/network/tls-settings.ts";
import { DefaultHeaders } from "../../../src/worker/http/request/default-headers.ts";
import { type Echo, echo, TestClient, TestServer } from "../../worker/http/fixture.ts";
import type { Attack } from "./attack.ts";

/** A service of the attack's own, and a client of it as workers have one: the counts of the run must stay those of its service. */
async function attacked(
  t: TestContext,
  answer: RequestListener | string,
  rules: ClientRules = {},
  engine: "own" | "undici" = "own",
): Promise<{ readonly client: TestClient; readonly url: string }> {
  const server =
    typeof answer === "string"
      ? await TestServer.raw((socket) => socket.once("data", () => socket.write(answer)))
      : await TestServer.http(answer);
  const client = new TestClient(server.url, engine, undefined, rules);
  t.after(async () => {
    client[Symbol.dispose]();
    await server[Symbol.asyncDispose]();
  });
  return { client, url: server.url };
}

function bomb(coding: string, bytes: () => Uint8Array): ServiceAttack {
  return {
    name: `a small answer in ${coding} that becomes 140 MB`,
    attack: async (t) => {
      const { client } = await attacked(t, (_, response) => {
        response.setHeader("content-encoding", coding).end(bytes());
      });
      const response = await client.http.get("/");
      assert.throws(() => response.text(), { code: "MUSTER_BODY_TOO_LARGE" });
    },
  };
}

const large = () => Buffer.alloc(140 << 20);

function refusedHead(name: string, head: string): ServiceAttack[] {
  return (["own", "undici"] as const).map((engine) => ({
    name: `${name} (${engine})`,
    attack: async (t) => {
      const { client } = await attacked(t, head, {}, engine);
      const { error } = await client.http.get("/");
      assert.equal(error?.kind, "protocol");
    },
  }));
}

const secrets = {
  ...{ authorization: "Bearer SECRET", cookie: "session=SECRET", "x-api-key": "SECRET" },
  ...{ "proxy-authorization": "Basic SECRET", "x-auth-token": "SECRET", "x-mine": "Bearer SECRET" },
};

function leak(name: string, rules: ClientRules, options: RequestOptions, comesBack: boolean): ServiceAttack {
  return {
    name: `a redirect to another port takes ${name}${comesBack ? ", and comes back" : ""}`,
    attack: async (t) => {
      let back = "";
      const other = await attacked(t, (request, response) => {
        if (comesBack) response.writeHead(302, { location: `${back}/end` }).end();
        else echo(request, response);
      });
      const { client, url } = await attacked(
        t,
        (request, response) => {
          if (request.url === "/end") echo(request, response);
          else response.writeHead(307, { location: `${other.url}/there` }).end();
        },
        rules,
      );
      back = url;
      const { headers } = (await client.http.get("/", { maxRedirects: 3, ...options })).json<Echo>();
      assert.doesNotMatch(JSON.stringify(headers), /SECRET/);
    },
  };
}

const hooks = {
  ...noCourseRules,
  beforeRequest: [
    ({ headers }: { readonly headers: { set(name: string, value: string): void } }) => {
      for (const [name, value] of Object.entries(secrets)) headers.set(name, value);
    },
  ],
};
const leaks = [false, true].flatMap((comesBack) => [
  leak("headers of the request", {}, { headers: secrets }, comesBack),
  leak("default headers", { headers: DefaultHeaders.of(secrets) }, {}, comesBack),
  leak("what a hook adds", { course: hooks }, {}, comesBack),
]);

const loopback = Network.usual.with({ allowedHosts: loopbackEntries });

function foreignHost(url: string, engine: "own" | "undici"): ServiceAttack {
  return {
    name: `a redirect to ${url} (${engine})`,
    attack: async (t) => {
      const redirecting: RequestListener = (_, response) => response.writeHead(302, { location: url }).end();
      const { client } = await attacked(t, redirecting, { network: loopback }, engine);
      await assert.rejects(client.http.get("/", { maxRedirects: 3 }), /--allow-host/);
      assert.equal(
        client.counted.reduce((sum, [, requests]) => sum + requests, 0),
        1,
      );
    },
  };
}

const rebinding: ServiceAttack = {
  name: "a name that is allowed gets an address of metadata",
  attack: async (t) => {
    const hosts = new HostRules(["rebound.example", "*"]);
    const names = new Names(
      {},
      (_name, _options, found) => found(null, [{ address: "169.254.169.254", family: 4 }]),
      undefined,
      hosts,
    );
    const client = new TestClient("http://rebound.example", "own", undefined, {
      network: new Network(TlsSettings.usual, names, [], hosts),
    });
    t.after(() => client[Symbol.dispose]());
    const { error, status } = await client.http.get("/");
    assert.equal(status, 0);
    assert.match(error?.message ?? "", /metadata/);
  },
};

const endlessLine: ServiceAttack = {
  name: "a stream of one line without end",
  attack: async (t) => {
    const { client } = await attacked(t, (_, response) => {
      const write = () => {
        while (!response.destroyed && response.write("x".repeat(60_000)));
        if (!response.destroyed) response.once("drain", write);
      };
      write();
    });
    const response = await client.http.get("/", { stream: true });
    for await (const line of response.lines()) assert.fail(line.slice(0, 10));
    assert.match(response.error?.message ?? "", /maxLineLength/);
  },
};

const cookieFlood: ServiceAttack = {
  name: "200 new cookies with each answer",
  attack: async (t) => {
    let longest = 0;
    let count = 0;
    const { client } = await attacked(t, (request, response) => {
      longest = Math.max(longest, request.headers.cookie?.length ?? 0);
      response.setHeader(
        "set-cookie",
        Array.from({ length: 200 }, () => `c${count++}=${"v".repeat(40)}; Path=/`),
      );
      response.end();
    });
    for (let request = 0; request < 20; request++) await client.http.get("/");
    assert.ok(longest > 0 && longest <= 32_768, `${longest}`);
  },
};

/** A row that attacks a client of its own, and no run. */
interface ServiceAttack extends Attack {
  attack(t: TestContext): Promise<void>;
}

/** Each takes up to half a second of CPU. */
const bombs: readonly ServiceAttack[] = [
  bomb("gzip", () => gzipSync(large(), { level: 9 })),
  bomb("br", () => brotliCompressSync(large(), { params: { 1: 1 } })),
  bomb("zstd", () => zstdCompressSync(large())),
  bomb("deflate", () => deflateSync(large())),
  bomb("gzip, gzip", () => gzipSync(gzipSync(large(), { level: 9 }))),
];

/** What costs the attacker and the client little. */
export const cheapServiceAttacks: readonly ServiceAttack[] = [
  ...refusedHead("a header of 20 KB", `HTTP/1.1 200 OK\r\nX: ${"x".repeat(20_000)}\r\nContent-Length: 0\r\n\r\n`),
  ...refusedHead("200 informational responses", "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n".repeat(200)),
  ...leaks,
  foreignHost("http://169.254.169.254/latest/meta-data/", "own"),
  foreignHost("http://2852039166/", "undici"),
  foreignHost("http://[::ffff:a9fe:a9fe]/", "own"),
  foreignHost("http://evil.example/", "own"),
  foreignHost("http://10.0.0.1/", "undici"),
  rebinding,
  endlessLine,
  cookieFlood,
];

/** The service under test answers what harms its client. */
export const serviceAttacks: readonly Attack[] = [...bombs, ...cheapServiceAttacks];
