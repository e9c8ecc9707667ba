import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import type { GroupResult } from "../../src/report/result/result-schema.ts";
import { fixture } from "../support/fixture.ts";
import { completedRun } from "../support/muster-process.ts";
import type { Cleanup } from "../support/test-process.ts";

interface Span {
  readonly firstMs: number;
  lastMs: number;
  failures: number;
}

/** A service that holds each request for 25 ms, and keeps from when to when it saw each run of a group. */
async function accountingService(cleanup: Cleanup) {
  const spans = new Map<string, Span>();
  const server: Server = createServer((request, response) => {
    const arrivedMs = performance.now();
    const hasFailed = request.url === "/refuse";
    setTimeout(() => {
      const endedMs = performance.now();
      for (const group of String(request.headers["x-groups"]).split(",")) {
        const span = spans.get(group) ?? { firstMs: arrivedMs, lastMs: 0, failures: 0 };
        spans.set(group, span);
        span.lastMs = endedMs;
        if (hasFailed) span.failures++;
      }
      response.statusCode = hasFailed ? 402 : 200;
      response.end("{}");
    }, 25);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  cleanup.after(() => {
    server.closeAllConnections();
    server.close();
  });
  /** Count, failures, and the sum of the times of the group with this path. */
  const account = (path: string) => {
    const own = [...spans].flatMap(([group, span]) => (group.startsWith(`${path}#`) ? [span] : []));
    return {
      count: own.length,
      failures: own.filter(({ failures }) => failures > 0).length,
      sumMs: own.reduce((sum, { firstMs, lastMs }) => sum + lastMs - firstMs, 0),
    };
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, account };
}

test("counts, failures and times of groups over three workers are those that the service can account for", async (t) => {
  const service = await accountingService(t);
  const { code, result, run } = await completedRun(t, [fixture("grouped"), `--host=${service.url}`, "--workers=3"]);
  const missed = result.thresholds.filter(({ passed }) => !passed);
  assert.deepEqual([code, missed], [0, []], String(result.reasons));
  const { groups = [] } = result;
  assert.deepEqual(
    groups.map(({ name, count, failures }) => [name, count, failures]),
    [
      ["buy", 60, 12],
      ["buy::find", 60, 0],
      ["buy::pay", 60, 12],
      ["mail", 60, 15],
    ],
  );
  const named = (name: string) => groups.find((group) => group.name === name) ?? assert.fail(`no group ${name}`);
  // On a busy machine a user waits for its CPU, too.
  const mostLateMs = 10_000;
  const sum = ({ count }: GroupResult, { mean }: GroupResult["durationMs"]) => count * mean;
  for (const name of ["buy", "buy::find", "buy::pay"]) {
    const group = named(name);
    const { sumMs, ...counts } = service.account(name);
    assert.deepEqual(counts, { count: group.count, failures: group.failures }, name);
    // What is not the service's is the way there and back, and opening a connection.
    const durationMs = sum(group, group.durationMs);
    assert.ok(
      durationMs >= sumMs && durationMs < sumMs + mostLateMs * group.count,
      `${name}: ${durationMs} of ${sumMs} ms`,
    );
  }
  const [buy, find, pay] = ["buy", "buy::find", "buy::pay"].map(named);
  assert.ok(buy !== undefined && find !== undefined && pay !== undefined);
  // The whole is its parts and the pause between them.
  const partsMs = sum(find, find.durationMs) + sum(pay, pay.durationMs);
  const pausesMs = sum(buy, buy.durationMs) - sum(buy, buy.activeTimeMs);
  assert.ok(Math.abs(sum(buy, buy.activeTimeMs) - partsMs) < mostLateMs * buy.count, `${buy.activeTimeMs.mean} ms`);
  assert.ok(pausesMs >= 30 * buy.count - 1 && pausesMs < mostLateMs * buy.count, `${pausesMs} ms`);
  assert.deepEqual(find.activeTimeMs, find.durationMs, "it has no pauses");
  assert.match(run.stdout, /\n {2}buy::pay +60 +12 \(20\.0 %\)/);
});
