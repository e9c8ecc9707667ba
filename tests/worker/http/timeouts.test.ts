import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import type { RequestOptions } from "../../../src/scenario/definition/http.ts";
import { TimeLimitRules } from "../../../src/worker/http/time-limits.ts";
import { attempts, Disturbed } from "../../support/attempts.ts";
import { LoopWatch } from "../health/loop-watch.ts";
import { eventually, TestClient, TestServer, withTimeout } from "./fixture.ts";

const timeoutMs = 150;
const timeout = `${timeoutMs}ms`;
/** undici's own timers are up to a second late; ours must not be, beside what the machine kept the process from running. */
const slackMs = 150;

for (const [what, begin] of [
  ["no answer", ""],
  ["half a head", "HTTP/1.1 200 OK\r\nContent-"],
  ["half a body", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort"],
] as const) {
  test(`${what} by then: timeout, on time, and the connection is not used again`, withTimeout, () =>
    attempts(5, () => strikesOnTime(begin)),
  );
}

async function strikesOnTime(begin: string): Promise<void> {
  await using server = await TestServer.raw((socket) => {
    socket.on("data", () => socket.write(begin));
  });
  using client = new TestClient(server.url);
  using watch = new LoopWatch();
  const beganMs = performance.now();
  const got = await client.http.get("/", { timeout });
  const tookMs = performance.now() - beganMs;
  assert.deepEqual([got.ok, got.error?.kind], [false, "timeout"]);
  assert.match(got.error?.message ?? "", /no complete response within 150 ms/);
  assert.ok(tookMs > timeoutMs - 2, `${tookMs} ms`);
  assert.ok(got.durationMs > 0 && got.durationMs <= tookMs, `${got.durationMs} ms`);
  assert.deepEqual(client.counted, [["GET /", 1, { timeout: 1 }]]);
  await eventually(() => server.sockets.every((socket) => socket.destroyed || socket.readableEnded), "closed");
  await client.http.get("/", { timeout });
  assert.equal(server.sockets.length, 2);
  if (tookMs >= timeoutMs + slackMs + watch.longestMs) throw new Disturbed(`${tookMs} ms`);
}

const head = "HTTP/1.1 200 OK\r\n";

/** A server that answers with `pieces`, one every `everyMs`. */
function slowServer(pieces: readonly string[], everyMs: number): Promise<TestServer> {
  return TestServer.raw((socket) => {
    socket.on("data", () => {
      let at = 0;
      const timer = setInterval(() => {
        if (at < pieces.length) socket.write(pieces[at++] as string);
        else clearInterval(timer);
      }, everyMs);
      socket.on("close", () => clearInterval(timer));
    });
  });
}

for (const [limit, begin, message] of [
  ["headers", [""], "no complete response headers within 150 ms"],
  [
    "headers",
    [`${head}X-Very: `, "slow", "ly", "\r", "\n", "X", "-", "S", ":"],
    "no complete response headers within 150 ms",
  ],
  ["body", [`${head}Content-Length: 9\r\n\r\n`], "no more body data within 150 ms"],
  ["body", [`${head}Content-Length: 9\r\n\r\n`, "short"], "no more body data within 150 ms"],
  ["body", [`${head}\r\n`, "up to the end"], "no more body data within 150 ms"],
] as const) {
  test(
    `a limit on the ${limit}, and ${JSON.stringify(begin.join(""))}: it strikes, and says so`,
    withTimeout,
    async () => {
      await using server = await slowServer(begin, 20);
      using client = new TestClient(server.url);
      const beganMs = performance.now();
      const got = await client.http.get("/", { timeout: { [limit]: timeout } });
      const tookMs = performance.now() - beganMs;
      assert.deepEqual([got.error?.kind, got.error?.message], ["timeout", message]);
      const lastAtMs = limit === "headers" ? 0 : begin.length * 20;
      assert.ok(tookMs > lastAtMs + timeoutMs - 10, `${tookMs} ms`);
      assert.deepEqual(client.counted, [["GET /", 1, { timeout: 1 }]]);
      await eventually(() => server.sockets.every((socket) => socket.destroyed || socket.readableEnded), "closed");
    },
  );
}

test("the limit on connecting includes TLS, and what was never sent is no service time", withTimeout, async () => {
  // It takes the connection and never begins with TLS.
  await using server = await TestServer.raw(() => {});
  using client = new TestClient(server.url.replace("http:", "https:"));
  const got = await client.http.get("/", { timeout: { connect: "60ms" } });
  assert.deepEqual([got.error?.kind, got.error?.message], ["timeout", "no connection within 60 ms"]);
  assert.equal(client.http.endedCount, 0);
});

test("the limit on the body is on each wait for more of it, the total one on all", withTimeout, async () => {
  const letters = [..."slow and steady"];
  await using server = await slowServer([`${head}Content-Length: ${letters.length}\r\n\r\n`, ...letters], 20);
  using client = new TestClient(server.url);
  const whole = await client.http.get("/", { timeout: { connect: timeout, headers: timeout, body: timeout } });
  assert.deepEqual([whole.error, whole.text()], [null, "slow and steady"]);
  assert.ok(whole.durationMs > timeoutMs, `${whole.durationMs} ms`);
  const cut = await client.http.get("/", { timeout: { body: timeout, total: "200ms" } });
  assert.equal(cut.error?.message, "no complete response within 200 ms");
});

test("a limit that is over does not strike what comes later", withTimeout, async () => {
  await using server = await slowServer([...Array(10).fill(""), `${head}Content-Length: 2\r\n\r\n`, "ok"], 20);
  using client = new TestClient(server.url);
  const got = await client.http.get("/", { timeout: { connect: timeout, body: timeout } });
  assert.deepEqual([got.error, got.text()], [null, "ok"]);
});

test("each request of a user has its own limit, whatever the one before it had", withTimeout, async () => {
  await using server = await TestServer.raw((socket) => {
    socket.on("data", (bytes) => {
      const delayMs = Number(/\d+/.exec(bytes.toString())?.[0]);
      setTimeout(() => socket.write(`${head}Content-Length: 0\r\n\r\n`), delayMs).unref();
    });
  });
  using client = new TestClient(server.url);
  const get = async (delayMs: number, limit: string) =>
    (await client.http.get(`/${delayMs}`, { timeout: limit })).error?.message ?? null;
  // The second is over long before the first would have been.
  assert.equal(await get(0, "1h"), null);
  assert.match((await get(10_000, "100ms")) ?? "", /within 100 ms/);
  // The second is under way when the limit of the first would strike.
  assert.equal(await get(0, "100ms"), null);
  assert.equal(await get(300, "20s"), null);
  // Nothing is under way when the limit of the first would strike.
  assert.equal(await get(0, "100ms"), null);
  await delay(150);
  assert.equal(await get(50, "20s"), null);
  assert.match((await get(10_000, "200ms")) ?? "", /within 200 ms/);
});

test("a request has the limits of its test but for those of its own", withTimeout, async () => {
  await using server = await TestServer.raw(() => {});
  using client = new TestClient(server.url, undefined, new TimeLimitRules({ headers: "60ms", total: "1h" }));
  const messageOf = async (own?: RequestOptions["timeout"]) =>
    (await client.http.get("/", own === undefined ? undefined : { timeout: own })).error?.message;
  assert.equal(await messageOf(), "no complete response headers within 60 ms");
  assert.equal(await messageOf("40ms"), "no complete response within 40 ms");
  assert.equal(await messageOf({ headers: "80ms" }), "no complete response headers within 80 ms");
  assert.equal(await messageOf({ headers: "2h", total: "40ms" }), "no complete response within 40 ms");
  await assert.rejects(client.http.get("/", { timeout: { body: "soon" } }), /duration "soon"/);
});

test("answers that are in time leave no timer behind", withTimeout, async () => {
  await using server = await TestServer.http((_, response) => response.end());
  using client = new TestClient(server.url);
  const before = timersActive();
  for (let count = 0; count < 50; count++) await client.http.get("/", { timeout: "1h" });
  assert.ok(timersActive() <= before + 1, `${timersActive() - before} more timers`);
  await eventually(() => timersActive() <= before, "nothing ticks while nothing is pending");
});

// A duration may be up to 365 days, a timer of Node 2^31 - 1 ms: longer ones fire at once.
test("a timeout longer than any timer does not fire at once", withTimeout, async () => {
  await using server = await TestServer.http((_, response) => void setTimeout(() => response.end(), 30));
  using client = new TestClient(server.url);
  const got = await client.http.get("/", { timeout: "30d" });
  assert.equal(got.error, null);
});

function timersActive(): number {
  return process.getActiveResourcesInfo().filter((resource) => resource === "Timeout").length;
}
