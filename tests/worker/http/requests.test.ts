import assert from "node:assert/strict";
import { test } from "node:test";
import type { RequestOptions } from "../../../src/scenario/definition/http.ts";
import { type Echo, echo, TestClient, TestServer, withTimeout } from "./fixture.ts";

async function echoed(url: string, options?: RequestOptions, stage = ""): Promise<Echo> {
  await using server = await TestServer.http(echo);
  using client = new TestClient(server.url + stage);
  return (await client.http.post(url, options)).json<Echo>();
}

test("each method goes out as itself", withTimeout, async () => {
  await using server = await TestServer.http(echo);
  using client = new TestClient(server.url);
  const { http } = client;
  for (const method of ["get", "post", "put", "patch", "delete"] as const) {
    assert.equal((await http[method]("/")).json<Echo>().method, method.toUpperCase());
  }
  assert.equal((await http.options("/")).json<Echo>().method, "OPTIONS");
  for (const method of ["PURGE", "PROPFIND", "M-SEARCH", "OPTIONS"]) {
    assert.equal((await http.request(method, "/")).json<Echo>().method, method);
  }
  assert.equal((await http.request("patch", "/")).json<Echo>().method, "PATCH");
  assert.equal((await http.request("Get", "/")).json<Echo>().method, "GET");
  const head = await http.head("/");
  assert.deepEqual([head.status, head.ok, head.body.length], [200, true, 0]);
  assert.equal(client.counted.length, 10);
});

test("the path of the host goes before every path", withTimeout, async () => {
  assert.equal((await echoed("/jobs", {}, "/prod")).url, "/prod/jobs");
  assert.equal((await echoed("/jobs", {}, "/prod/")).url, "/prod/jobs");
  assert.equal((await echoed("/", {}, "")).url, "/");
});

test("a query is appended, percent-encoded, to what the URL has", withTimeout, async () => {
  const query = { q: "a&b=ü /", page: 2, all: true };
  assert.equal((await echoed("/jobs", { query })).url, "/jobs?q=a%26b%3D%C3%BC%20%2F&page=2&all=true");
  assert.equal((await echoed("/jobs?x=1", { query: { y: 2 } })).url, "/jobs?x=1&y=2");
  assert.equal((await echoed("/jobs", { query: {} })).url, "/jobs");
});

test("the request does not depend on how the URL is written", withTimeout, async () => {
  await using server = await TestServer.http(echo);
  using client = new TestClient(`${server.url}/prod`);
  const sent = async (url: string, options?: RequestOptions) => (await client.http.get(url, options)).json<Echo>().url;
  for (const path of [
    "/café?q=é'",
    "/page#section",
    '/s?filter={"a":1}',
    "/a|b^c`d",
    "/a b",
    "/x/../y",
    "/..z",
    "//a",
    "/?",
  ]) {
    const whole = `${server.url}/prod${path}`;
    const { pathname, search, href } = new URL(whole);
    for (const url of [path, whole, href]) {
      assert.equal(await sent(url), pathname + search);
      const options = { name: "named", query: { "it's": "é" } };
      const query = `${search === "" ? "?" : `${search}&`}it%27s=%C3%A9`;
      assert.equal(await sent(url, options), pathname + query);
    }
  }
});

test("user and password of a URL are sent, unless the test sets the header itself", withTimeout, async () => {
  await using server = await TestServer.http(echo);
  await using other = await TestServer.http(echo);
  const withUser = (url: string, user: string) => url.replace("//", `//${user}@`);
  using client = new TestClient(withUser(server.url, "host:word"));
  const sent = async (url: string, headers: Record<string, string> = {}) => {
    const plain = (await client.http.get(url)).json<Echo>().headers.authorization;
    const options = { headers: { "x-other": "1", ...headers } };
    const given = (await client.http.get(url, options)).json<Echo>().headers.authorization;
    if (Object.keys(headers).length === 0) assert.equal(given, plain);
    return given;
  };
  const basic = (text: string) => `Basic ${Buffer.from(text).toString("base64")}`;
  assert.equal(await sent("/"), basic("host:word"));
  assert.equal(await sent(server.url), basic("host:word"));
  assert.equal(await sent(withUser(server.url, "us%40er:p%3Aw")), basic("us@er:p:w"));
  assert.equal(await sent("/"), basic("host:word"));
  assert.equal(await sent("/", { Authorization: "Bearer x" }), "Bearer x");
  assert.equal(await sent(other.url), undefined);
  assert.equal(await sent(withUser(other.url, "a:b")), basic("a:b"));
  const answer = await client.http.get(withUser(`${other.url}/x?y=1#z`, "a:b"));
  assert.deepEqual([answer.url, answer.redirects], [`${other.url}/x?y=1`, []]);
});

test("json, form and body are sent with their content type, which the test may set itself", withTimeout, async () => {
  const json = await echoed("/", { json: { name: "ü", none: null } });
  assert.deepEqual([json.body, json.headers["content-type"]], ['{"name":"ü","none":null}', "application/json"]);
  const form = await echoed("/", { form: { a: "1 2", b: true } });
  assert.deepEqual([form.body, form.headers["content-type"]], ["a=1%202&b=true", "application/x-www-form-urlencoded"]);
  const bytes = await echoed("/", { body: new TextEncoder().encode("raw") });
  assert.deepEqual([bytes.body, bytes.headers["content-type"]], ["raw", undefined]);
  const text = await echoed("/", { body: "text" });
  assert.deepEqual([text.body, text.headers["content-length"]], ["text", "4"]);
  const own = await echoed("/", { json: [1], headers: { "Content-Type": "application/vnd.api+json" } });
  assert.deepEqual([own.body, own.headers["content-type"]], ["[1]", "application/vnd.api+json"]);
  const falsy = await echoed("/", { json: 0 });
  assert.equal(falsy.body, "0");
});

test("headers are sent, and the options of a request are left as they were", withTimeout, async () => {
  const options = Object.freeze({ headers: Object.freeze({ "X-Token": "t" }), json: {} });
  assert.equal((await echoed("/", options)).headers["x-token"], "t");
  assert.deepEqual(options.headers, { "X-Token": "t" });
});

test("a response has status, headers in lower case, body as bytes, text and JSON", withTimeout, async () => {
  await using server = await TestServer.http((_, response) => {
    response.writeHead(
      203,
      [
        ["X-Many", "1"],
        ["X-Many", "2"],
        ["Content-Type", "text/plain"],
      ].flat(),
    );
    response.write("na");
    setImmediate(() => response.end("ïve"));
  });
  using client = new TestClient(server.url);
  const got = await client.http.get("/");
  assert.deepEqual([got.status, got.ok, got.error], [203, true, null]);
  assert.deepEqual([got.headers["x-many"], got.headers["content-type"]], ["1, 2", "text/plain"]);
  assert.equal(got.text(), "naïve");
  assert.deepEqual(Buffer.from(got.body), Buffer.from("naïve"));
  assert.throws(() => got.json(), SyntaxError);
  assert.ok(got.durationMs > 0);
});

test("a method that was taken off its response says so", withTimeout, async () => {
  await using server = await TestServer.http(echo);
  using client = new TestClient(server.url);
  const { json, text } = await client.http.get("/");
  assert.throws(() => json(), /^InvalidValue: json was called without its response: write response\.json\(\)$/);
  assert.throws(() => text.call({} as never), /^InvalidValue: text was called without its response/);
});

test("a large body arrives whole", withTimeout, async () => {
  const large = Buffer.alloc(3_000_000, "muster ");
  await using server = await TestServer.http((_, response) => response.end(large));
  using client = new TestClient(server.url);
  const got = await client.http.get("/");
  assert.ok(large.equals(got.body));
  assert.ok((client.recorder.endpoints[0]?.bytesIn ?? 0) > large.length);
});

test("a request is reported under its name, else under its path without the query", withTimeout, async () => {
  await using server = await TestServer.http(echo);
  await using other = await TestServer.http(echo);
  using client = new TestClient(`${server.url}/prod`);
  await client.http.get("/jobs/17?full=1", { query: { page: 2 } });
  await client.http.get("/jobs/17", { name: "/jobs/:id" });
  await client.http.get(`${server.url}/prod/jobs/17?x=1#top`);
  await client.http.get(`${server.url}/health?x=1`);
  await client.http.get(`${other.url}/elsewhere?x=1`);
  assert.deepEqual(
    client.counted.map(([endpoint]) => endpoint),
    ["GET /jobs/17", "GET /jobs/:id", `GET ${server.url}/health`, `GET ${other.url}/elsewhere`],
  );
});

test(
  "what is no URL, and a timeout that is no duration, is the test's mistake and counts nowhere",
  withTimeout,
  async () => {
    using client = new TestClient("http://127.0.0.1:1");
    await assert.rejects(client.http.get("jobs"), TypeError);
    await assert.rejects(client.http.get("/", { timeout: "soon" }), /InvalidRequest: .*timeout: .*"soon"/);
    assert.equal(client.http.endedCount, 0);
    assert.ok(client.counted.every(([, requests]) => requests === 0));
  },
);
