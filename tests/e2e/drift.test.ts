import assert from "node:assert/strict";
import { test } from "node:test";
import { resultOf } from "../../src/report/result/result-of.ts";
import { storedRunData } from "../../src/report/result/stored-run-data.ts";
import { Store } from "../../src/store/store.ts";
import { fixture } from "../support/fixture.ts";
import { completedRun } from "../support/muster-process.ts";
import { SampleApi } from "../support/sample-api.ts";

test("a short soak of a service that leaks drifts, and fails; of a healthy one it is stable", {
  timeout: 120_000,
}, async (t) => {
  const soaked = async (latencyMs: number, msPerMinute: number, profile = "soak") => {
    const api = await SampleApi.start(t);
    await api.misbehave({ latencyMs, leak: { msPerMinute } });
    return await completedRun(t, [fixture("soaks"), `--profile=${profile}`, `--host=${api.url}`]);
  };
  // They wait more than they work, so they do not disturb each other.
  const [leaking, healthy, aborted] = await Promise.all([
    soaked(50, 600),
    // A busy machine adds some 10 ms for a while: that is a step of a service that takes 50, and none of this one.
    soaked(400, 0),
    soaked(50, 600, "aborted"),
  ]);

  const { drift } = leaking.result;
  assert.equal(drift?.kind, "drifting");
  // The median, as a busy machine spoils it least.
  const p50 = drift.series.find(({ subject, statistic }) => subject === "GET /jobs" && statistic === "p50");
  assert.ok(p50?.verdict.kind === "drifting" && p50.verdict.direction === "worse", JSON.stringify(p50));
  // 10 ms per second.
  assert.ok(Math.abs((p50.trend?.perHour ?? 0) / 36_000 - 1) < 0.15, JSON.stringify(p50.trend));
  // From some 0.4 s now to 30 s.
  const breaksAfterS = (p50.verdict.targetBreaksAfterMs ?? 0) / 1_000;
  assert.ok(Math.abs(breaksAfterS - 2_960) < 500, `${breaksAfterS} s`);
  assert.deepEqual([leaking.code, leaking.result.verdict], [99, "failed"]);
  assert.match(leaking.run.stdout, /✗ p50 of GET \/jobs rises .* per hour/);
  assert.ok(leaking.result.events.some(({ kind }) => kind === "drift-found"));

  assert.equal(healthy.result.drift?.kind, "stable", JSON.stringify(healthy.result.drift));
  assert.deepEqual([healthy.code, healthy.result.verdict], [0, "passed"]);

  assert.deepEqual([aborted.code, aborted.result.verdict], [99, "failed"]);
  assert.ok(aborted.result.run.durationMs < 50_000, `${aborted.result.run.durationMs} ms`);
  assert.match(String(aborted.result.reasons[0]), /^drifting: .*the run was ended/);

  // What is kept of the run says the same.
  using store = Store.open(leaking.run.dataFolder);
  const { id } = leaking.result.run;
  const run = store.run(id);
  using reader = store.reader(id);
  assert.ok(run !== undefined);
  assert.deepEqual(resultOf(storedRunData(run, reader)), leaking.result);
});
