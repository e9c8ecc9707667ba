import assert from "node:assert/strict";
import { test } from "node:test";
import type { MisbehaviourSettings } from "../../examples/plot-palette/api/misbehaviour/settings.ts";
import { fixture } from "../support/fixture.ts";
import { completedRun } from "../support/muster-process.ts";
import { SampleApi } from "../support/sample-api.ts";

test("a spike: how long until it is absorbed, whether it is at all, and whether the service recovers", async (t) => {
  const spiked = async (profile: string, misbehaviour: MisbehaviourSettings, ...flags: string[]) => {
    const api = await SampleApi.start(t);
    // So that the noise of a busy machine is small against what is measured.
    await api.misbehave({ latencyMs: 200, ...misbehaviour });
    const words = [fixture("spikes"), `--profile=${profile}`, `--host=${api.url}`, ...flags];
    const { code, result, run } = await completedRun(t, words);
    const [spike] = result.spike?.spikes ?? [];
    assert.ok(spike !== undefined, run.stdout);
    return { code, result, spike, run };
  };
  // They wait more than they work, so they do not disturb each other.
  const [scaledOut, held, metastable] = await Promise.all([
    // 160 come and 100 are served per second; 10 times as many from 3 s on, when 180 wait, for 0.2 s more.
    spiked(
      "arrivals",
      { capacity: { requestsPerSecond: 100 }, scaleOut: { afterMs: 3_000, factor: 10 } },
      "--no-store",
    ),
    spiked("arrivals", { capacity: { requestsPerSecond: 100 } }),
    spiked("brief", { neverRecover: { aboveRequestsPerSecond: 100, latencyMs: 400 } }),
  ]);

  const { absorption, recovery } = scaledOut.spike;
  assert.ok(absorption.kind === "absorbed", JSON.stringify(scaledOut.spike));
  assert.ok(Math.abs(absorption.afterMs - 3_200) <= 2_000, `absorbed after ${absorption.afterMs} ms`);
  assert.equal(recovery.kind, "recovered");
  assert.match(scaledOut.run.stdout, /✓ absorbed after \d s: a target broke after/);

  assert.equal(held.spike.absorption.kind, "not-absorbed");
  // 300 wait when the load drops, of which 60 more are served than come in each second.
  assert.ok(held.spike.recovery.kind === "recovered", JSON.stringify(held.spike));
  assert.ok(Math.abs(held.spike.recovery.afterMs - 5_000) <= 2_000, JSON.stringify(held.spike.recovery));

  assert.equal(metastable.spike.recovery.kind, "metastable");
  assert.deepEqual([metastable.code, metastable.result.verdict], [99, "failed"]);
  assert.match(String(metastable.result.reasons[0]), /will not recover without intervention \(metastable\)/);
});
