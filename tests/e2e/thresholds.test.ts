import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { assertPassed } from "../support/assert-passed.ts";
import { CuttableProxy } from "../support/cuttable-proxy.ts";
import { deepTest } from "../support/depth.ts";
import { startWorker } from "../support/distributed.ts";
import { assertExact } from "../support/exactness.ts";
import { fixture } from "../support/fixture.ts";
import { completedRun, MusterRun } from "../support/muster-process.ts";
import { sampleApiOfFile } from "../support/sample-api.ts";
import { waitUntil } from "../support/wait-until.ts";

const freshApi = sampleApiOfFile();

const visitors = fixture("visitors");

test("2.5 s of added latency: exit 99, and p95 is named with its value", async (t) => {
  // Longer than what a busy machine adds, which would excuse the service.
  const api = await freshApi({ latencyMs: 2_500 });
  const words = [visitors, "--profile=targets", `--host=${api.url}`, "--run-time=1s"];
  const { code, result, run } = await completedRun(t, words);
  assert.deepEqual([code, result.exitCode, result.verdict], [99, 99, "failed"]);
  assert.ok(
    result.reasons.some((reason) => /p95 was [\d.]+ m?s \(limit < 500 ms\)/.test(reason)),
    String(result.reasons),
  );
  const p95 = result.thresholds.find((threshold) => threshold.expression === "p(95)<500");
  assert.ok(p95 !== undefined && !p95.passed && (p95.value ?? 0) >= 2_500, JSON.stringify(p95));
  assert.match(run.stdout, /^ {2}p95 was /m);
  await assertExact(result, api);
});

deepTest("an error rate of 5 %: exit 99, and the error rate is named", async (t) => {
  const api = await freshApi({ errorRate: 0.05 });
  const { code, result, run } = await completedRun(t, [visitors, `--host=${api.url}`]);
  assert.deepEqual([code, result.verdict], [99, "failed"]);
  assert.equal(result.reasons.length, 1, String(result.reasons));
  assert.match(result.reasons[0] ?? "", /^error rate was [45](\.\d+)? % \(limit < 1 %\)$/);
  assert.match(run.stdout, /error rate was/);
  assert.equal(result.total.failureKinds["5xx"], result.total.failures);
  // The API fails every twentieth request, so this is exact.
  assert.equal(result.total.failures, Math.floor(result.total.requests / 20));
  assert.ok(result.errors.every(({ kind, message }) => kind === "5xx" && message === "500 Internal Server Error"));
  await assertExact(result, api);
});

deepTest(
  "a threshold with a selector fails for its endpoint, the one beside it passes, and one without data fails and says so",
  async (t) => {
    // Longer than what a busy machine adds, which would excuse the service.
    const api = await freshApi({ latencyMs: 2_500 });
    const words = [visitors, "--profile=selector", `--host=${api.url}`, "--run-time=1s"];
    const { code, result } = await completedRun(t, words);
    assert.equal(code, 99);
    assert.deepEqual(
      result.thresholds.map(({ metric, expression, passed }) => [metric, expression, passed]),
      [
        ["response_time{name:/jobs}", "p(99)<0.001", false],
        ["response_time{name:/jobs}", "p(99)<60000", true],
        ["response_time{name:/nowhere}", "p(95)<500", false],
      ],
    );
    const jobs = result.endpoints.find((endpoint) => endpoint.name === "/jobs");
    assert.equal(result.thresholds[0]?.value, jobs?.responseTimeMs.percentiles["99"]);
    assert.match(result.reasons[0] ?? "", /^p99 of \/jobs was /);
    assert.equal(result.thresholds[2]?.value, null);
    assert.match(result.reasons[1] ?? "", /^no data for p95 of \/nowhere /);
  },
);

deepTest("--target adds to and overrides the targets of the test", async (t) => {
  const api = await freshApi();
  const targets = ["--target=p95=20s", "--target=requestsPerSecond=1000000"];
  const { code, result } = await completedRun(t, [
    visitors,
    "--profile=targets",
    `--host=${api.url}`,
    "--run-time=1s",
    ...targets,
  ]);
  assert.equal(code, 99);
  assert.deepEqual(
    result.thresholds.map((threshold) => `${threshold.metric}: ${threshold.expression}`),
    [
      "response_time: p(50)<200",
      "response_time: p(95)<20000",
      "response_time: p(99)<1000",
      "failures: rate<0.01",
      "requests: rate>1000000",
    ],
  );
  assert.match(result.reasons.join(), /requests rate was [\d.]+\/s \(limit > 1000000\/s\)/);
});

test("abortOnFail: the load of all workers ends after the breach, with exit 99 and what was measured", async (t) => {
  const api = await freshApi();
  const words = ["run", visitors, "--profile=abort", "--run-time=10m", "--workers=2", `--host=${api.url}`];
  const run = await MusterRun.start(t, words);
  await waitUntil("load", async () => (await api.counts()).total > 100);
  await api.recordArrivals();
  await api.misbehave({ errorRate: 1 });
  const { code, result } = await run.finished();
  assert.deepEqual([code, result.verdict], [99, "failed"]);
  assert.match(result.reasons.join(), /^error rate was [\d.]+ % \(limit < 20 %\): the run was ended \(abortOnFail\)$/);
  const event = result.events.find(({ kind }) => kind === "threshold-breached");
  assert.equal(event?.kind, "threshold-breached");
  // Its plan is 10 minutes; how soon it ends on an idle machine, tests/timing/live-control.test.ts measures.
  assert.ok(result.run.durationMs < (event?.atMs ?? 0) + 30_000, `${event?.atMs} and ${result.run.durationMs} ms`);
  await assertExact(result, api);
});

deepTest(
  "a floor with abortOnFail ends no run before its load, and none whose worker has a silent socket",
  async (t) => {
    const api = await freshApi();
    const words = ["--master-bind-port=0", "--expect-workers=2", "--on-worker-strain=ignore", `--host=${api.url}`];
    const master = await MusterRun.start(t, ["master", fixture("floors"), ...words], { MUSTER_TOKEN: "secret" });
    const port = await master.masterPort();
    const proxy = await CuttableProxy.start(t, port);
    for (const each of [port, proxy.port]) startWorker(t, each, "secret");
    await waitUntil("load", async () => (await api.counts()).total > 300);
    proxy.silence();
    await waitUntil("5 s of silence", async () => (await api.counts()).total > 800);
    proxy.cut();
    const { code, result } = await master.finished();
    assert.deepEqual([code, result.verdict, result.ledger.missing], [0, "passed", []], String(result.reasons));
    await assertExact(result, api);
  },
);

deepTest("what a threshold names is counted after more names than there are places for", async (t) => {
  const api = await freshApi();
  const { code, result } = await completedRun(t, [fixture("many-names"), `--host=${api.url}`]);
  assertPassed(code, result);
  const last = result.endpoints.find(({ name }) => name === "/last");
  const other = result.endpoints.find(({ name }) => name === "(other)");
  assert.deepEqual([last?.requests, other?.requests, result.endpoints.length], [50, 50, 1_002]);
});

deepTest(
  "a worker that stands still for a while does not fail the service: what it touched is left out, and shown",
  async (t) => {
    const api = await freshApi();
    const words = ["--master-bind-port=0", "--on-worker-strain=warn", "--stall-limit=100ms"];
    words.push(`--host=${api.url}`, "--profile=stalled");
    const master = await MusterRun.start(t, ["master", fixture("floors"), ...words], { MUSTER_TOKEN: "secret" });
    const worker = startWorker(t, await master.masterPort(), "secret");
    await waitUntil("load", async () => (await api.counts()).total > 200);
    worker.kill("SIGSTOP");
    await delay(1_500);
    worker.kill("SIGCONT");
    const { code, result } = await master.finished();
    assert.ok(code === 0 || code === 110, String(result.reasons));
    assert.ok((result.total.stalledRequests ?? 0) >= 100, `${result.total.stalledRequests} requests`);
    assert.ok(result.stalls?.some(({ worker: number, longestMs }) => number === 1 && longestMs > 1_000));
    assert.ok(result.total.responseTimeMs.max < 1_400, `${result.total.responseTimeMs.max} ms`);
    assert.match([...result.warnings, ...result.reasons].join(), /stalled/);
    await assertExact(result, api);
  },
);

deepTest("rates are over the load, not over the time in which the last requests end", async (t) => {
  const api = await freshApi({ latencyMs: 2_500 });
  const { code, result } = await completedRun(t, [fixture("floors"), "--profile=late", `--host=${api.url}`]);
  assertPassed(code, result);
  const { durationMs, loadMs = 0 } = result.run;
  assert.ok(durationMs > 4_400 && Math.abs(loadMs - 2_000) < 100, `${durationMs} ms, load ${loadMs} ms`);
  assert.equal(result.total.requests, 100);
  assert.ok(Math.abs(result.total.requestsPerSecond - 50) < 3, `${result.total.requestsPerSecond}/s`);
  await assertExact(result, api);
});

deepTest(
  "a floor and a percentile with a window are not judged on the silence after their scenario has ended",
  async (t) => {
    const api = await freshApi();
    const { code, result } = await completedRun(t, [fixture("floors"), "--profile=ends", `--host=${api.url}`]);
    assertPassed(code, result);
    const windows = result.thresholds.slice(1).map(({ span }) => span?.windows);
    assert.deepEqual(
      windows.map((counts) => counts?.broken),
      [0, 0, 0, 0],
    );
    // How many exactly, tests/analysis/idle-scenarios.test.ts shows: on a busy machine, the first scenario ends later.
    const [jobs = 0, first = 0, times = 0, templates = 0] = windows.map((counts) => counts?.unjudged ?? 0);
    assert.ok(Math.min(jobs, first, times) > templates, JSON.stringify(windows));
    await assertExact(result, api);
  },
);
