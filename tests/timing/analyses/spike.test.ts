import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import type { MisbehaviourSettings } from "../../../examples/plot-palette/api/misbehaviour/settings.ts";
import { requireUndisturbed } from "../../support/assert-passed.ts";
import { attempts, Disturbed } from "../../support/attempts.ts";
import { deepTest } from "../../support/depth.ts";
import { fixture } from "../../support/fixture.ts";
import { completedRun } from "../../support/muster-process.ts";
import { SampleApi } from "../../support/sample-api.ts";

async function spiked(t: TestContext, profile: string, misbehaviour: MisbehaviourSettings, ...flags: string[]) {
  const api = await SampleApi.start(t);
  // So that the noise of a busy machine is small against what is measured.
  await api.misbehave({ latencyMs: 200, ...misbehaviour });
  const words = [fixture("spikes"), `--profile=${profile}`, `--host=${api.url}`, "--target=p95=1s", ...flags];
  const { code, result, run } = await completedRun(t, words);
  const [spike] = result.spike?.spikes ?? [];
  assert.ok(spike !== undefined, run.stdout);
  return { code, result, spike, run };
}

// They wait more than they work, so they do not disturb each other.
describe("a spike", { concurrency: 3 }, () => {
  it("from which a service does not recover by itself: the run fails, and says so", (t) =>
    attempts(3, async () => {
      const neverRecover = { aboveRequestsPerSecond: 100, latencyMs: 1_200 };
      const { code, result, spike } = await spiked(t, "brief", { neverRecover });
      requireUndisturbed(result);
      // The service of a busy machine is slow for a while, and then not.
      if (spike.recovery.kind !== "metastable") throw new Disturbed(JSON.stringify(spike));
      assert.deepEqual([code, result.verdict], [99, "failed"]);
      assert.match(String(result.reasons[0]), /will not recover without intervention \(metastable\)/);
    }));

  deepTest("that is absorbed by a service that scales out: how long that takes", async (t) => {
    // 160 come and 100 are served per second; 10 times as many from 3 s on, when 180 wait, for 0.2 s more.
    const misbehaviour = { capacity: { requestsPerSecond: 100 }, scaleOut: { afterMs: 3_000, factor: 10 } };
    const { spike, run } = await spiked(t, "arrivals", misbehaviour, "--no-store");
    const { absorption, recovery } = spike;
    assert.ok(absorption.kind === "absorbed", JSON.stringify(spike));
    assert.ok(Math.abs(absorption.afterMs - 3_200) <= 2_000, `absorbed after ${absorption.afterMs} ms`);
    assert.equal(recovery.kind, "recovered");
    assert.match(run.stdout, /✓ absorbed after \d s: a target broke after/);
  });

  deepTest("that is not absorbed, and from which the service recovers: how long that takes", async (t) => {
    // Back is who answers within 10 % of this: a busy machine must not delay requests by as much.
    const latencyMs = 600;
    const { spike } = await spiked(t, "arrivals", { latencyMs, capacity: { requestsPerSecond: 100 } });
    assert.equal(spike.absorption.kind, "not-absorbed");
    // 300 wait when the load drops, of which 60 more are served than come in each second.
    assert.ok(spike.recovery.kind === "recovered", JSON.stringify(spike));
    assert.ok(Math.abs(spike.recovery.afterMs - 5_000) <= 2_000, JSON.stringify(spike.recovery));
  });
});
