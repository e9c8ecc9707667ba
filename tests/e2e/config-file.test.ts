import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { PlanDocument } from "../../src/report/files/plan-json.ts";
import { assertPassed } from "../support/assert-passed.ts";
import { casesByDepth } from "../support/depth.ts";
import { fixture } from "../support/fixture.ts";
import { type completedRun, MusterProcess } from "../support/muster-process.ts";
import { sampleApiOfFile } from "../support/sample-api.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import type { Cleanup } from "../support/test-process.ts";

const freshApi = sampleApiOfFile();

const nowhere = "http://127.0.0.1:9";

function folderWith(t: Cleanup, config: string): Promise<string> {
  const text = `import { defineConfig } from "muster-load";\nexport default defineConfig(${config});\n`;
  return temporaryFolder(t, { "muster.config.ts": text });
}

async function planned(
  t: Cleanup,
  cwd: string,
  flags: readonly string[] = [],
  env: Record<string, string> = {},
): Promise<PlanDocument> {
  const plan = new MusterProcess(t, ["plan", fixture("visitors"), "--json", "--at=1m", ...flags], { cwd, env });
  assert.deepEqual(await plan.ended(), { code: 0, signal: null }, plan.stderr);
  return JSON.parse(plan.stdout) as PlanDocument;
}

test("flags come before variables, they before muster.config.ts, and that before the test file", async (t) => {
  const config = { host: nowhere, profile: "selector", users: 7, spawnRate: 7, runTime: "9s", workers: 2 };
  const cwd = await folderWith(t, JSON.stringify({ ...config, target: { p95: "123ms" }, json: "result.json" }));
  const facts = (plan: PlanDocument) => [plan.profile, plan.scenarios[0]?.peakUsers, plan.durationMs, plan.workers];
  const bare = await planned(t, cwd);
  assert.deepEqual(facts(bare), ["selector", 7, 9_000, 2]);
  assert.deepEqual([bare.host, bare.thresholds[0]], [nowhere, "response_time: p(95)<123"]);
  const env = { MUSTER_USERS: "8", MUSTER_RUN_TIME: "10s" };
  assert.deepEqual(facts(await planned(t, cwd, [], env)), ["selector", 8, 10_000, 2]);
  assert.deepEqual(facts(await planned(t, cwd, ["--users=9", "--profile=targets"], env)), ["targets", 9, 10_000, 2]);
});

test("a run and its workers go by it, and so does the folder of the runs", async (t) => {
  const api = await freshApi();
  const cwd = await folderWith(
    t,
    JSON.stringify({ host: api.url, users: 3, spawnRate: 100, runTime: "2s", processes: 2, tls: true, store: false }),
  );
  const run = new MusterProcess(t, ["run", fixture("visitors"), "--json=-"], { cwd });
  const { code } = await run.ended();
  const result = JSON.parse(run.stdout) as Awaited<ReturnType<typeof completedRun>>["result"];
  assertPassed(code, result);
  assert.deepEqual(
    [result.peakUsers, result.workers.length, result.total.requests],
    [3, 2, (await api.counts()).total],
  );
});

describe("what muster.config.ts may not say: one line, 104, and nothing is started", { concurrency: 3 }, () => {
  const cases: [what: string, config: string, says: RegExp][] = [
    [
      "an unknown field",
      "{ spwanRate: 3 } as object",
      /^muster\.config\.ts, spwanRate: unknown option; did you mean spawnRate\?$/,
    ],
    [
      "what throws",
      "{ users: JSON.parse('{') }",
      /^muster\.config\.ts threw while it was loaded: .*muster\.config\.ts:2/,
    ],
    ["what does not parse", "{", /^muster\.config\.ts:\d+:\d+: /],
    [
      "a wrong value",
      "{ users: -1 }",
      /^muster\.config\.ts, users: '-1' is invalid\. Expected a whole number of at least 0\.$/,
    ],
    [
      "a wrong choice",
      '{ engine: "curl" } as object',
      /^muster\.config\.ts, engine: 'curl' is invalid\. Allowed choices are own, undici\.$/,
    ],
    ["a wrong type", '{ equalWeights: "yes" } as object', /^muster\.config\.ts, equalWeights: expected true or false$/],
    ["a function", "{ users: () => 3 } as object", /^muster\.config\.ts, users: expected text or a number$/],
    ["a secret", '{ token: "x" } as object', /^muster\.config\.ts, token: must not be in this file/],
    [
      "no object",
      "3 as unknown as object",
      /^muster\.config\.ts has no default export of a configuration: export default defineConfig/,
    ],
  ];
  // One for each place where they are found: a field, the code of the file, its syntax.
  for (const [[what, config, says], declare] of casesByDepth(3, cases)) {
    declare(what, async (t) => {
      const cwd = await folderWith(t, config);
      const muster = new MusterProcess(t, ["run", fixture("visitors"), `--host=${nowhere}`], { cwd });
      assert.deepEqual(await muster.ended(), { code: 104, signal: null });
      assert.equal(muster.saidLines.length, 1, muster.stderr);
      assert.match((muster.saidLines[0] ?? "").replace(/^muster: /, ""), says);
      assert.deepEqual([muster.stdout, muster.log], ["", []]);
    });
  }
});
