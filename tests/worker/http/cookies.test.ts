import assert from "node:assert/strict";
import type { RequestListener } from "node:http";
import { test } from "node:test";
import { InvalidValue } from "../../../src/core/invalid-value.ts";
import type { RequestOptions } from "../../../src/scenario/definition/http.ts";
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

test("a test reads the cookies of a response and of its user, sets some, and begins anew", withTimeout, async () => {
  await using server = await TestServer.http(cookies);
  using client = new TestClient(`${server.url}/shop`);
  const { http } = client;
  const url = `/set?c=${encodeURIComponent("csrf=a=b; HttpOnly; Path=/")}&c=${encodeURIComponent("admin=1; Path=/shop/admin")}&c=%3Dx`;
  assert.deepEqual((await http.get(url)).cookies, { csrf: "a=b", admin: "1" });
  assert.deepEqual((await http.get("/")).cookies, {});
  assert.deepEqual(
    [http.cookies.get("csrf"), http.cookies.get("admin"), http.cookies.get("toString")],
    ["a=b", undefined, undefined],
  );
  assert.deepEqual(http.cookies.all("/admin/x"), { csrf: "a=b", admin: "1" });
  assert.deepEqual(http.cookies.all("http://localhost/"), {});

  http.cookies.set("theme", "dark");
  http.cookies.set("csrf", "mine");
  assert.equal(await seen(client, "/a/b"), "csrf=mine; theme=dark");
  assert.equal(await seen(client, `http://localhost:${server.port}/`), null);
  assert.deepEqual(
    [http.cookies.delete("csrf"), http.cookies.delete("csrf"), http.cookies.get("admin", "/admin/x")],
    [true, false, "1"],
  );
  assert.equal(await seen(client, "/a/b"), "theme=dark");
  http.cookies.clear();
  assert.equal(await seen(client), null);
  http.cookies.set("late", "1", `http://localhost:${server.port}/x`);
  assert.deepEqual([http.cookies.all(), http.cookies.get("late", "http://localhost/")], [{}, "1"]);
  http.cookies.set("__Host-id", "1", "https://localhost/");
  assert.deepEqual(http.cookies.all("https://localhost/"), { late: "1", "__Host-id": "1" });
  for (const [name, value, message] of [
    ["a b", "1", /expected a name, found the string "a b"/],
    ["", "1", /expected a name, found the string ""/],
    [1n, "1", /expected a name, found the bigint 1/],
    ["a", "1;2", /the cookie a has a ";"/],
    ["a", "1\n2", /contains a line break/],
    ["a", undefined, /the cookie a is undefined; expected a string/],
    ["__Host-a", "1", /http:\/\/a\.example cannot have the cookie __Host-a, which goes to https: only/],
    ["__Secure-a", "1", /cannot have the cookie __Secure-a/],
  ] as const) {
    assert.throws(
      () => http.cookies.set(name as string, value as string, "http://a.example/"),
      (error) => error instanceof InvalidValue && message.test(error.message),
    );
  }
  assert.throws(() => Object.assign(http.cookies, { session: "1" }), TypeError);
});
