import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { patienceMs } from "../../support/wait-until.ts";
import { TestFolder } from "../bundle/test-folder.ts";

const root = join(import.meta.dirname, "../../..");
const tsc = join(root, "node_modules/typescript/bin/tsc");

function compile(project: string) {
  return spawnSync(process.execPath, [tsc, "-p", project, "--noEmit"], { encoding: "utf8", timeout: patienceMs });
}

const projectOf = (file: string) =>
  JSON.stringify({
    extends: join(root, "tsconfig.json"),
    compilerOptions: {
      paths: { "muster-load": [join(root, "src/index.ts")] },
      typeRoots: [join(root, "node_modules/@types")],
    },
    include: [],
    files: [file],
  });

test("a misspelt or ill-typed field does not compile, and the state of a user is inferred", async () => {
  const file = join(import.meta.dirname, "../fixtures/definition.types.ts");
  await using folder = await TestFolder.with({ "tsconfig.json": projectOf(file) });
  const { status, stdout } = compile(folder.path);
  assert.equal(status, 0, stdout);
});

// Otherwise the test above would pass with a compiler that looks at nothing.
test("the compiler that says so does find errors", async () => {
  await using folder = await TestFolder.with({
    "wrong.ts": 'import { defineUser } from "muster-load"; defineUser({ name: "a", tusks: {} });',
  });
  await using project = await TestFolder.with({ "tsconfig.json": projectOf(folder.file("wrong.ts")) });
  const { status, stdout } = compile(project.path);
  assert.notEqual(status, 0);
  assert.match(stdout, /tusks/);
});
