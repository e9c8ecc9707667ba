import assert from "node:assert/strict";
import { describe } from "node:test";
import { attempts, Disturbed } from "../../support/attempts.ts";
import { deepTest } from "../../support/depth.ts";
import { fixture } from "../../support/fixture.ts";
import { completedRun } from "../../support/muster-process.ts";
import { SampleApi } from "../../support/sample-api.ts";
import { storedResult } from "../../support/stored-result.ts";

const timeout = 500_000;

// They wait more than they work, so they do not disturb each other.
describe("what is observed of the sample API", { concurrency: 2 }, () => {
  deepTest(
    "names the queue as what saturated in a search",
    async (t) => {
      const api = await SampleApi.start(t);
      // Slow enough for the noise of a busy machine to be small against it.
      await api.misbehave({ latencyMs: 400, capacity: { requestsPerSecond: 80 } });
      await attempts(2, async () => {
        const words = [fixture("saturating"), "--profile=search", `--host=${api.url}`, "--run-time=150s"];
        const { result, run } = await completedRun(t, words, { SAMPLE_API: api.url });
        const { saturation, capacity } = result;
        const [first] = saturation?.moved ?? [];
        const trials = capacity?.kind === "arrivals" ? capacity.trials : [];
        const held = trials.filter(({ outcome }) => outcome.kind === "passed");
        const broken = trials.filter(({ outcome, ratePerSecond }) => outcome.kind === "failed" && ratePerSecond > 96);
        // 20, 30, 45 and 67.5 hold, and 101 does not: without these trials, the machine was too busy.
        if (held.length < 4 || broken.length === 0) throw new Disturbed(JSON.stringify(trials));
        assert.deepEqual([first?.name, first?.kind], ["queue", "rose"], JSON.stringify({ saturation, capacity }));
        assert.match(run.stdout, /saturated: queue rose to \d+ .*the break at \d+/);

        // What is kept of the run says the same.
        assert.deepEqual(storedResult(run.dataFolder, result.run.id).saturation, saturation);
      });
    },
    { timeout },
  );

  deepTest(
    "names the queue under a spike",
    async (t) => {
      const api = await SampleApi.start(t);
      await api.misbehave({ latencyMs: 100, capacity: { requestsPerSecond: 80 } });
      const words = [fixture("saturating"), "--profile=spike", `--host=${api.url}`];
      const { result, run } = await completedRun(t, words, { SAMPLE_API: api.url });
      const { saturation } = result;
      // 120 requests a second are too many, for six seconds.
      const queue = saturation?.moved.find(({ name }) => name === "queue");
      assert.deepEqual([saturation?.of, queue?.kind], ["spike", "rose"], JSON.stringify(saturation));
      assert.match(run.stdout, /queue rose to \d+ at 00:\d\d/);
    },
    { timeout },
  );

  deepTest(
    "calls a leak in memory a drift, and names it, while the response times are flat",
    async (t) => {
      const api = await SampleApi.start(t);
      await api.misbehave({ latencyMs: 100, memoryLeak: { bytesPerRequest: 20_000 } });
      const words = [fixture("saturating"), "--profile=soak", `--host=${api.url}`];
      const { code, result, run } = await completedRun(t, words, { SAMPLE_API: api.url });
      const memory = result.drift?.observed?.find(({ subject }) => subject === "memory");
      assert.ok(memory?.verdict.kind === "drifting", JSON.stringify(result.drift));
      assert.deepEqual([code, result.verdict, result.drift?.kind], [99, "failed", "drifting"]);
      assert.match(String(result.reasons[0]), /^drifting: observed memory rises \d+ % per hour \(\d+(\.\d+)? GB\)/);
      assert.match(run.stdout, /✗ observed memory rises/);
      const found = result.events.find(({ kind }) => kind === "drift-found");
      assert.match(String(found?.text), /observed memory rises/);
    },
    { timeout },
  );
});
