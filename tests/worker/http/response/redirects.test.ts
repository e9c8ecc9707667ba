import assert from "node:assert/strict";
import type { RequestListener } from "node:http";
import { test } from "node:test";
import { basicAuth } from "../../../../src/scenario/auth/basic-auth.ts";
import type { HttpResponse, RequestOptions } from "../../../../src/scenario/definition/http.ts";
import type { PendingRequest } from "../../../../src/scenario/definition/request-hooks.ts";
import { noCourseRules } from "../../../../src/worker/http/course/course-rules.ts";
import { DefaultHeaders } from "../../../../src/worker/http/request/default-headers.ts";
import { type Echo, echo, TestClient, TestServer, withTimeout } from "../fixture.ts";

/** "/302/next" answers 302 and leads to "/next"; any other path is echoed. */
const redirecting: RequestListener = (request, response) => {
  const [, status, to] = /^\/(\d{3})(\/.*)$/.exec(request.url ?? "") ?? [];
  if (status === undefined) return echo(request, response);
  request.resume();
  response.writeHead(Number(status), { location: to === "/nowhere" ? "mailto:a@example.com" : to }).end();
};

/** Answers 302 to where `of` says that a path leads; what leads nowhere is echoed. */
function redirectingTo(of: (path: string) => string): RequestListener {
  return (request, response) => {
    const to = of((request.url ?? "").split("?")[0] ?? "");
    if (to === "") return echo(request, response);
    response.writeHead(302, { location: to }).end();
  };
}

test("no redirect is followed by itself; a chain is, hop by hop, as far as the test says", withTimeout, async () => {
  await using server = await TestServer.http(redirecting);
  using client = new TestClient(server.url);
  assert.equal((await client.http.get("/302/a")).status, 302);
  assert.equal((await client.http.get("/301/302/303/a?x=1", { maxRedirects: 3 })).json<Echo>().url, "/a?x=1");
  const stopped = await client.http.get("/301/302/303/b", { maxRedirects: 2 });
  assert.deepEqual([stopped.status, stopped.headers.location], [303, "/b"]);
  assert.equal((await client.http.get("/302/nowhere", { maxRedirects: 2 })).status, 302);
  const requests = client.counted.reduce((sum, [, count]) => sum + count, 0);
  assert.equal(requests, 1 + 4 + 3 + 1);
  assert.ok(client.counted.some(([endpoint]) => endpoint === "GET /a"));
});

test("the method and the body, as browsers have it", withTimeout, async () => {
  await using server = await TestServer.http(redirecting);
  using client = new TestClient(server.url);
  const sent = { json: { a: 1 }, maxRedirects: 1, headers: { "x-kept": "yes" } };
  for (const [status, method] of [
    [301, "GET"],
    [302, "GET"],
    [303, "GET"],
    [307, "POST"],
    [308, "POST"],
  ] as const) {
    const got = (await client.http.post(`/${status}/a`, sent)).json<Echo>();
    const body = method === "POST" ? '{"a":1}' : "";
    const type = method === "POST" ? "application/json" : undefined;
    assert.deepEqual(
      [got.method, got.body, got.headers["content-type"], got.headers["x-kept"]],
      [method, body, type, "yes"],
    );
  }
  assert.equal((await client.http.put("/302/a", sent)).json<Echo>().method, "PUT");
  assert.equal((await client.http.put("/303/a", sent)).json<Echo>().method, "GET");
});

test("credentials stay with their origin; all hops have the name that is given", withTimeout, async () => {
  await using other = await TestServer.http(echo);
  await using server = await TestServer.http((request, response) => {
    const to = request.url === "/away" ? `${other.url}/a` : "/here";
    if (request.url === "/here") return echo(request, response);
    response.writeHead(302, { location: to }).end();
  });
  using client = new TestClient(server.url);
  const options = { headers: { Authorization: "Bearer x", "X-Other": "y" }, maxRedirects: 5, name: "login" };
  const away = (await client.http.get("/away", options)).json<Echo>();
  assert.deepEqual([away.headers.authorization, away.headers["x-other"]], [undefined, "y"]);
  const here = (await client.http.get("/away-not", options)).json<Echo>();
  assert.equal(here.headers.authorization, "Bearer x");
  assert.deepEqual(client.counted, [["GET login", 4, {}]]);
});

test(
  "user and password of a URL stay with their origin, and a URL that leads on may have its own",
  withTimeout,
  async () => {
    await using other = await TestServer.http(redirectingTo(() => ""));
    await using server = await TestServer.http(
      redirectingTo((path) => {
        const withUser = `${other.url.replace("//", "//c:d@")}/end`;
        return (
          { "/path": "/end", "/whole": `${server.url}/end`, "/away": `${other.url}/end`, "/own": withUser }[path] ?? ""
        );
      }),
    );
    const basic = (text: string) => `Basic ${Buffer.from(text).toString("base64")}`;
    const authorization = async (client: TestClient, url: string, headers = {}) =>
      (await client.http.get(url, { headers, maxRedirects: 2 })).json<Echo>().headers.authorization;
    using plain = new TestClient(server.url);
    const withUser = server.url.replace("//", "//a:b@");
    assert.equal(await authorization(plain, `${withUser}/path`), basic("a:b"));
    assert.equal(await authorization(plain, `${withUser}/whole`), basic("a:b"));
    assert.equal(await authorization(plain, `${withUser}/away`), undefined);
    assert.equal(await authorization(plain, `${withUser}/own`), basic("c:d"));
    assert.equal(await authorization(plain, `${withUser}/path`, { authorization: "Bearer x" }), "Bearer x");
    assert.equal(await authorization(plain, `${withUser}/away`, { authorization: "Bearer x" }), undefined);
    using known = new TestClient(withUser);
    assert.equal(await authorization(known, "/whole"), basic("a:b"));
    assert.equal(await authorization(known, "/away"), undefined);
  },
);

test("no credential follows a redirect to another port, whoever set it, nor comes back", withTimeout, async () => {
  const given = {
    ...{ authorization: "Bearer a", "Proxy-Authorization": "Basic b", cookie: "c=1", "X-API-Key": "d" },
    ...{ "x-auth-token": "e", "ocp-apim-subscription-key": "f", "x-mine": "Bearer g", "x-kept": "h" },
  };
  const names = Object.keys(given).map((name) => name.toLowerCase());
  await using other = await TestServer.http((request, response) => {
    if (request.url !== "/back") return echo(request, response);
    response.writeHead(302, { location: `${server.url}/end` }).end();
  });
  await using server: TestServer = await TestServer.http((request, response) => {
    if (request.url === "/end") return echo(request, response);
    response.writeHead(307, { location: request.url === "/away" ? `${other.url}/a` : `${other.url}/back` }).end();
  });
  const arrived = async (client: TestClient, url: string, options: RequestOptions = {}) => {
    const { headers } = (await client.http.get(url, { maxRedirects: 3, ...options })).json<Echo>();
    return names.filter((name) => headers[name] !== undefined);
  };
  using plain = new TestClient(server.url);
  for (const url of ["/away", "/there-and-back"]) {
    assert.deepEqual(await arrived(plain, url, { headers: given }), ["x-kept"]);
    assert.deepEqual(await arrived(plain, url, { headers: Object.entries(given) }), ["x-kept"]);
    using defaults = new TestClient(server.url, undefined, undefined, { headers: DefaultHeaders.of(given) });
    assert.deepEqual(await arrived(defaults, url), ["x-kept"]);
    assert.deepEqual(await arrived(defaults, url, { retries: 1 }), ["x-kept"]);
    using host = new TestClient(server.url.replace("//", "//me:secret@"));
    assert.deepEqual(await arrived(host, url), []);
    const course = { ...noCourseRules, auth: basicAuth("me", "secret"), beforeRequest: [addAll] };
    using around = new TestClient(server.url, undefined, undefined, { course });
    assert.deepEqual(await arrived(around, url), ["x-kept"]);
  }

  function addAll(request: PendingRequest): void {
    request.url += "?signed";
    for (const [name, value] of Object.entries(given)) request.headers.set(name, value);
  }
});

test("cookies of the user do not follow a redirect to another port, but do come back", withTimeout, async () => {
  await using other = await TestServer.http((request, response) => {
    if (request.url === "/end") return echo(request, response);
    assert.equal(request.headers.cookie, undefined);
    response.writeHead(302, { location: `${server.url}/end` }).end();
  });
  await using server: TestServer = await TestServer.http((request, response) => {
    if (request.url === "/end") return echo(request, response);
    response.writeHead(302, { location: other.url + request.url, "set-cookie": "session=1; Path=/" }).end();
  });
  using client = new TestClient(server.url);
  const cookieAt = async (url: string) => (await client.http.get(url, { maxRedirects: 3 })).json<Echo>().headers.cookie;
  await client.http.get("/x");
  assert.equal(await cookieAt("/login"), "session=1");
  client.http.cookies.set("session", "2");
  assert.equal((await client.http.get(`${other.url}/end`)).json<Echo>().headers.cookie, "session=2");
});

test("where a redirect leads is read as browsers do, and the answer says how it came about", withTimeout, async () => {
  const utf8 = (text: string) => Buffer.from(text).toString("latin1");
  await using server = await TestServer.http(
    redirectingTo((path) => {
      const to = {
        "/a/encoded": utf8("/caf\u00e9?x=1#top"),
        "/a/latin": "/caf\u00e9",
        "/a/relative": "../b",
        "/a/query": "?c=1",
      };
      return { ...to, "/a/whole": `${server.url}/b#f` }[path] ?? "";
    }),
  );
  using client = new TestClient(server.url);
  for (const [from, to] of [
    ["/a/encoded", "/caf%C3%A9?x=1"],
    ["/a/latin", "/caf%C3%A9"],
    ["/a/relative", "/b"],
    ["/a/whole", "/b"],
    ["/a/query", "/a/query?c=1"],
  ] as const) {
    const expect = ({ redirects }: HttpResponse) => redirects.length === (from === "/a/query" ? 2 : 1);
    const query = { q: "1" };
    const answer = await client.http.get(from, { query, maxRedirects: from === "/a/query" ? 2 : 3, expect });
    assert.deepEqual([answer.url, answer.error], [server.url + to, null]);
    assert.deepEqual(answer.redirects[0], { url: `${server.url}${from}?q=1`, status: 302 });
  }
  assert.ok(client.counted.some(([endpoint, requests]) => endpoint === "GET /b" && requests === 2));
});

test("an expectation is about the last answer", withTimeout, async () => {
  await using server = await TestServer.http(redirecting);
  using client = new TestClient(server.url);
  assert.equal((await client.http.get("/302/a", { maxRedirects: 1, expect: 200, name: "good" })).ok, true);
  assert.equal((await client.http.get("/302/302/a", { maxRedirects: 1, expect: 200, name: "short" })).ok, false);
  const missed = await client.http.get("/302/a", { maxRedirects: 1, expect: 201, name: "missed" });
  assert.equal(missed.error?.message, "expected status 201, got 200");
  assert.deepEqual(client.counted, [
    ["GET good", 2, {}],
    ["GET short", 2, { check: 1 }],
    ["GET missed", 2, { check: 1 }],
  ]);
});

test("a user that stops in the middle of a chain is interrupted", withTimeout, async () => {
  await using server = await TestServer.http((_, response) => void response.writeHead(302, { location: "/on" }).end());
  using client = new TestClient(server.url);
  const chain = client.http.get("/on", { maxRedirects: 1_000_000 });
  setTimeout(() => client.http.abort(), 20);
  await assert.rejects(chain, { code: "MUSTER_STOPPED" });
});

test(
  "options that are inherited or computed go along, and what is about a body goes with it",
  withTimeout,
  async () => {
    await using server = await TestServer.http((request, response) => {
      const status = Number(request.url?.slice(1));
      if (status > 0) response.writeHead(status, { location: "/to" }).end();
      else echo(request, response);
    });
    using client = new TestClient(server.url);
    class Upload {
      readonly maxRedirects = 1;
      get body() {
        return "abc";
      }
      get headers() {
        return { "Content-Encoding": "identity", "content-language": "de", "x-kept": "1" };
      }
    }
    const got = async (url: string) => (await client.http.post(url, new Upload())).json<Echo>();
    const again = await got("/307");
    assert.deepEqual([again.method, again.body, again.headers["content-language"]], ["POST", "abc", "de"]);
    const other = await got("/303");
    assert.deepEqual([other.method, other.body, other.headers["x-kept"]], ["GET", "", "1"]);
    assert.deepEqual([other.headers["content-encoding"], other.headers["content-language"]], [undefined, undefined]);
  },
);
