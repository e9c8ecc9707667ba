import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import { requireUndisturbed } from "../../support/assert-passed.ts";
import { attempts, Disturbed } from "../../support/attempts.ts";
import { deepTest } from "../../support/depth.ts";
import { fixture } from "../../support/fixture.ts";
import { completedRun } from "../../support/muster-process.ts";
import { SampleApi } from "../../support/sample-api.ts";
import { storedResult } from "../../support/stored-result.ts";

const timeout = 240_000;

async function soaked(t: TestContext, latencyMs: number, msPerMinute: number, profile = "soak") {
  const api = await SampleApi.start(t);
  await api.misbehave({ latencyMs, leak: { msPerMinute } });
  return await completedRun(t, [fixture("soaks"), `--profile=${profile}`, `--host=${api.url}`]);
}

async function failsByDrift(t: TestContext): Promise<void> {
  const { code, result, run } = await soaked(t, 50, 2_400);
  requireUndisturbed(result);
  const { drift } = result;
  assert.ok(drift != null && "series" in drift, JSON.stringify(drift));
  // The median, as a busy machine spoils it least.
  const p50 = drift.series.find(({ subject, statistic }) => subject === "GET /jobs" && statistic === "p50");
  assert.ok(p50 !== undefined, JSON.stringify(drift));
  if (drift.kind !== "drifting" || p50.verdict.kind !== "drifting") throw new Disturbed(JSON.stringify(p50));
  assert.equal(p50.verdict.direction, "worse");
  // 40 ms per second, many times what a busy machine adds, and from some 2 s now to 30 s. tests/analysis/drift has the exact figures.
  const perSecondMs = (p50.trend?.perHour ?? 0) / 3_600;
  if (perSecondMs <= 20 || perSecondMs >= 80) throw new Disturbed(JSON.stringify(p50.trend));
  const breaksAfterS = (p50.verdict.targetBreaksAfterMs ?? 0) / 1_000;
  assert.ok(breaksAfterS > 300 && breaksAfterS < 1_500, `${breaksAfterS} s`);
  assert.deepEqual([code, result.verdict], [99, "failed"], String(result.reasons));
  assert.match(run.stdout, /✗ p50 of GET \/jobs rises .* per hour/);

  // What is kept of the run says the same.
  assert.deepEqual(storedResult(run.dataFolder, result.run.id), result);
}

// They wait more than they work, so they do not disturb each other.
describe("a short soak", { concurrency: 3 }, () => {
  it("of a service that leaks drifts, and fails, now and looked back at", { timeout }, (t) =>
    attempts(3, () => failsByDrift(t)),
  );

  deepTest(
    "of a healthy service is stable",
    async (t) => {
      // A busy machine adds some 10 ms for a while: that is a step of a service that takes 50, and none of this one.
      const { code, result } = await soaked(t, 400, 0);
      assert.equal(result.drift?.kind, "stable", JSON.stringify(result.drift));
      assert.deepEqual([code, result.verdict], [0, "passed"]);
    },
    { timeout },
  );

  deepTest(
    "that drifts is ended early where that is asked for",
    async (t) => {
      const { code, result } = await soaked(t, 50, 2_400, "aborted");
      assert.deepEqual([code, result.verdict], [99, "failed"]);
      assert.ok(result.run.durationMs < 50_000, `${result.run.durationMs} ms`);
      assert.match(String(result.reasons[0]), /^drifting: .*the run was ended/);
    },
    { timeout },
  );
});
