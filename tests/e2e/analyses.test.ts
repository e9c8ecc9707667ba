import assert from "node:assert/strict";
import { describe } from "node:test";
import type { Result } from "../../src/report/result/result-schema.ts";
import { casesByDepth } from "../support/depth.ts";
import { assertExact } from "../support/exactness.ts";
import { fixture } from "../support/fixture.ts";
import { completedRun } from "../support/muster-process.ts";
import { SampleApi } from "../support/sample-api.ts";
import { storedResult } from "../support/stored-result.ts";

/* What holds of these runs on any machine. Whether they find what is wrong with a service depends on times: tests/timing/analyses. */

const codes: Readonly<Record<Result["verdict"], number>> = { passed: 0, failed: 99, invalid: 110, aborted: 105 };

const runs = [
  {
    name: "a search",
    words: [fixture("searches"), "--profile=short", "--run-time=12s"],
    says: /capacity /,
    assertAnalysed: ({ capacity }: Result) => {
      assert.ok(capacity?.kind === "arrivals", JSON.stringify(capacity));
      assert.equal(capacity.trials[0]?.ratePerSecond, 40);
      const held = capacity.trials.filter(({ outcome }) => outcome.kind === "passed");
      assert.ok(
        held.every(({ ratePerSecond }) => ratePerSecond <= 50),
        `more than 50/s held: ${JSON.stringify(held)}`,
      );
    },
  },
  {
    name: "a spike",
    words: [fixture("spikes"), "--profile=brief"],
    says: /spike, 2 s long/,
    assertAnalysed: ({ spike }: Result) => assert.equal(spike?.spikes.length, 1),
  },
  {
    name: "a soak",
    words: [fixture("soaks"), "--profile=soak", "--run-time=28s"],
    says: /drift/,
    assertAnalysed: ({ drift }: Result) => assert.ok(drift != null),
  },
] as const;

describe("the result has the analysis and every request, and is the same when it is looked back at:", {
  concurrency: runs.length,
}, () => {
  for (const [{ name, words, says, assertAnalysed }, declare] of casesByDepth(1, runs)) {
    declare(name, async (t) => {
      const api = await SampleApi.start(t);
      await api.misbehave({ latencyMs: 200, capacity: { requestsPerSecond: 50 } });
      const { code, result, run } = await completedRun(t, [...words, `--host=${api.url}`]);
      await assertExact(result, api);
      assert.equal(code, codes[result.verdict], String(result.reasons));
      assert.match(run.stdout, says);
      assertAnalysed(result);
      assert.deepEqual(storedResult(run.dataFolder, result.run.id), result);
    });
  }
});
