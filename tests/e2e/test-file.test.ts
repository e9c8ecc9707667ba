import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { assertPassed } from "../support/assert-passed.ts";
import { deepTest } from "../support/depth.ts";
import { assertExact } from "../support/exactness.ts";
import { completedRun, runUntil } from "../support/muster-process.ts";
import { sampleApiOfFile } from "../support/sample-api.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const freshApi = sampleApiOfFile();

// The files stand in a folder without node_modules or package.json, as those of a user may.

test("a test file anywhere imports muster-load, a helper beside it and a JSON file", async (t) => {
  const api = await freshApi();
  const folder = await temporaryFolder(t, {
    "tests/work.test.ts": `
import { randomUUID } from "node:crypto";
import { closed, constant, defineTest } from "muster-load";
import settings from "../data/settings.json" with { type: "json" };
import { reader } from "../lib/reader.ts";

enum Unit { second = "s" } // not erasable: bundled all the same

export default defineTest({
  users: [reader(settings.path, randomUUID())],
  load: closed({ users: settings.users, spawnRate: 100, duration: \`1\${Unit.second}\` }),
});
`,
    "lib/reader.ts": `
import { constant, defineUser } from "muster-load";
export const reader = (path: string, id: string) => defineUser({
  name: "Reader",
  pause: constant("20ms"),
  tasks: { read: (vu) => vu.http.get(path, { headers: { "x-user": id } }) },
});
`,
    "data/settings.json": '{ "path": "/templates", "users": 3 }',
  });
  const { code, result } = await completedRun(t, [join(folder, "tests", "work.test.ts"), `--host=${api.url}`]);
  assertPassed(code, result);
  assert.deepEqual([result.run.test, result.run.profile], ["work", "default"]);
  assert.deepEqual(result.users, { Reader: 3 });
  assert.deepEqual(
    result.endpoints.map(({ method, name }) => `${method} ${name}`),
    ["GET /templates"],
  );
  await assertExact(result, api);
});

deepTest("a task that throws is a failed iteration, reported with its place in the test's source", async (t) => {
  const api = await freshApi();
  const folder = await temporaryFolder(t, {
    "test.ts": `import { closed, constant, defineTest, defineUser } from "muster-load";
import { fail } from "./fail.ts";

interface Unused { readonly field: string } // lines that are gone in the bundle must not shift the place
const user = defineUser({
  name: "User",
  order: "sequential",
  pause: constant("10ms"),
  tasks: {
    good: (vu) => vu.http.get("/templates"),
    async bad(vu) {
      await vu.http.get("/jobs");
      throw new Error("it is broken");
    },
    worse: () => fail(),
  },
});
export default defineTest({ users: [user], load: closed({ users: 2, spawnRate: 10, duration: "1s" }) });
`,
    "fail.ts": `
export function fail(): never {
  const nothing: { field?: { deep: string } } = {};
  throw new TypeError(nothing.field?.deep ?? "nothing there");
}
`,
  });
  const result = await runUntil(t, [join(folder, "test.ts"), `--host=${api.url}`], async () => {
    const { routes } = await api.counts();
    return (routes["GET /jobs"]?.requests ?? 0) >= 5;
  });
  const exceptions = result.errors.filter((error) => error.kind === "exception");
  assert.equal(
    exceptions.reduce((sum, error) => sum + error.count, 0),
    result.failedIterations,
  );
  assert.ok(result.failedIterations > 4 && result.iterations > result.failedIterations);
  assert.deepEqual(exceptions.map((error) => error.name).sort(), ["bad", "worse"]);
  const messageOf = (task: string) => exceptions.find((error) => error.name === task)?.message ?? "";
  assert.match(messageOf("bad"), /^Error: it is broken \(test\.ts:13:\d+\)$/);
  assert.match(messageOf("worse"), /^TypeError: nothing there \(fail\.ts:4:\d+\)$/);
  assert.equal(result.total.failures, 0, "the requests were good");
  await assertExact(result, api);
});
