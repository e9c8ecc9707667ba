import assert from "node:assert/strict";
import { test } from "node:test";
import { fixture } from "../support/fixture.ts";
import { MusterRun } from "../support/muster-process.ts";
import { SampleApi } from "../support/sample-api.ts";
import { waitUntil } from "../support/wait-until.ts";

const asked = 1_500;

for (const profile of ["total with pauses", "per user with pauses"]) {
  for (const signal of ["SIGKILL", "SIGTERM"] as const) {
    test(`${profile}: a worker ends by ${signal}, and as many iterations as asked for are in the result`, async (t) => {
      const api = await SampleApi.start(t);
      const words = ["run", fixture("loads"), `--profile=${profile}`, "--workers=3", `--host=${api.url}`];
      const run = await MusterRun.start(t, words);
      const [victim = 0] = await run.workerPids(3);
      await waitUntil("a part of them", async () => (await api.counts()).total > asked / 2);
      process.kill(victim, signal);
      const { code, result } = await run.finished();

      assert.equal(code, 0, String(result.reasons));
      assert.deepEqual([result.iterations, result.droppedIterations], [asked, 0]);
      assert.match(result.warnings.join(), /its 4 users moved to the other workers/);
      const { total } = await api.counts();
      // What a killed worker did and could not report is done again.
      if (signal === "SIGTERM") assert.equal(total, asked);
      else assert.ok(total >= asked && total <= asked + asked / 3, `${total} of ${asked}`);
      assert.equal(result.ledger.missing.length, signal === "SIGTERM" ? 0 : 1);
    });
  }
}
