import assert from "node:assert/strict";
import { test } from "node:test";
import { assertPassed } from "../support/assert-passed.ts";
import { assertExact } from "../support/exactness.ts";
import { fixture } from "../support/fixture.ts";
import { completedRun, MusterProcess } from "../support/muster-process.ts";
import { sampleApiOfFile } from "../support/sample-api.ts";

const freshApi = sampleApiOfFile();

test("--tags and --exclude-tags: workers run the tasks that were asked for, and the plan shows no others", async (t) => {
  const api = await freshApi();
  const words = [fixture("tagged"), `--host=${api.url}`, "--tags=read,write", "--exclude-tags=slow"];
  const { code, result } = await completedRun(t, words);
  assertPassed(code, result);
  assert.deepEqual(
    result.endpoints.map(({ name }) => name),
    ["/jobs"],
  );
  await assertExact(result, api);

  const plan = new MusterProcess(t, ["plan", ...words]);
  assert.deepEqual(await plan.ended(), { code: 0, signal: null });
  assert.match(plan.stdout, /Reader +4 +100\.0 % +list jobs +100\.0 %/);
  assert.match(plan.stdout, /Watcher +0 +0 %/);
  assert.doesNotMatch(plan.stdout, /list templates|ask for health/);
});
