import assert from "node:assert/strict";
import { test } from "node:test";
import { fixture } from "../support/fixture.ts";
import { completedRun, MusterProcess } from "../support/muster-process.ts";
import { sampleApiOfFile } from "../support/sample-api.ts";

const freshApi = sampleApiOfFile();

test("parts of the requests by class, scenario, tag and status, and the test's own metrics, are exact over workers", async (t) => {
  const api = await freshApi();
  const { code, result, run } = await completedRun(t, [fixture("sliced"), `--host=${api.url}`, "--workers=3"]);
  const missed = result.thresholds.filter(({ passed }) => !passed);
  assert.deepEqual([code, missed], [0, []], String(result.reasons));
  assert.equal(result.total.requests, 101);
  const metrics = Object.fromEntries((result.metrics ?? []).map((metric) => [metric.name, metric]));
  const names = Object.keys(metrics);
  for (const name of ["cart_size", "even", "last_index", "orders", 'orders{plan:"gold"}', "waiting_time"])
    assert.ok(names.includes(name), `${name} of ${names}`);
  assert.ok(!names.includes("blocked_time"), "nobody asked for it");
  const { cart_size: size, even } = metrics;
  assert.ok(size?.kind === "trend" && even?.kind === "rate");
  assert.deepEqual([size.count, size.mean, size.max, Math.round(size.percentiles["50"] ?? 0)], [40, 5.5, 10, 5]);
  assert.deepEqual([even.rate, even.count, even.total], [0.5, 20, 40]);
  assert.match(run.stdout, /cart_size +p50 5 {2}p95 10 {2}max 10 {2}\(40 values\)/);
  assert.match(run.stdout, /orders +80 {2}\(/);
  assert.equal((await api.counts()).total, 101);
});

test("a threshold on a metric that nobody declares is refused before the run, with the nearest", async (t) => {
  const words = ["run", fixture("sliced"), "--profile=unknown", "--host=http://127.0.0.1:1"];
  const run = new MusterProcess(t, words);
  const { code } = await run.ended();
  assert.equal(code, 104);
  assert.match(run.stderr, /threshold "ordres", column 1: unknown metric "ordres", did you mean "orders"\?/);
});
