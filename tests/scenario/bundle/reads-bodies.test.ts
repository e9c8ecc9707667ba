import assert from "node:assert/strict";
import { test } from "node:test";
import { bundleTest } from "../../../src/scenario/bundle/bundle.ts";
import { mayReadBodies } from "../../../src/scenario/bundle/reads-bodies.ts";
import { TestFolder } from "./test-folder.ts";

const testFile = (code: string, imports = "") => `
  // A comment about the body, its text and json.
  import { defineTest, defineUser } from "muster-load";
  ${imports}
  const user = defineUser({ name: "a", tasks: { list: async (vu) => { const got = await vu.http.get("/jobs"); ${code} } } });
  export default defineTest({ users: [user] });
`;

async function mayRead(files: Readonly<Record<string, string>>): Promise<boolean> {
  await using folder = await TestFolder.with(files);
  return mayReadBodies((await bundleTest(folder.file("t.ts"))).source);
}

for (const code of [
  "",
  'vu.check("found", got.status === 200);',
  'if (!got.ok) throw new Error(got.error?.message ?? ""); vu.check("typed", got.headers["content-type"] === "a");',
]) {
  test(`no body is read: ${code}`, async () => assert.equal(await mayRead({ "t.ts": testFile(code) }), false));
}

for (const code of [
  "got.json();",
  'got["text"]();',
  "const { body } = got;",
  'const name = "json" as const; got[name]();',
  'new Function("got", "got.te" + "xt()")(got);',
  'await vu.http.post("/jobs", { json: {} });',
  "(await import(process.env.READER as string)).read(got);",
]) {
  test(`a body may be read: ${code}`, async () => assert.equal(await mayRead({ "t.ts": testFile(code) }), true));
}

test("code that is not in the bundle may read it", async () => {
  const load = 'import { createRequire } from "node:module"; const load = createRequire("/srv/tests/");';
  assert.equal(await mayRead({ "t.ts": testFile('load("./reader.cjs").read(got);', load) }), true);
  const run = 'import { runInThisContext } from "node:vm";';
  assert.equal(await mayRead({ "t.ts": testFile('runInThisContext("(got) => got.te" + "xt()")(got);', run) }), true);
});

test("what a test imports may read it, too", async () => {
  const files = {
    "t.ts": testFile("reading(got);", 'import { reading } from "./lib.ts";'),
    "lib.ts": "export const reading = (got: { json(): unknown }) => got.json();",
  };
  assert.equal(await mayRead(files), true);
});
