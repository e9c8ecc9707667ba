import assert from "node:assert/strict";
import { test } from "node:test";
import type { Expectation } from "../../../src/scenario/definition/http.ts";
import { TestClient, TestServer, within, withTimeout } from "./fixture.ts";

async function judged(status: number, expect: Expectation) {
  await using server = await TestServer.http((_, response) => response.writeHead(status).end('{"n":1}'));
  using client = new TestClient(server.url);
  const { ok, error } = await within(client.http.get("/", { expect }), "the request ends");
  const failures = client.counted[0]?.[2] ?? {};
  assert.deepEqual(failures, ok ? {} : { check: 1 });
  return ok ? "ok" : `${error?.kind}: ${error?.message}`;
}

const cases: readonly (readonly [what: string, status: number, expect: Expectation, outcome: string])[] = [
  ["the status expected", 404, 404, "ok"],
  ["another status", 200, 201, "check: expected status 201, got 200"],
  ["one of several", 409, [201, 409], "ok"],
  ["none of several", 500, [201, 409], "check: expected status 201 or 409, got 500"],
  ["a function that agrees, whatever the status", 500, () => true, "ok"],
  ["a function that looks at the body", 200, (got) => got.json<{ n: number }>().n === 1, "ok"],
  ["a function that does not agree", 200, () => false, "check: the expectation was not met"],
  ["a function that says what was wrong", 200, (got) => `no job in ${got.text()}`, 'check: no job in {"n":1}'],
  [
    "a function that throws",
    200,
    () => {
      throw new TypeError("boom");
    },
    "check: the expectation threw: TypeError: boom",
  ],
];

for (const [what, status, expect, outcome] of cases) {
  test(`an expectation: ${what}`, withTimeout, async () => {
    assert.equal(await judged(status, expect), outcome);
  });
}

// In JavaScript nothing else notices a forgotten return, or an `async` too many.
for (const [what, returned] of [
  ["nothing", undefined],
  ["a promise", Promise.resolve(true)],
  ["a number", 1],
  ["null", null],
] as const) {
  test(`an expectation that returns ${what} is not met, and the request ends`, withTimeout, async () => {
    const outcome = await judged(200, (() => returned) as unknown as Expectation);
    assert.match(outcome, /^check: the expectation /);
  });
}

test("without an answer there is nothing to judge", withTimeout, async () => {
  await using server = await TestServer.http((request) => request.socket.destroy());
  using client = new TestClient(server.url);
  let asked = false;
  const got = await client.http.get("/", {
    expect: () => {
      asked = true;
      return true;
    },
  });
  assert.deepEqual([got.ok, got.error?.kind, asked], [false, "reset", false]);
});
