import assert from "node:assert/strict";
import { test } from "node:test";
import type { UserDefinition } from "../../../src/scenario/definition/define.ts";
import { TestServer, within, withTimeout } from "../http/fixture.ts";
import { stoppingAfter, TestUser } from "./test-user.ts";

type Vu = Parameters<NonNullable<UserDefinition["onStop"]>>[0];

/** What a user recorded that runs `onStop` after two iterations, by endpoint. */
async function recorded(t: { after: (end: () => void) => void }, onStop: (vu: Vu) => unknown) {
  await using server = await TestServer.http((request, response) => {
    response.statusCode = request.url === "/fail" ? 503 : 200;
    response.end("ok");
  });
  const user = new TestUser(
    {
      onStart: (vu) => vu.http.get("/login"),
      tasks: { jobs: async (vu: Vu) => void ((await vu.http.get("/jobs")) && stopAfterTwo(vu)) },
      onStop,
    },
    server.url,
  );
  t.after(() => user[Symbol.dispose]());
  const stopAfterTwo = stoppingAfter(2);
  await within(user.run(), "the user ends");
  const counts = user.recorder.endpoints
    .filter(({ requests }) => requests > 0)
    .map(({ method, name, requests }) => [`${method} ${name}`, requests] as const);
  return { counts: Object.fromEntries(counts), errors: [...user.recorder.errors.values()] };
}

const load = { "GET /login": 1, "GET /jobs": 2 };

test("what onStop requests is recorded apart from the load, also at the same endpoint", withTimeout, async (t) => {
  const { counts, errors } = await recorded(t, async (vu) => {
    await vu.http.get("/jobs");
    await vu.http.delete("/jobs/1", { name: "/jobs/:id" });
    await vu.http.get("/fail");
  });
  assert.deepEqual(counts, { ...load, "GET@onStop /jobs": 1, "DELETE@onStop /jobs/:id": 1, "GET@onStop /fail": 1 });
  assert.deepEqual(
    errors.map(({ method, name, kind }) => [method, name, kind]),
    [["GET@onStop", "/fail", "5xx"]],
  );
});

test("measures in onStop are apart too, and those with other work in them count it once", withTimeout, async (t) => {
  const { counts } = await recorded(t, async (vu) => {
    await vu.measure("close", () => Promise.resolve(), { kind: "SQL" });
    await vu.measure("log out", () => vu.http.get("/logout"));
  });
  assert.deepEqual(counts, { ...load, "SQL@onStop close": 1, "(CALL)@onStop log out": 1, "GET@onStop /logout": 1 });
});
