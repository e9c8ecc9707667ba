import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { resultSchema } from "../../src/report/result/result-schema.ts";
import { warningsOf } from "../support/assert-passed.ts";
import { deepTest } from "../support/depth.ts";
import { completedRun } from "../support/muster-process.ts";
import { sampleApiOfFile } from "../support/sample-api.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const freshApi = sampleApiOfFile();

const source = (broken: boolean) => `import { appendFileSync, writeFileSync } from "node:fs";
import { defineTest, defineUser, env, iterations } from "muster-load";
const folder = env("HOOKS_FOLDER");
const note = (what) => appendFileSync(folder + "/calls.txt", what + "\\n");
const broken = ${broken};
const called = (name) => (context) => {
  note([name, context.worker ?? "master", context.profile, context.isResumed ?? ""].join(" "));
  if (context.result !== undefined) writeFileSync(folder + "/result.json", JSON.stringify(context));
  if (broken) throw new Error(name + " is broken");
};
export default defineTest({
  users: [defineUser({ name: "User", tasks: { list: (vu) => vu.http.get("/jobs") } })],
  permissions: { write: [folder] },
  profiles: { small: { load: iterations({ users: 2, total: 10 }) } },
  setup: () => note("setup"),
  teardown: () => note("teardown"),
  onWorkerStart: called("onWorkerStart"),
  onWorkerStop: called("onWorkerStop"),
  onRunStart: called("onRunStart"),
  onRunEnd: called("onRunEnd"),
});
`;

test("hooks run once per worker and once per run, in order, with the result at the end", async (t) => {
  const { url } = await freshApi();
  const folder = await temporaryFolder(t, { "test.ts": source(false) });
  const words = [join(folder, "test.ts"), `--host=${url}`, "--profile=small", "--workers=2", "--no-store"];
  const { result } = await completedRun(t, words, { HOOKS_FOLDER: folder });
  const calls = (await readFile(join(folder, "calls.txt"), "utf8")).trimEnd().split("\n");
  assert.deepEqual(
    [calls[0], calls.slice(1, 3).toSorted(), calls[3], calls.slice(4, 6).toSorted(), ...calls.slice(6)],
    [
      "onRunStart master small false",
      ["onWorkerStart 1 small ", "onWorkerStart 2 small "],
      "setup",
      ["onWorkerStop 1 small ", "onWorkerStop 2 small "],
      "teardown",
      "onRunEnd master small false",
    ],
  );
  assert.deepEqual([result.verdict, warningsOf(result), result.errors], ["passed", [], []]);
  const ended = JSON.parse(await readFile(join(folder, "result.json"), "utf8"));
  assert.deepEqual(resultSchema.parse(ended.result), result);
  assert.equal(ended.runId, result.run.id);
});

deepTest("hooks that throw are said, and change neither the load nor the verdict", async (t) => {
  const { url } = await freshApi();
  const folder = await temporaryFolder(t, { "test.ts": source(true) });
  const words = [join(folder, "test.ts"), `--host=${url}`, "--profile=small", "--workers=2", "--no-store"];
  const { run, result } = await completedRun(t, words, { HOOKS_FOLDER: folder });
  assert.deepEqual([result.verdict, result.exitCode, result.iterations], ["passed", 0, 10]);
  assert.match(result.warnings.join("\n"), /the test's onRunStart failed: Error: onRunStart is broken \(test\.ts:/);
  assert.deepEqual(result.errors.map(({ name, kind, count }) => [name, kind, count]).toSorted(), [
    ["onWorkerStart", "exception", 2],
    ["onWorkerStop", "exception", 2],
  ]);
  assert.match(run.stderr, /the test's onRunEnd failed: Error: onRunEnd is broken/);
  assert.match(run.stderr, /the test's onWorkerStop failed/);
});
