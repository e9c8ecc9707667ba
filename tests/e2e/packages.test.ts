import assert from "node:assert/strict";
import { mkdir, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { completedRun, MusterProcess } from "../support/muster-process.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const modules = fileURLToPath(new URL("../../node_modules", import.meta.url));

const testFile = `import { defineTest, defineUser, iterations } from "muster-load";
import { parseSync } from "oxc-parser";
import { lines } from "reads-a-file";
import { addonOf } from "requires-an-addon";
const user = defineUser({
  name: "User",
  tasks: {
    parse: (vu) => vu.measure("parse", ({ fail }) => {
      const { errors } = parseSync("a.js", "let a = 1;");
      if (errors.length > 0 || lines() !== 3 || addonOf().parseSync !== parseSync) fail("wrong");
    }),
  },
});
export default defineTest({
  host: "http://127.0.0.1",
  users: [user],
  load: iterations({ users: 4, perUser: 5 }),
  thresholds: { failures: "rate==0", "requests{name:parse}": "count==20" },
});
`;

/** A test with a package that has a native add-on, one in the bundle that requires it, and one that reads a file of its own at run time. */
async function folderOfTest(t: Parameters<typeof temporaryFolder>[0], manifest: object): Promise<string> {
  const folder = await temporaryFolder(t, { "native.ts": testFile, "package.json": JSON.stringify(manifest) });
  const write = async (name: string, files: Record<string, string>) => {
    const at = path.join(folder, "node_modules", name);
    await mkdir(at, { recursive: true });
    for (const [file, text] of Object.entries(files)) await writeFile(path.join(at, file), text);
  };
  await write("reads-a-file", {
    "package.json": '{ "name": "reads-a-file", "main": "main.js" }',
    "main.js": `const text = require("fs").readFileSync(require("path").join(__dirname, "data.txt"), "utf8");
      exports.lines = () => text.split("\\n").length;`,
    "data.txt": "one\ntwo\nthree",
  });
  await write("requires-an-addon", {
    "package.json": '{ "name": "requires-an-addon", "main": "main.js" }',
    "main.js": 'exports.addonOf = () => require("oxc-parser");',
  });
  await symlink(path.join(modules, "oxc-parser"), path.join(folder, "node_modules/oxc-parser"));
  return folder;
}

test("workers load packages with native add-ons, and those that the test names, from the disk of the test", async (t) => {
  const folder = await folderOfTest(t, { muster: { external: ["reads-a-file"] } });
  const { code, result } = await completedRun(t, [path.join(folder, "native.ts"), "--workers=2"]);
  assert.deepEqual([code, result.errors], [0, []], String(result.reasons));
});

test("a test that forbids native add-ons loads none", async (t) => {
  const folder = await folderOfTest(t, { muster: { external: ["reads-a-file"] } });
  const file = path.join(folder, "native.ts");
  await writeFile(file, testFile.replace("users: [user],", "users: [user], permissions: { addons: false },"));
  const { code, result } = await completedRun(t, [file]);
  assert.equal(code, 107);
  assert.match(result.reasons.join(), /could not be loaded on worker 1/);
});

test("a package that reads files of its own and is not named says so", async (t) => {
  const folder = await folderOfTest(t, {});
  const plan = new MusterProcess(t, ["plan", path.join(folder, "native.ts")]);
  assert.equal((await plan.ended()).code, 107);
  assert.match(plan.stderr, /__dirname is not defined.*"muster": \{ "external": \["reads-a-file"\] \}/);
});
