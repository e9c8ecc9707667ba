import assert from "node:assert/strict";
import { test } from "node:test";
import { digestAuth } from "../../../../src/scenario/auth/digest-auth.ts";
import { classRulesOf } from "../../../../src/worker/http/course/course-rules.ts";
import { TestClient, withTimeout } from "../fixture.ts";
import { type DigestSettings, digestResponse, digestServer } from "./digest-server.ts";

function clientWith(url: string, user: string, password: string): TestClient {
  const rules = classRulesOf({ users: [], auth: digestAuth(user, password) }, null);
  return new TestClient(url, undefined, undefined, { ...rules });
}

test("the server of these tests asks for what RFC 7616, 3.9.1, has as its examples", () => {
  const fields = {
    realm: "http-auth@example.org",
    uri: "/dir/index.html",
    nonce: "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v",
    nc: "00000001",
    cnonce: "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ",
    qop: "auth",
  };
  const who = { user: "Mufasa", password: "Circle of Life", method: "GET" };
  assert.equal(digestResponse({ ...fields, algorithm: "MD5" }, who), "8ca523f5e9506fed4657c9700eebdbec");
  assert.equal(
    digestResponse({ ...fields, algorithm: "SHA-256" }, who),
    "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1",
  );
});

const servers: readonly DigestSettings[] = [
  {},
  { qop: null },
  { algorithm: "MD5", qop: "auth,auth-int" },
  { algorithm: "MD5-sess" },
  { algorithm: "SHA-256", qop: "auth-int" },
  { algorithm: "SHA-256-sess" },
  { algorithm: "SHA-512-256", userhash: true },
  { algorithm: "SHA-256", others: 'Basic realm="a, b", Negotiate, Digest realm="x", nonce="y", algorithm=MD5, ' },
  { algorithm: "SHA-256", others: 'Digest realm="x", nonce="y", algorithm=UNKNOWN, qop="auth", ' },
];

for (const settings of servers) {
  test(`one challenge, then each request with the next count: ${JSON.stringify(settings)}`, withTimeout, async () => {
    const { server, statuses } = await digestServer("Ann", 'pass "word"', settings);
    await using _ = server;
    using client = clientWith(server.url, "Ann", 'pass "word"');
    for (const path of ["/a?b=c,d", "/a?b=c,d", "/e"]) {
      const got = await client.http.post(path, { body: "the body" });
      assert.deepEqual([got.status, got.ok, got.text()], [200, true, "in"]);
    }
    assert.deepEqual(statuses, [401, 200, 200, 200]);
    // The challenge is a request, and has not failed.
    assert.deepEqual(client.counted, [
      ["POST /a", 3, {}],
      ["POST /e", 1, {}],
    ]);
  });
}

test("a user with other characters than ASCII, and a body of bytes", withTimeout, async () => {
  const { server, statuses } = await digestServer("Jäsøn (Doe)", "Секрет", { algorithm: "SHA-256", qop: "auth-int" });
  await using _ = server;
  using client = clientWith(server.url, "Jäsøn (Doe)", "Секрет");
  const got = await client.http.put("/", { body: new TextEncoder().encode("bytes") });
  assert.deepEqual([got.status, statuses], [200, [401, 200]]);
});

test("a wrong password fails after one more request", withTimeout, async () => {
  const { server, statuses } = await digestServer("Ann", "right");
  await using _ = server;
  using client = clientWith(server.url, "Ann", "wrong");
  const got = await client.http.get("/");
  assert.deepEqual([got.status, got.error], [401, { kind: "4xx", message: "401 Unauthorized" }]);
  assert.deepEqual([statuses, client.counted], [[401, 401], [["GET /", 2, { "4xx": 1 }]]]);
});

test("a nonce that is used up is replaced, without a failure", withTimeout, async () => {
  const { server, statuses } = await digestServer("Ann", "right", { usesOfNonce: 2 });
  await using _ = server;
  using client = clientWith(server.url, "Ann", "right");
  for (let count = 0; count < 5; count++) assert.equal((await client.http.get("/")).status, 200);
  assert.deepEqual(statuses, [401, 200, 200, 401, 200, 200, 401, 200]);
  assert.deepEqual(client.counted, [["GET /", 8, {}]]);
});

test("a server that sends the next nonce gets it, and asks no more", withTimeout, async () => {
  const { server, statuses } = await digestServer("Ann", "right", { usesOfNonce: 1, sendsNext: true });
  await using _ = server;
  using client = clientWith(server.url, "Ann", "right");
  for (let count = 0; count < 3; count++) assert.equal((await client.http.get("/")).status, 200);
  assert.deepEqual(statuses, [401, 200, 200, 200]);
});

test("requests at the same time all get in", withTimeout, async () => {
  const { server } = await digestServer("Ann", "right", { qop: null });
  await using _ = server;
  using client = clientWith(server.url, "Ann", "right");
  const all = await Promise.all(Array.from({ length: 8 }, (__, index) => client.http.get(`/${index}`)));
  assert.deepEqual(
    all.map(({ status }) => status),
    all.map(() => 200),
  );
});

test("expectations of a request are for its final response", withTimeout, async () => {
  const { server } = await digestServer("Ann", "right");
  await using _ = server;
  using client = clientWith(server.url, "Ann", "right");
  const got = await client.http.get("/", { expect: (response) => response.status === 201 || "not created" });
  assert.deepEqual(got.error, { kind: "check", message: "not created" });
  assert.deepEqual(client.counted, [["GET /", 2, { check: 1 }]]);
  assert.equal((await client.http.get("/", { expect: 200 })).ok, true);
});

test("without Digest among the challenges, a 401 is a failure", withTimeout, async () => {
  const { server } = await digestServer("Ann", "right", { algorithm: "UNKNOWN" });
  await using _ = server;
  using client = clientWith(server.url, "Ann", "right");
  assert.equal((await client.http.get("/")).error?.kind, "4xx");
  assert.deepEqual(client.counted, [["GET /", 1, { "4xx": 1 }]]);
});
