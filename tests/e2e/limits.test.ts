import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { TestContext } from "node:test";
import type { Result } from "../../src/report/result/result-schema.ts";
import { deepTest } from "../support/depth.ts";
import { fixture } from "../support/fixture.ts";
import { MusterRun } from "../support/muster-process.ts";
import { waitUntil } from "../support/wait-until.ts";

interface CountingService {
  readonly url: string;
  readonly arrivedMs: number[];
  /** How long it stood still at most: what arrived meanwhile is noted together with what came next. */
  stoodStillMs: number;
}

/** A service that notes when each request has arrived. */
async function countingService(t: TestContext): Promise<CountingService> {
  const arrivedMs: number[] = [];
  const server = createServer({ keepAliveTimeout: 0 }, (_, response) => {
    arrivedMs.push(performance.now());
    response.setHeader("content-type", "application/json").end("{}");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const service = { url, arrivedMs, stoodStillMs: 0 };
  let lastMs = performance.now();
  const watch = setInterval(() => {
    const nowMs = performance.now();
    service.stoodStillMs = Math.max(service.stoodStillMs, nowMs - lastMs);
    lastMs = nowMs;
  }, 5);
  t.after(() => clearInterval(watch));
  return service;
}

function mostPerSecond(times: readonly number[]): number {
  return Math.max(...times.map((from, first) => times.findLastIndex((atMs) => atMs < from + 1_000) - first + 1));
}

for (const isKilled of [false, true]) {
  const how = isKilled ? "one of them is killed" : "all of them stay";
  deepTest(`three workers with maxRequests and maxRequestsPerSecond, and ${how}`, async (t) => {
    const service = await countingService(t);
    const limits = ["--max-requests=1000", "--max-requests-per-second=200"];
    const { result } = await limitedRun(t, service, limits, isKilled);
    assertExact(result, service.arrivedMs.length, 1_000, isKilled);
    const most = mostPerSecond(service.arrivedMs);
    const { stoodStillMs } = service;
    assert.ok(
      most <= 200 * (1 + stoodStillMs / 1_000),
      `${most} in a second, after a standstill of ${stoodStillMs} ms`,
    );
  });
}

deepTest("maxRequests ends at exactly 10,000 at the service, a worker killed in between", async (t) => {
  const service = await countingService(t);
  const { result } = await limitedRun(t, service, ["--max-requests=10000"], true);
  assertExact(result, service.arrivedMs.length, 10_000, true);
});

deepTest("a budget ends the load before the request that exceeds it, and the result says what was spent", async (t) => {
  const service = await countingService(t);
  const limits = ["--cost-per-request=0.001", "--max-cost=0.7", "--max-duration=9m"];
  const { result, run } = await limitedRun(t, service, limits, false);
  const text = result.events.find(({ kind }) => kind === "max-cost")?.text;
  assert.equal(text, "the budget of 0.7 (cost) allows no further request: 700 at 0.001 each were made");
  assert.deepEqual(
    [service.arrivedMs.length, result.total.requests, result.cost],
    [700, 700, { perRequest: 0.001, max: 0.7, requests: 700, spent: 0.7 }],
  );
  assert.match(run.stdout, /cost: 0.7 of 0.7 for 700 requests at 0.001/);
});

deepTest("maxDuration ends the load, however long its plan is", async (t) => {
  const service = await countingService(t);
  const { result } = await limitedRun(t, service, ["--max-duration=1s"], false);
  const text = result.events.find(({ kind }) => kind === "max-duration")?.text;
  assert.equal(text, "the load has lasted 00:01 (maxDuration)");
});

/** A run that would take ten minutes. */
async function limitedRun(t: TestContext, service: CountingService, limits: readonly string[], isKilled: boolean) {
  const words = ["run", fixture("hitters"), "--workers=3", "--users=60", "--run-time=10m", `--host=${service.url}`];
  const run = await MusterRun.start(t, [...words, ...limits]);
  const [victim = 0] = await run.workerPids(3);
  if (isKilled) {
    await waitUntil("a part of the load", () => service.arrivedMs.length > 300);
    process.kill(victim, "SIGKILL");
  }
  return { run, ...(await run.finished()) };
}

function assertExact(result: Result, arrived: number, most: number, isKilled: boolean): void {
  const end = result.events.find(({ kind, text }) => kind === "max-requests" && text.includes("maxRequests"));
  assert.ok(end !== undefined, JSON.stringify(result.events));
  assert.doesNotMatch(end.text, /lost workers/, "the master learned what the killed worker had used");
  // The killed worker may have counted one that it was about to send.
  assert.ok(arrived <= most && arrived >= most - (isKilled ? 1 : 0), `${arrived}`);
  if (!isKilled) assert.equal(result.total.requests, most);
  assert.doesNotMatch(result.warnings.join(), /threw/, "who gets no permit has stopped");
}
