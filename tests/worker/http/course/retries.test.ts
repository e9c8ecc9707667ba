import assert from "node:assert/strict";
import type { IncomingMessage, ServerResponse } from "node:http";
import { test } from "node:test";
import type { RequestOptions } from "../../../../src/scenario/definition/http.ts";
import { classRulesOf } from "../../../../src/worker/http/course/course-rules.ts";
import { TimeLimitRules } from "../../../../src/worker/http/time-limits.ts";
import { eventually, TestClient, TestServer, within, withTimeout } from "../fixture.ts";

const quickly = { max: 3, delay: "1ms" };

/** Answers each request with the next of these; the last one is repeated. */
async function answering(...answers: ((request: IncomingMessage, response: ServerResponse) => void)[]) {
  let count = 0;
  const server = await TestServer.http((request, response) => {
    request.resume();
    answers[Math.min(count++, answers.length - 1)]?.(request, response);
  });
  return { server, count: () => count };
}

const status =
  (code: number, headers = {}) =>
  (_: IncomingMessage, response: ServerResponse) => {
    response.writeHead(code, headers).end();
  };
const hangUp = (request: IncomingMessage) => request.socket.destroy();

function retriesOf({ recorder }: TestClient): number {
  const metric = recorder.metrics.get("retries");
  return metric?.kind === "counter" ? metric.sum : 0;
}

function clientWith(url: string, retries: RequestOptions["retries"], limits?: TimeLimitRules): TestClient {
  return new TestClient(url, undefined, limits, {
    ...classRulesOf({ users: [], ...(retries === undefined ? {} : { retries }) }, null),
  });
}

test("each try is a request of its own, with its failure; the last response counts", withTimeout, async () => {
  const { server, count } = await answering(status(503, { connection: "close" }), hangUp, status(200));
  await using _ = server;
  using client = clientWith(server.url, quickly);
  const got = await client.http.put("/a", { body: "content" });
  assert.deepEqual([got.status, got.ok, got.retries, count(), retriesOf(client)], [200, true, 2, 3, 2]);
  assert.deepEqual(client.counted, [["PUT /a", 3, { "5xx": 1, reset: 1 }]]);
});

test("retries end with the highest number, and the last failure is the response", withTimeout, async () => {
  const { server, count } = await answering(status(429));
  await using _ = server;
  using client = clientWith(server.url, quickly);
  const got = await client.http.get("/");
  assert.deepEqual([got.status, got.ok, got.retries, count()], [429, false, 3, 4]);
});

test("without retries, and for other statuses, a request is sent once", withTimeout, async () => {
  const { server, count } = await answering(status(503), status(404), status(500), status(503));
  await using _ = server;
  using plain = new TestClient(server.url);
  assert.equal((await plain.http.get("/")).retries, 0);
  using client = clientWith(server.url, quickly);
  for (const expected of [404, 500]) assert.equal((await client.http.get("/")).status, expected);
  // As expected, so not failed.
  assert.equal((await client.http.get("/", { expect: 503 })).ok, true);
  assert.deepEqual([count(), retriesOf(client)], [4, 0]);
});

test("the rule of a test is for idempotent methods; that of a request is for any", withTimeout, async () => {
  const { server, count } = await answering(status(503));
  await using _ = server;
  using client = clientWith(server.url, quickly);
  await client.http.post("/");
  assert.equal(count(), 1);
  await client.http.post("/", { retries: { ...quickly, max: 1 } });
  assert.equal(count(), 3);
  await client.http.get("/", { retries: 0 });
  assert.equal(count(), 4);
  using plain = new TestClient(server.url);
  const got = await plain.http.patch("/", { retries: { max: 2, delay: "1ms", statuses: [503] }, body: "x" });
  assert.deepEqual([got.retries, count()], [2, 7]);
  await plain.http.patch("/", { body: "x" });
  assert.equal(count(), 8);
});

test("timeouts are retried, unless only statuses are", withTimeout, async () => {
  const { server, count } = await answering(
    () => {},
    status(200),
    () => {},
  );
  await using _ = server;
  using client = clientWith(server.url, quickly, new TimeLimitRules("900ms"));
  assert.equal((await client.http.get("/")).status, 200);
  assert.equal((await client.http.get("/", { retries: { max: 2, errors: false } })).error?.kind, "timeout");
  assert.deepEqual([count(), client.counted], [3, [["GET /", 3, { timeout: 2 }]]]);
});

test("the delay doubles, and Retry-After in either form replaces a shorter one", withTimeout, async () => {
  const inAMinute = new Date(Date.now() + 60_000).toUTCString();
  const cases: [RequestOptions["retries"], object, least: number, most: number][] = [
    [{ max: 1, delay: "40ms" }, {}, 20, 20_000],
    [{ max: 2, delay: "40ms" }, {}, 60, 20_000],
    [{ max: 1, delay: "1ms", maxDelay: "200ms" }, { "retry-after": "30" }, 200, 20_000],
    [{ max: 1, delay: "1ms", maxDelay: "150ms" }, { "retry-after": inAMinute }, 150, 20_000],
    [{ max: 1, delay: "1ms" }, { "retry-after": "Wed, 21 Oct 2015 07:28:00 GMT" }, 0, 20_000],
    [{ max: 1, delay: "1ms" }, { "retry-after": "soon" }, 0, 20_000],
  ];
  for (const [retries, headers, least, most] of cases) {
    const { server } = await answering(status(503, headers));
    await using _ = server;
    using client = clientWith(server.url, retries);
    const beganMs = performance.now();
    await client.http.get("/");
    const tookMs = performance.now() - beganMs;
    // Timers of Node.js can fire a millisecond early.
    assert.ok(tookMs > least - 2 && tookMs < most, `${JSON.stringify(retries)} ${tookMs}`);
  }
});

test("an aborted user waits for no retry", withTimeout, async () => {
  const { server, count } = await answering(status(503));
  await using _ = server;
  using client = clientWith(server.url, { max: 5, delay: "10m", maxDelay: "10m" });
  const asked = assert.rejects(client.http.get("/"), { code: "MUSTER_STOPPED" });
  await eventually(() => client.http.endedCount === 1, "the first try has ended");
  client.http.abort();
  await within(asked, "the request is interrupted");
  assert.deepEqual([count(), retriesOf(client)], [1, 0]);
});

test("retries that are none are refused, and the message names the field", withTimeout, async () => {
  using client = new TestClient("http://127.0.0.1:1");
  const refused: [unknown, RegExp][] = [
    [-1, /retries\.max is the number -1; expected a whole number/],
    [1.5, /retries\.max is the number 1\.5/],
    ["2", /the option retries is the string "2"; expected an object such as \{ max: 2/],
    [true, /the option retries is true/],
    [{}, /retries\.max is undefined/],
    [{ max: 1, status: [503] }, /unknown field "status" in retries; did you mean statuses\?/],
    [{ max: 1, statuses: 503 }, /retries\.statuses is the number 503; expected statuses such as/],
    [{ max: 1, errors: "yes" }, /retries\.errors is the string "yes"; expected true or false/],
    [{ max: 1, delay: 100 }, /retries\.delay: /],
  ];
  for (const [retries, message] of refused) {
    await assert.rejects(client.http.get("/", { retries } as RequestOptions), { message });
  }
  await assert.rejects(client.http.get("/", { retry: 2 } as RequestOptions), { message: /retries sets how often/ });
});
