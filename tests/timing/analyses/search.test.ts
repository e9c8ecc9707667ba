import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import type { Result } from "../../../src/report/result/result-schema.ts";
import { attempts, Disturbed } from "../../support/attempts.ts";
import { deepTest } from "../../support/depth.ts";
import { startWorker } from "../../support/distributed.ts";
import { fixture } from "../../support/fixture.ts";
import { completedRun, MusterRun } from "../../support/muster-process.ts";
import { SampleApi } from "../../support/sample-api.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { unusedPort } from "../../support/unused-port.ts";
import { waitUntil } from "../../support/wait-until.ts";

const searches = fixture("searches");

/** Without those that a busy machine spoilt. */
function soundTrialsOf({ capacity }: Result) {
  assert.ok(capacity?.kind === "arrivals", JSON.stringify(capacity));
  const sound = capacity.trials.filter(({ outcome }) => outcome.kind !== "invalid");
  return { capacity, trials: sound.map(({ ratePerSecond, outcome }) => [ratePerSecond, outcome.kind]) };
}

/** 50 are served per second. */
async function limitedApi(t: TestContext): Promise<SampleApi> {
  const api = await SampleApi.start(t);
  await api.misbehave({ latencyMs: 200, capacity: { requestsPerSecond: 50 } });
  return api;
}

const ignored = "a search is not judged by totals, which it breaks on purpose: requests rate>1000";
const timeout = 240_000;

// They wait more than they work, so they do not disturb each other.
describe("a search", { concurrency: 3 }, () => {
  it("for a rate, up to its deadline", { timeout }, async (t) => {
    const api = await limitedApi(t);
    // So that the noise of a busy machine is small against the target.
    const words = [searches, "--profile=short", `--host=${api.url}`, "--run-time=26s", "--target=p95=1s"];
    await attempts(3, async () => {
      const { code, result, run } = await completedRun(t, words);
      // 40 hold, 60 do not, also when they are tried again, and there is no time to look between them.
      const { capacity, trials } = soundTrialsOf(result);
      if (trials.length < Math.max(3, capacity.trials.length)) throw new Disturbed(JSON.stringify(capacity.trials));
      assert.deepEqual(trials, [
        [40, "passed"],
        [60, "failed"],
        [60, "failed"],
      ]);
      assert.ok(
        capacity.capacity.kind === "at-least" && capacity.capacity.because === "deadline",
        JSON.stringify(capacity),
      );
      assert.equal(capacity.capacity.ratePerSecond, 40);
      assert.deepEqual([code, result.verdict, result.thresholds], [110, "invalid", []]);
      assert.match(String(result.reasons), /50\/s was not tested: the search reached its deadline/);
      assert.match(run.stdout, /capacity at least 40\.0 iterations\/s/);
      assert.ok(result.events.some(({ text }) => /^trial \d: 60\/s failed/.test(text)));
      assert.ok(run.log.some(({ level, msg }) => level === 40 && msg === ignored));
      assert.equal(result.warnings.filter((text) => text === ignored).length, 1);
    });
  });

  deepTest(
    "for a rate, which its master's death interrupts",
    async (t) => {
      const [api, port, dataFolder] = [await limitedApi(t), await unusedPort(), await temporaryFolder(t)];
      const env = { MUSTER_DATA_DIR: dataFolder };
      const bind = `--master-bind-port=${port}`;
      const words = [searches, "--profile=short", `--host=${api.url}`, "--run-time=26s", "--expect-workers=1"];
      const master = await MusterRun.start(t, ["master", bind, ...words], env);
      await master.masterPort();
      startWorker(t, port, "");
      await waitUntil("a trial", () => master.log.some(({ msg }) => msg.startsWith("trial 1:")));
      master.kill("SIGKILL");
      await master.ended();
      const runId = String(master.log.find((line) => line.run !== undefined)?.run);
      const { result } = await (await MusterRun.start(t, ["master", bind, `--resume=${runId}`], env)).finished();

      assert.equal(result.warnings.filter((text) => text === ignored).length, 1);
      const { capacity } = soundTrialsOf(result);
      // That it repeats the trial that nobody watched, its unit test shows; on a busy machine it may have been draining.
      const endedMs = result.events.find(({ kind }) => kind === "master-resumed")?.atMs ?? Number.POSITIVE_INFINITY;
      const later = capacity.trials.filter(({ startMs }) => startMs > endedMs);
      assert.ok(later.length > 0, "the search went on");
      assert.equal(capacity.reason, "deadline");
    },
    { timeout },
  );

  deepTest(
    "for users",
    async (t) => {
      const api = await limitedApi(t);
      const { code, result } = await completedRun(t, [searches, "--profile=few", `--host=${api.url}`, "--no-store"]);
      const law = result.capacity;
      assert.ok(law?.kind === "users", JSON.stringify(law));
      assert.deepEqual(
        [[...new Set(law.trials.map((trial) => trial.users))], law.reason, law.holdsUsers],
        [[1, 2], "max", 2],
      );
      assert.deepEqual([code, law.law.kind], [0, "insufficient"]);
    },
    { timeout },
  );
});
