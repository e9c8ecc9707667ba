import assert from "node:assert/strict";
import { test } from "node:test";
import type { EngineName } from "../../../../src/protocol/master-messages.ts";
import type { UserDefinition } from "../../../../src/scenario/definition/define.ts";
import { TestUser } from "../../user/test-user.ts";
import { eventually, TestServer, withTimeout } from "../fixture.ts";

/** Sets a cookie where there is none, and keeps what came. */
async function cookieServer(seen: (string | undefined)[]): Promise<TestServer> {
  return await TestServer.http((request, response) => {
    seen.push(request.headers.cookie, request.headers.authorization);
    if (request.headers.cookie === undefined) response.setHeader("set-cookie", "visit=1");
    response.end();
  });
}

async function iterate(user: TestUser["user"], count: number): Promise<void> {
  for (let done = 0; done < count; done++) await user.iterate();
}

const twice: UserDefinition["tasks"] = {
  visit: async (vu) => {
    await vu.http.get("/a");
    vu.http.headers.set("authorization", "token");
    await vu.http.get("/b");
  },
};

test("a session of an iteration begins without the cookies and headers of the one before", withTimeout, async () => {
  const seen: (string | undefined)[] = [];
  await using server = await cookieServer(seen);
  using tester = new TestUser({ session: "iteration", tasks: twice }, server.url);
  await iterate(tester.user, 2);
  const visit = [undefined, undefined, "visit=1", "token"];
  assert.deepEqual(seen, [...visit, ...visit]);
});

test("a session lasts as long as its user by default, and a class overrides the test", withTimeout, async () => {
  const seen: (string | undefined)[] = [];
  await using server = await cookieServer(seen);
  for (const [ofTest, ofClass] of [
    [{}, {}],
    [{ session: "iteration" }, { session: "user" }],
  ] as const) {
    seen.length = 0;
    using tester = new TestUser({ ...ofClass, tasks: twice }, server.url, ofTest);
    await iterate(tester.user, 2);
    assert.deepEqual(seen.slice(2), ["visit=1", "token", "visit=1", "token", "visit=1", "token"]);
  }
});

test("what a test keeps of its client is the new session's too", withTimeout, async () => {
  const seen: (string | undefined)[] = [];
  await using server = await cookieServer(seen);
  using tester = new TestUser({ session: "iteration", tasks: { visit: (vu) => vu.http.get("/") } }, server.url);
  const { cookies, headers } = tester.user.http;
  await tester.user.iterate();
  assert.equal(cookies.get("visit"), "1");
  headers.set("x-a", "b");
  await tester.user.iterate();
  assert.deepEqual([cookies.get("visit"), headers.get("x-a")], ["1", undefined]);
});

for (const engine of ["own", "undici"] satisfies EngineName[]) {
  test(`${engine}: connections last for the user, an iteration or a request`, withTimeout, async () => {
    const expected = { user: 1, iteration: 3, request: 6 };
    for (const [connections, count] of Object.entries(expected)) {
      const seen: (string | undefined)[] = [];
      await using server = await cookieServer(seen);
      const settings = { connections: connections as keyof typeof expected };
      using tester = new TestUser({ ...settings, tasks: twice }, server.url, {}, engine);
      await iterate(tester.user, 3);
      assert.deepEqual([connections, server.sockets.length], [connections, count]);
      // Cookies are kept: only the connections are new.
      assert.equal(seen.at(-2), "visit=1");
      if (connections === "user") continue;
      await eventually(() => server.sockets.every((socket) => socket.closed), "all connections are closed");
    }
  });

  test(
    `${engine}: a request that outlives its iteration ends, and then closes its connection`,
    withTimeout,
    async () => {
      const open: (() => void)[] = [];
      await using server = await TestServer.http((request, response) => {
        if (request.url === "/slow") open.push(() => response.end("late"));
        else response.end();
      });
      let late: Promise<string> | undefined;
      using tester = new TestUser(
        {
          connections: "iteration",
          tasks: {
            visit: async (vu) => {
              late = vu.http.get("/slow").then((response) => response.text());
              await vu.http.get("/quick");
            },
          },
        },
        server.url,
        {},
        engine,
      );
      await tester.user.iterate();
      await eventually(() => server.sockets.filter((socket) => socket.closed).length === 1, "the free one is closed");
      open[0]?.();
      assert.equal(await late, "late");
      await eventually(() => server.sockets.every((socket) => socket.closed), "the other one is closed");
      assert.equal(server.sockets.length, 2);
    },
  );
}
