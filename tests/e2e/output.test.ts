import assert from "node:assert/strict";
import { test } from "node:test";
import { resultSchema } from "../../src/report/result/result-schema.ts";
import { deepTest } from "../support/depth.ts";
import { assertExact } from "../support/exactness.ts";
import { fixture } from "../support/fixture.ts";
import { completedRun, MusterProcess } from "../support/muster-process.ts";
import { sampleApiOfFile } from "../support/sample-api.ts";

const freshApi = sampleApiOfFile();

test("Locust's flags mean the same here, and --json=- leaves standard output to the result", async (t) => {
  const api = await freshApi();
  const words = ["-f", fixture("visitors"), "--headless", "--users=7", "--spawn-rate=14", "--run-time=1s500ms"];
  const ours = ["--json=-", "--seed=42", "--processes=2", "-L", "WARNING"];
  const run = new MusterProcess(t, ["run", ...words, `--host=${api.url}`, ...ours]);
  assert.deepEqual(await run.ended(), { code: 0, signal: null });
  // Nothing below a warning, and no progress before 10 s are over, which a start takes on a busy machine.
  assert.deepEqual(run.saidLines, []);
  assert.ok(
    run.log.every(({ level }) => level >= 40),
    run.stderr,
  );
  const result = resultSchema.parse(JSON.parse(run.stdout));
  await assertExact(result, api);
  assert.deepEqual([result.peakUsers, result.run.seed, result.run.workers], [7, 42, 2]);
  assert.ok(result.run.durationMs >= 1_500);
  assert.equal(result.run.host, api.url);
});

deepTest("the summary on standard output: endpoints, thresholds, verdict, and where the result is", async (t) => {
  const api = await freshApi({ errorRate: 0.5 });
  const { result, run } = await completedRun(t, [fixture("visitors"), `--host=${api.url}`, "--run-time=1s"]);
  for (const { method, name } of result.endpoints) assert.match(run.stdout, new RegExp(`${method} .*${name}`));
  assert.match(run.stdout, /Aggregated/);
  assert.match(run.stdout, /500 Internal Server Error/);
  assert.match(run.stdout, /✓ p95 [\d.,]+ ms < \d+/);
  assert.match(run.stdout, /✗ errors [\d.]+ % < 1 %/);
  assert.match(run.stdout, /failed/i);
  assert.ok(run.stdout.includes(run.resultFile));
  assert.ok(!run.stdout.includes("\u001b"), "no colours where there is no terminal");
  assert.deepEqual(run.saidLines, []);
});
