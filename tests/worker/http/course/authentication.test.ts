import assert from "node:assert/strict";
import { test } from "node:test";
import { basicAuth } from "../../../../src/scenario/auth/basic-auth.ts";
import { bearerAuth, type TokenSource } from "../../../../src/scenario/auth/bearer-auth.ts";
import type { UserDefinition } from "../../../../src/scenario/definition/define.ts";
import type { RequestOptions } from "../../../../src/scenario/definition/http.ts";
import { classRulesOf } from "../../../../src/worker/http/course/course-rules.ts";
import { TestUser } from "../../user/test-user.ts";
import { type Echo, echo, TestClient, TestServer, withTimeout } from "../fixture.ts";

const none: UserDefinition["tasks"] = { none: () => {} };

async function sentBy(user: TestUser["user"], options: RequestOptions = {}): Promise<string | undefined> {
  const got = await user.http.get("/", options);
  return got.json<Echo>().headers.authorization;
}

const basic = (text: string) => `Basic ${Buffer.from(text).toString("base64")}`;

test("the test's auth, replaced by that of the class, a request, or a header", withTimeout, async () => {
  await using server = await TestServer.http(echo);
  const ofTest = { auth: basicAuth("test", "p:w"), headers: { "x-a": "b" } };
  using first = new TestUser({ tasks: none }, server.url, ofTest);
  assert.equal(await sentBy(first.user), basic("test:p:w"));
  assert.equal(await sentBy(first.user, { auth: bearerAuth("t") }), "Bearer t");
  assert.equal(await sentBy(first.user, { auth: null }), undefined);
  assert.equal(await sentBy(first.user, { headers: { Authorization: "own" } }), "own");
  assert.equal(await sentBy(first.user, { headers: { authorization: null } }), undefined);
  first.user.http.headers.set("authorization", "set");
  assert.equal(await sentBy(first.user), "set");
  using second = new TestUser({ tasks: none, auth: basicAuth("Ünï", "") }, server.url, ofTest);
  assert.equal(await sentBy(second.user), basic("Ünï:"));
  using third = new TestUser({ tasks: none, auth: null }, server.url, ofTest);
  assert.equal(await sentBy(third.user), undefined);
  using plain = new TestUser({ tasks: none }, server.url);
  assert.equal(await sentBy(plain.user, { auth: basicAuth("a", "b") }), basic("a:b"));
  assert.equal(await sentBy(plain.user), undefined);
});

test("auth replaces the user and password of the host", withTimeout, async () => {
  await using server = await TestServer.http(echo);
  const host = server.url.replace("//", "//ann:secret@");
  using tester = new TestUser({ tasks: none, auth: bearerAuth("t") }, host);
  assert.equal(await sentBy(tester.user), "Bearer t");
  assert.equal(await sentBy(tester.user, { auth: null }), basic("ann:secret"));
});

for (const missing of [null, undefined as unknown as null]) {
  test(`a function gives each user its own, once the user has it: ${missing} before`, withTimeout, async () => {
    await using server = await TestServer.http(echo);
    let calls = 0;
    using tester = new TestUser(
      {
        state: () => ({ name: "" }),
        auth: (vu) => {
          calls++;
          const { name } = vu.state as { name: string };
          return name === "" ? missing : basicAuth(name, "p");
        },
        tasks: none,
      },
      server.url,
    );
    await tester.user.open();
    assert.equal(await sentBy(tester.user), undefined);
    Object.assign(tester.user.state, { name: "ann" });
    assert.equal(await sentBy(tester.user), basic("ann:p"));
    Object.assign(tester.user.state, { name: "bob" });
    assert.equal(await sentBy(tester.user), basic("ann:p"));
    assert.equal(calls, 2);
  });
}

test("credentials stay with the origin of a redirect", withTimeout, async () => {
  await using other = await TestServer.http(echo);
  await using server = await TestServer.http((request, response) => {
    if (request.url === "/away") response.writeHead(307, { location: `${other.url}/` }).end();
    else if (request.url === "/here") response.writeHead(307, { location: "/" }).end();
    else echo(request, response);
  });
  using tester = new TestUser({ tasks: none, auth: basicAuth("a", "b") }, server.url);
  for (const [path, expected] of [
    ["/here", basic("a:b")],
    ["/away", undefined],
  ] as const) {
    const got = await tester.user.http.get(path, { maxRedirects: 2 });
    assert.equal(got.json<Echo>().headers.authorization, expected);
  }
});

/** Gives out tokens by POST /token, and takes only the latest. */
async function tokenServer() {
  const seen: string[] = [];
  let count = 0;
  const server = await TestServer.http((request, response) => {
    const { authorization = "" } = request.headers;
    seen.push(`${request.url} ${authorization}`.trim());
    if (request.url === "/token") response.end(`t${++count}`);
    else response.writeHead(authorization === `Bearer t${count}` ? 200 : 401).end();
  });
  const revoke = () => {
    count++;
  };
  return { server, seen, revoke };
}

const login: TokenSource = async ({ http }) => (await http.post("/token")).text();

test("the requests of a user share the token that it gets with the first of them", withTimeout, async () => {
  const { server, seen } = await tokenServer();
  await using _ = server;
  using tester = new TestUser({ tasks: none, auth: bearerAuth(login) }, server.url);
  const { http } = tester.user;
  await Promise.all([http.get("/a"), http.get("/a"), http.get("/a")]);
  await http.get("/b");
  assert.deepEqual(seen, ["/token", "/a Bearer t1", "/a Bearer t1", "/a Bearer t1", "/b Bearer t1"]);
  assert.deepEqual(tester.recorder.endpoints.map(({ name, requests }) => `${name} ${requests}`).toSorted(), [
    "/a 3",
    "/b 1",
    "/token 1",
  ]);
});

test("a token is replaced before it expires", withTimeout, async () => {
  const { server, seen } = await tokenServer();
  await using _ = server;
  const source: TokenSource = async (context) => ({ token: String(await login(context)), expiresIn: "40ms" });
  using tester = new TestUser({ tasks: none, auth: bearerAuth(source) }, server.url);
  const tokenCount = () => seen.filter((one) => one === "/token").length;
  const startedMs = performance.now();
  while (tokenCount() < 3) assert.equal((await tester.user.http.get("/")).status, 200);
  const [tokens, mostTokens] = [tokenCount(), 1 + (performance.now() - startedMs) / 36];
  assert.ok(tokens <= mostTokens, `${tokens} tokens`);
});

test("a refused token is replaced, and its request sent again, once", withTimeout, async () => {
  const { server, seen, revoke } = await tokenServer();
  await using _ = server;
  using tester = new TestUser({ tasks: none, auth: bearerAuth(login) }, server.url);
  await tester.user.http.get("/");
  revoke();
  seen.length = 0;
  assert.equal((await tester.user.http.post("/")).status, 200);
  assert.deepEqual(seen, ["/ Bearer t1", "/token", "/ Bearer t3"]);
  // The service has refused a request, and the result shows it.
  assert.deepEqual(
    tester.recorder.endpoints
      .map(({ method, requests, failures }) => [method, requests, failures.reduce((a, b) => a + b)])
      .toSorted(),
    [
      ["GET", 1, 0],
      ["POST", 2, 0],
      ["POST", 2, 1],
    ],
  );
});

test("a token that stays refused is not asked for again and again", withTimeout, async () => {
  let requests = 0;
  await using server = await TestServer.http((_, response) => {
    requests++;
    response.writeHead(401).end();
  });
  let tokens = 0;
  for (const [source, expected] of [
    [() => `t${++tokens}`, 2],
    [() => "same", 1],
  ] as const) {
    requests = 0;
    using tester = new TestUser({ tasks: none, auth: bearerAuth(source) }, server.url);
    assert.equal((await tester.user.http.get("/")).status, 401);
    assert.equal(requests, expected);
  }
  assert.equal(tokens, 2);
});

test("a session of an iteration has a token of its own", withTimeout, async () => {
  const { server, seen } = await tokenServer();
  await using _ = server;
  const tasks: UserDefinition["tasks"] = { get: (vu) => vu.http.get("/") };
  using tester = new TestUser({ tasks, session: "iteration", auth: bearerAuth(login) }, server.url);
  await tester.user.iterate();
  await tester.user.iterate();
  assert.deepEqual(seen, ["/token", "/ Bearer t1", "/token", "/ Bearer t2"]);
});

test("a source that throws, or has no token, fails the task and is asked again", withTimeout, async () => {
  await using server = await TestServer.http(echo);
  const answers: (() => unknown)[] = [
    () => {
      throw new Error("no login");
    },
    () => undefined,
    () => "",
    () => ({ token: "t", expiresIn: 5 }),
    () => "a\r\nb",
    () => "fine",
  ];
  const source = (() => answers.shift()?.()) as TokenSource;
  const tasks: UserDefinition["tasks"] = { get: (vu) => vu.http.get("/") };
  using tester = new TestUser({ tasks, auth: bearerAuth(source) }, server.url);
  for (let count = 0; count < 6; count++) await tester.user.iterate();
  const messages = tester.exceptions.map(([, message]) => message).join("\n");
  assert.match(messages, /no login\n.*the token is undefined; expected a string.*\n.*the token is empty/);
  assert.match(messages, /duration.*\n.*line break/);
  assert.equal(tester.exceptions.length, 5);
  assert.deepEqual(
    tester.recorder.endpoints.map(({ requests }) => requests),
    [1],
  );
});

test("in setup, auth applies too, and a function gets null", withTimeout, async () => {
  await using server = await TestServer.http(echo);
  const seen: unknown[] = [];
  const rules = classRulesOf(
    {
      users: [],
      auth: (vu) => {
        seen.push(vu);
        return basicAuth("a", "b");
      },
    },
    null,
  );
  using client = new TestClient(server.url, undefined, undefined, { ...rules });
  const got = await client.http.get("/");
  assert.deepEqual([got.json<Echo>().headers.authorization, seen], [basic("a:b"), [null]]);
});

test("what is no authentication is refused", withTimeout, async () => {
  using client = new TestClient("http://127.0.0.1:1");
  for (const auth of ["digest", ["a", "b"], { username: "a" }, () => basicAuth("a", "b")]) {
    await assert.rejects(client.http.get("/", { auth } as unknown as RequestOptions), {
      message: /the option auth is .*; expected basicAuth\(…\)/,
    });
  }
  assert.throws(() => basicAuth("a:b", "c"), { message: /the user contains a colon/ });
  assert.throws(() => basicAuth("a", undefined as never), { message: /the password is undefined; expected a string/ });
  assert.throws(() => bearerAuth("" as never), { message: /the token is empty/ });
  await assert.rejects(client.http.get("/", { bearer: "t" } as RequestOptions), { message: /auth takes basicAuth/ });
});
