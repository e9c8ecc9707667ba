import assert from "node:assert/strict";
import type { RequestListener } from "node:http";
import { test } from "node:test";
import type { RequestOptions } from "../../../src/scenario/http.ts";
import { TestClient, TestServer, withTimeout } from "./fixture.ts";

/** `/set?…` sets the cookies of its query, one a parameter; every answer says which cookies came. */
const cookies: RequestListener = (request, response) => {
  const url = new URL(request.url ?? "/", "http://x");
  if (url.pathname.endsWith("/set")) response.setHeader("set-cookie", url.searchParams.getAll("c"));
  const { cookie } = request.headers;
  response.end(JSON.stringify(cookie ?? null));
};

const set = (client: TestClient, ...values: string[]) =>
  client.http.get(`/set?${values.map((value) => `c=${encodeURIComponent(value)}`).join("&")}`);
const seen = async (client: TestClient, path = "/", options?: RequestOptions) =>
  (await client.http.get(path, options)).json<string | null>();

test("cookies come back to the server, the latest value of each", withTimeout, async () => {
  await using server = await TestServer.http(cookies);
  using client = new TestClient(server.url);
  assert.equal(await seen(client), null);
  await set(client, "session=1; HttpOnly; SameSite=Strict", "lang=en");
  assert.equal(await seen(client), "session=1; lang=en");
  await set(client, "session=2");
  assert.equal(await seen(client), "session=2; lang=en");
  await set(client, "session=; Max-Age=0");
  assert.equal(await seen(client), "lang=en");
});

test("each virtual user has its own", withTimeout, async () => {
  await using server = await TestServer.http(cookies);
  using first = new TestClient(server.url);
  using second = new TestClient(server.url);
  await set(first, "session=1");
  assert.equal(await seen(second), null);
  assert.equal(await seen(first), "session=1");
});

test("a cookie of a path goes to that path only", withTimeout, async () => {
  await using server = await TestServer.http(cookies);
  using client = new TestClient(server.url);
  await set(client, "admin=1; Path=/admin");
  assert.equal(await seen(client, "/jobs"), null);
  assert.equal(await seen(client, "/admin/users"), "admin=1");
});

test("cookies of one host do not go to another, and one for another host is not taken", withTimeout, async () => {
  await using server = await TestServer.http(cookies);
  using client = new TestClient(server.url);
  await set(client, "own=1", "theirs=1; Domain=example.com");
  assert.equal(await seen(client), "own=1");
  assert.equal(await seen(client, `http://localhost:${server.port}/`), null);
});

test("a cookie that cannot be read is dropped and fails nothing", withTimeout, async () => {
  await using server = await TestServer.http(cookies);
  using client = new TestClient(server.url);
  const got = await set(client, "=", "good=1", "; ;");
  assert.equal(got.ok, true);
  assert.equal(await seen(client), "good=1");
});

test(
  "a Cookie header of the test itself goes in place of the kept ones, however it is spelt",
  withTimeout,
  async () => {
    await using server = await TestServer.http(cookies);
    using client = new TestClient(server.url);
    await set(client, "session=1");
    assert.equal(await seen(client, "/", { headers: { cookie: "mine=1" } }), "mine=1");
    assert.equal(await seen(client, "/", { headers: { Cookie: "mine=1" } }), "mine=1");
  },
);
