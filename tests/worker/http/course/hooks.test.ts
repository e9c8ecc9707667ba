import assert from "node:assert/strict";
import { test } from "node:test";
import type { PendingRequest } from "../../../../src/scenario/definition/request-hooks.ts";
import { TestUser } from "../../user/test-user.ts";
import { type Echo, echo, eventually, TestServer, within, withTimeout } from "../fixture.ts";

test("a hook changes the URL, the headers and the body of a request, which keeps its name", withTimeout, async () => {
  await using server = await TestServer.http(echo);
  const seen: string[] = [];
  using tester = new TestUser(
    {
      headers: { "x-class": "a" },
      beforeRequest: async (request) => {
        seen.push(`${request.method} ${request.name} ${request.url.slice(server.url.length)} ${request.attempt}`);
        await Promise.resolve();
        request.url += "?signed=yes";
        request.headers.set("X-Class", `${request.headers.get("x-class")}b`);
        request.headers.delete("x-none");
        request.body = `${request.body}!`;
      },
      tasks: { none: () => {} },
    },
    server.url,
  );
  const { http } = tester.user;
  const got = await http.post("/orders/7", { name: "/orders/:id", body: "text", headers: { "x-none": "n" } });
  const { url, headers, body, method } = got.json<Echo>();
  assert.deepEqual(
    [method, url, headers["x-class"], headers["x-none"]],
    ["POST", "/orders/7?signed=yes", "ab", undefined],
  );
  assert.deepEqual([body, headers["content-length"]], ["text!", "5"]);
  assert.deepEqual(seen, ["POST /orders/:id /orders/7 1"]);
  assert.deepEqual(
    tester.recorder.endpoints.map(({ method: of, name, requests }) => [of, name, requests]),
    [["POST", "/orders/:id", 1]],
  );
});

test("a body that a hook has changed is not sent with the length of another one", withTimeout, async () => {
  await using server = await TestServer.http(echo);
  using tester = new TestUser(
    {
      beforeRequest: (request) => {
        request.body = `${request.body}, and more`;
      },
      tasks: { none: () => {} },
    },
    server.url,
    {},
    "own",
  );
  const headers = [["content-length", "4"]] as const;
  await assert.rejects(within(tester.user.http.post("/", { body: "text", headers }), "it ends"), {
    message: "the request cannot be sent: its content-length is 4, and its body has 14 bytes",
  });
});

test(
  "the hooks of a test run before those of a class, around plain requests and redirects too",
  withTimeout,
  async () => {
    await using server = await TestServer.http((request, response) => {
      if (request.url === "/old") response.writeHead(302, { location: "/new" });
      response.end();
    });
    const calls: string[] = [];
    const said = (who: string) => (one: { readonly url: string }) => {
      calls.push(`${who} ${one.url.slice(server.url.length)}`);
    };
    using tester = new TestUser({ beforeRequest: said("class"), tasks: { none: () => {} } }, server.url, {
      beforeRequest: said("test"),
      afterResponse: said("after"),
    });
    await tester.user.http.get("/plain");
    const got = await tester.user.http.get("/old", { maxRedirects: 1 });
    assert.deepEqual(calls, [
      ...["test /plain", "class /plain", "after /plain"],
      ...["test /old", "class /old", "after /old", "test /new", "class /new", "after /new"],
    ]);
    assert.deepEqual([got.status, got.redirects.length], [200, 1]);
  },
);

test("requests that a hook makes call no hooks; requests of the user meanwhile do", withTimeout, async () => {
  const paths: string[] = [];
  await using server = await TestServer.http((request, response) => {
    paths.push(`${request.url} ${request.headers["x-token"] ?? ""}`);
    response.end("secret");
  });
  using tester = new TestUser(
    {
      beforeRequest: async (request, vu) => {
        const token = await vu.http.post("/token");
        request.headers.set("x-token", token.text());
      },
      tasks: { none: () => {} },
    },
    server.url,
  );
  const { http } = tester.user;
  await Promise.all([http.get("/a"), http.get("/b")]);
  assert.deepEqual(paths.toSorted(), ["/a secret", "/b secret", "/token ", "/token "]);
});

test("afterResponse sees the response before the test, one without a response too", withTimeout, async () => {
  await using server = await TestServer.http((request, response) => {
    if (request.url === "/broken") request.socket.destroy();
    else response.writeHead(418).end("tea");
  });
  const seen: unknown[] = [];
  using tester = new TestUser(
    {
      state: () => ({ last: 0 }),
      afterResponse: async (response, request, vu) => {
        (vu.state as { last: number }).last = response.status;
        seen.push([request.name, response.status, response.error?.kind, response.status === 0 ? "" : response.text()]);
        await Promise.resolve();
      },
      tasks: { none: () => {} },
    },
    server.url,
  );
  await tester.user.open();
  const got = await tester.user.http.post("/tea");
  assert.deepEqual([got.ok, tester.user.state], [false, { last: 418 }]);
  await tester.user.http.post("/broken");
  assert.deepEqual(seen, [
    ["/tea", 418, "4xx", "tea"],
    ["/broken", 0, "reset", ""],
  ]);
});

test("a hook that throws fails the task; a request that it broke is not sent", withTimeout, async () => {
  let requests = 0;
  await using server = await TestServer.http((_, response) => {
    requests++;
    response.end();
  });
  const hooks: Record<string, (request: PendingRequest) => unknown> = {
    "no key": () => {
      throw new Error("no key");
    },
    'the request cannot be sent: "nowhere" is neither a path': (request) => {
      request.url = "nowhere";
    },
    "the body that beforeRequest set is the number 5; expected a string or bytes": (request) => {
      Object.assign(request, { body: 5 });
    },
    "contains a line break": (request) => request.headers.set("x-a", "b\r\nc: d"),
  };
  for (const [message, beforeRequest] of Object.entries(hooks)) {
    using tester = new TestUser({ beforeRequest, tasks: { list: (vu) => vu.http.get("/") } }, server.url);
    await tester.user.iterate();
    const [exception] = tester.exceptions;
    assert.ok(exception?.[0] === "list" && exception[1].includes(message), `${exception?.[1]} has ${message}`);
  }
  assert.equal(requests, 0);
});

test("a user is aborted while a hook waits: its request is not sent", withTimeout, async () => {
  let requests = 0;
  await using server = await TestServer.http((_, response) => {
    requests++;
    response.end();
  });
  const release = Promise.withResolvers<void>();
  let isWaiting = false;
  using tester = new TestUser(
    {
      beforeRequest: async () => {
        isWaiting = true;
        await release.promise;
      },
      tasks: { list: (vu) => vu.http.get("/") },
    },
    server.url,
  );
  const iterated = tester.user.iterate();
  await eventually(() => isWaiting, "the hook runs");
  tester.user.abort();
  release.resolve();
  await within(iterated, "the iteration ends");
  assert.deepEqual([requests, tester.exceptions, tester.recorder.interruptedIterations], [0, [], 1]);
});
