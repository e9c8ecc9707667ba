import assert from "node:assert/strict";
import { test } from "node:test";
import { InvalidValue } from "../../../../src/core/invalid-value.ts";
import type { HeaderSettings } from "../../../../src/scenario/definition/header-rules.ts";
import type { RequestOptions } from "../../../../src/scenario/definition/http.ts";
import { IntervalRecorder } from "../../../../src/stats/interval-recorder.ts";
import { VirtualUserClient } from "../../../../src/worker/http/client.ts";
import { engineNamed } from "../../../../src/worker/http/engines.ts";
import { DefaultHeaders } from "../../../../src/worker/http/request/default-headers.ts";
import { parseBase } from "../../../../src/worker/http/request/target.ts";
import { type Echo, echo, TestServer, withTimeout } from "../fixture.ts";

/** Users of one run, each with the headers of its class over those of the test. */
class Users implements Disposable {
  readonly recorder = new IntervalRecorder();
  readonly #base;
  readonly #engine = engineNamed(process.env.MUSTER_TEST_ENGINE === "undici" ? "undici" : "own");
  readonly #clients: VirtualUserClient[] = [];

  constructor(host: string) {
    this.#base = parseBase(host);
  }

  of(headers: DefaultHeaders, maxRedirects = 0): VirtualUserClient {
    const client = new VirtualUserClient(this.#engine, this.recorder, this.#base, { headers, maxRedirects });
    this.#clients.push(client);
    return client;
  }

  [Symbol.dispose](): void {
    for (const client of this.#clients) client.close();
  }
}

async function sent(client: VirtualUserClient, names: readonly string[], options?: RequestOptions, url = "/") {
  const { headers } = (await client.get(url, options)).json<Echo>();
  return names.map((name) => headers[name]);
}

const test1: HeaderSettings = { "X-Test": "test", "X-Both": "test", "X-Off": "test" };
const class1: HeaderSettings = { "x-both": "class", "x-class": "class", "x-off": null };
const names = ["x-test", "x-both", "x-class", "x-off"];

test(
  "those of the request go before the user's, the class's and the test's, whatever their case",
  withTimeout,
  async () => {
    await using server = await TestServer.http(echo);
    using users = new Users(server.url);
    const user = users.of(DefaultHeaders.of(test1, class1));
    const other = users.of(DefaultHeaders.of(test1, undefined));
    assert.deepEqual(await sent(user, names), ["test", "class", "class", undefined]);
    assert.deepEqual(await sent(other, names), ["test", "test", undefined, "test"]);
    const options = { headers: { "X-BOTH": "request", "X-Test": null, "x-off": "request" } };
    assert.deepEqual(await sent(user, names, options), [undefined, "request", "class", "request"]);
    assert.deepEqual(await sent(user, names, { query: { q: 1 } }), ["test", "class", "class", undefined]);

    user.headers.set("x-Both", "user");
    user.headers.set("X-New", "1");
    user.headers.set("x-new", "2");
    user.headers.delete("X-Class");
    assert.deepEqual([user.headers.get("x-NEW"), user.headers.get("x-class")], ["2", undefined]);
    assert.deepEqual(await sent(user, [...names, "x-new"]), ["test", "user", undefined, undefined, "2"]);
    assert.deepEqual(await sent(user, names, { headers: { "x-both": "request" } }), [
      "test",
      "request",
      undefined,
      undefined,
    ]);
    const another = users.of(DefaultHeaders.of(test1, class1));
    assert.deepEqual(await sent(another, [...names, "x-new"]), ["test", "class", "class", undefined, undefined]);
  },
);

test("content type, cookie, host and connection are as if each request had set them", withTimeout, async () => {
  await using server = await TestServer.http(echo);
  using users = new Users(server.url);
  const user = users.of(
    DefaultHeaders.of({ "content-type": "application/vnd.api+json", Host: "example.com", Connection: "close" }),
  );
  const { headers } = (await user.post("/", { json: {} })).json<Echo>();
  assert.deepEqual(
    [headers["content-type"], headers.host, headers.connection],
    ["application/vnd.api+json", "example.com", "close"],
  );
  const own = (await user.post("/", { json: {}, headers: { "Content-Type": null, host: null } })).json<Echo>();
  assert.deepEqual([own.headers["content-type"], own.headers.host], [undefined, `127.0.0.1:${server.port}`]);
});

test(
  "default credentials go before those of the host, and do not follow a redirect to another origin",
  withTimeout,
  async () => {
    await using other = await TestServer.http(echo);
    await using server = await TestServer.http((request, response) => {
      if (request.url !== "/away") return echo(request, response);
      response.writeHead(302, { location: `${other.url}/end` }).end();
    });
    using users = new Users(server.url.replace("//", "//me:secret@"));
    const user = users.of(DefaultHeaders.of({ authorization: "Bearer x", "x-kept": "1" }), 3);
    assert.deepEqual(await sent(user, ["authorization"]), ["Bearer x"]);
    const away = await user.get("/away");
    const { headers } = away.json<Echo>();
    assert.deepEqual([headers.authorization, headers["x-kept"], away.redirects.length], [undefined, "1", 1]);
    assert.equal((await user.get("/away", { maxRedirects: 0 })).status, 302);
    const basic = `Basic ${Buffer.from("me:secret").toString("base64")}`;
    user.headers.delete("authorization");
    assert.deepEqual(await sent(user, ["authorization"]), [basic]);
    assert.deepEqual(await sent(user, ["authorization"], { headers: { authorization: null } }), [undefined]);
  },
);

test("invalid headers are refused where they are set, and nothing is set by mistake", () => {
  using users = new Users("http://127.0.0.1:1");
  const { headers } = users.of(DefaultHeaders.none);
  for (const [name, value, message] of [
    ["x y", "1", /"x y" is not a valid header name/],
    ["x", "1\r\ny: 2", /header x contains a line break/],
    ["x", undefined, /headers\.set\("x", value\): the value is undefined; expected a string/],
    [5, "1", /headers\.set\(name, value\): the name is the number 5; expected a string/],
    ["Expect", "1", /header Expect cannot be set/],
    ["Content-Length", "1", /content-length cannot be set/],
  ] as const) {
    assert.throws(
      () => headers.set(name as string, value as string),
      (error) => error instanceof InvalidValue && message.test(error.message),
    );
  }
  for (const call of ["get", "delete"] as const) {
    assert.throws(() => headers[call](undefined as unknown as string), /the name is undefined; expected a string/);
  }
  assert.throws(() => Object.assign(headers, { authorization: "Bearer x" }), TypeError);
});
