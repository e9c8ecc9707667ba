import assert from "node:assert/strict";
import { test } from "node:test";
import type { Result } from "../../src/report/result/result-schema.ts";
import { assertPassed } from "../support/assert-passed.ts";
import { casesByDepth, deepTest } from "../support/depth.ts";
import { assertExact, executionsOf } from "../support/exactness.ts";
import { fixture } from "../support/fixture.ts";
import { completedRun, MusterRun } from "../support/muster-process.ts";
import { type SampleApi, sampleApiOfFile } from "../support/sample-api.ts";
import type { Cleanup } from "../support/test-process.ts";
import { waitUntil } from "../support/wait-until.ts";

const freshApi = sampleApiOfFile();

async function run(
  t: Cleanup,
  profile: string,
  workers: number,
  api: SampleApi,
  flags: readonly string[] = [],
): Promise<{ code: number | null; result: Result; run: MusterRun }> {
  const words = [fixture("loads"), `--profile=${profile}`, `--workers=${workers}`, `--host=${api.url}`];
  return await completedRun(t, [...words, ...flags]);
}

for (const [workers, declare] of casesByDepth(1, [3, 1, 2])) {
  declare(`with ${workers} worker(s) exactly the iterations asked for run`, async (t) => {
    const api = await freshApi();
    const { code, result } = await run(t, "total", workers, api);
    assert.equal(code, 0);
    assert.equal(result.iterations, 1_000);
    assert.equal(result.total.requests, 1_000);
    assert.equal(result.droppedIterations, 0);
    await assertExact(result, api);
    const { routes } = await api.counts();
    assert.deepEqual(executionsOf(result), {
      "default / Visitor / list": routes["GET /jobs"]?.requests,
      "default / Reader / list": routes["GET /templates"]?.requests,
    });
  });
}

deepTest("each user runs its own number of iterations", async (t) => {
  const api = await freshApi();
  const { result } = await run(t, "per user", 3, api);
  assert.equal(result.iterations, 7 * 13);
  await assertExact(result, api);
});

deepTest("iterations that have not begun when time is up are dropped, and counted", async (t) => {
  const api = await freshApi();
  const { result } = await run(t, "time is up", 2, api);
  assert.ok(result.iterations > 0);
  assert.equal(result.iterations + result.droppedIterations, 100_000_000);
  await assertExact(result, api);
});

deepTest("with too few users every iteration that was due is either done or dropped", async (t) => {
  const api = await freshApi();
  await api.misbehave({ latencyMs: 400 });
  const { code, result, run: process } = await run(t, "drop", 2, api, ["--target=errorRate=1%"]);
  // 10 users of 400 ms do 25 of the 100 per second that are due.
  const dropped = result.droppedIterations / 500;
  assert.ok(dropped > 0.7 && dropped < 0.8, `${dropped}`);
  // The generator did what it could, so that is no invalid run: what it could not start counts as failed.
  assert.deepEqual([code, result.verdict, result.total.failures], [99, "failed", 0]);
  assert.match(result.reasons.join(), /^error rate was 7\d(\.\d+)? % \(limit < 1 %\)/);
  assert.equal(result.interruptedIterations, 0);
  assert.equal(result.iterations + result.droppedIterations, 500);
  assert.match(process.stdout, /iterations were dropped/);
  await assertExact(result, api);
});

deepTest("a ramp of the arrival rate makes as many arrivals as the area under it", async (t) => {
  const api = await freshApi();
  const { result, run: process } = await run(t, "ramp", 3, api);
  // 4 s from 0 to 100/s and 2 s back: 200 + 100.
  assert.equal(result.iterations, 300);
  const shares = result.endpoints.map(({ name, requests }) => [name, requests]);
  assert.deepEqual(shares, [
    ["/jobs", 150],
    ["/templates", 150],
  ]);
  assert.deepEqual(executionsOf(result), { "default / Visitor / list": 150, "default / Reader / list": 150 });
  assert.ok(result.scheduleLagMs !== null && result.scheduleLagMs.max >= 0);
  assert.match(process.stdout, /p99 response time \(since due\) [\d.,]+ ms, service time \(since sent\) [\d.,]+ ms/);
  await assertExact(result, api);
});

test("scenarios run in parallel, each with its own load, classes and start", async (t) => {
  const api = await freshApi();
  const { result } = await run(t, "together", 2, api);
  const requests = Object.fromEntries(result.endpoints.map((endpoint) => [endpoint.name, endpoint.requests]));
  // A machine that is busy for seconds makes workers leave out what is late by then, and say so.
  const late = result.load?.find(({ scenario }) => scenario === "visitors")?.late ?? 0;
  const visits = 80 - late;
  assert.equal(requests["/jobs"], visits);
  assert.ok((requests["/templates"] ?? 0) > 10);
  assert.equal(result.users.Reader, 5);
  assert.deepEqual(executionsOf(result), {
    "readers / Reader / list": requests["/templates"],
    "visitors / Visitor / list": visits,
  });
  assert.ok(result.run.durationMs >= 4_000, `${result.run.durationMs} ms`);
  await assertExact(result, api);
});

deepTest("a shape function decides users and classes, and ends the run", async (t) => {
  const api = await freshApi();
  const { code, result } = await run(t, "shaped", 2, api);
  assert.equal(code, 0);
  assert.equal(result.users.Newcomer, 6);
  assert.equal(result.users.Visitor, 0);
  assert.ok(result.run.durationMs >= 5_000 && result.run.durationMs < 60_000, `${result.run.durationMs} ms`);
  assert.ok(result.events.some((event) => event.kind === "shape-ended"));
  await assertExact(result, api);
});

deepTest("what still runs after the stop timeout is interrupted, and is no failure", async (t) => {
  const api = await freshApi();
  const words = ["run", fixture("loads"), "--profile=steered", "--workers=2", "--run-time=4s", "--stop-timeout=500ms"];
  const process = await MusterRun.start(t, [...words, `--host=${api.url}`]);
  await waitUntil("requests of all users", async () => (await api.counts()).total > 100);
  await api.misbehave({ stall: { forMs: 60_000 } });
  const { code, result } = await process.finished();

  assertPassed(code, result);
  assert.equal(result.interruptedIterations, 10);
  assert.equal(result.total.failures, 0);
  assert.equal(result.total.requests, (await api.counts()).total - result.interruptedIterations);
});
