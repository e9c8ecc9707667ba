import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { ConfigurationError } from "../../../src/core/errors.ts";
import { bundleTest } from "../../../src/scenario/bundle/bundle.ts";
import { loadBundle } from "../../../src/scenario/bundle/load-bundle.ts";
import { TestFolder } from "./test-folder.ts";

/** A test file whose host tells what `expression` came to. */
const testFile = (imports: string, expression: string) => `
  import { defineTest, defineUser } from "muster-load";
  ${imports}
  const user = defineUser({ name: "a", tasks: { list: () => {} } });
  export default defineTest({ host: String(${expression}), users: [user] });
`;

async function hostOf(files: Readonly<Record<string, string>>): Promise<string | undefined> {
  await using folder = await TestFolder.with(files);
  const bundle = await bundleTest(folder.file("t.ts"));
  // As on a worker: nothing but the bundle is left.
  await folder[Symbol.asyncDispose]();
  return (await loadBundle(bundle)).host;
}

const refused = (message: RegExp) => (error: unknown) =>
  error instanceof ConfigurationError && message.test(error.message) && error.cause !== undefined;

/** Each package has a name of its own: a process loads a module once. */
const withAddon = (name: string, manifest: string) => ({
  [`node_modules/@native/${name}/package.json`]: `{ "name": "@native/${name}", "main": "main.js", ${manifest} }`,
  [`node_modules/@native/${name}/main.js`]: "exports.where = __filename;",
  "t.ts": testFile(`import { where } from "@native/${name}";`, "where"),
});

for (const [name, manifest] of Object.entries({
  compiled: '"gypfile": true',
  rust: '"napi": {}',
  found: '"dependencies": { "node-gyp-build": "4" }',
  prebuilt: '"optionalDependencies": { "@a/linux-x64": "1" }',
})) {
  test(`a package with ${manifest} stays out of the bundle, and is loaded as a file`, async () => {
    await using folder = await TestFolder.with(withAddon(name, manifest));
    const { host } = await loadBundle(await bundleTest(folder.file("t.ts")));
    assert.equal(host, folder.file(`node_modules/@native/${name}/main.js`));
  });
}

test("a worker without a package that is not in the bundle says where to install it", async () => {
  await assert.rejects(
    hostOf(withAddon("missing", '"binary": {}')),
    /Cannot find package '@native\/missing'.*; it is not part of the bundle, so each worker needs it: run npm install @native\/missing where/s,
  );
});

test("muster.external of a package.json must be a list of names", async () => {
  await using folder = await TestFolder.with({
    "package.json": '{ "muster": { "external": "sharp" } }',
    "t.ts": testFile("", "1"),
  });
  await assert.rejects(
    bundleTest(folder.file("t.ts")),
    /package\.json: muster\.external is not a list of names of packages, such as/,
  );
});

test("a bundle has the hash of its source and the name of its file", async () => {
  await using folder = await TestFolder.with({ "my-test.ts": testFile("", "1") });
  const { hash, source, fileName } = await bundleTest(folder.file("my-test.ts"));
  assert.equal(hash, createHash("sha256").update(source).digest("hex"));
  assert.equal(fileName, "my-test.ts");
  assert.equal((await bundleTest(folder.file("my-test.ts"))).hash, hash, "the same file, the same bundle");
});

test("a bundle holds local modules, with their types dropped", async () => {
  const host = await hostOf({
    "t.ts": testFile('import { twice } from "./lib/twice.ts";', "twice(21)"),
    "lib/twice.ts": "export interface Unused { a: number }\nexport const twice = (n: number): number => n * 2;",
  });
  assert.equal(host, "42");
});

test("a bundle holds JSON", async () => {
  const host = await hostOf({
    "t.ts": testFile('import users from "./users.json" with { type: "json" };', "users[1].name"),
    "users.json": '[{"name":"ann"},{"name":"bob"}]',
  });
  assert.equal(host, "bob");
});

test("a bundle holds CSV files, as records", async () => {
  const host = await hostOf({
    "t.ts": testFile('import users from "./data/users.csv";', "users.map(({ name }) => name).join()"),
    "data/users.csv": 'name,age\nann,31\n"b,ob",32\n',
  });
  assert.equal(host, "ann,b,ob");
  await using folder = await TestFolder.with({
    "t.ts": 'import users from "./users.csv"; console.log(users);',
    "users.csv": "name,age\nann\n",
  });
  await assert.rejects(bundleTest(folder.file("t.ts")), refused(/users\.csv:2:1: 1 field, but the header has 2$/));
});

test("a bundle holds npm modules, ES modules and CommonJS that requires Node's own", async () => {
  const host = await hostOf({
    "t.ts": testFile('import { a } from "esm-package"; import b from "cjs-package";', "a + b"),
    "node_modules/esm-package/package.json": '{"name":"esm-package","type":"module","exports":"./index.js"}',
    "node_modules/esm-package/index.js": 'export const a = "esm+";',
    "node_modules/cjs-package/package.json": '{"name":"cjs-package","main":"index.js"}',
    "node_modules/cjs-package/index.js": 'module.exports = require("path").posix.join("c", "js");',
  });
  assert.equal(host, "esm+c/js");
});

test("Node's own modules are imported, not bundled", async () => {
  assert.equal(await hostOf({ "t.ts": testFile('import { posix } from "node:path";', 'posix.join("a", "b")') }), "a/b");
});

test("a missing file is refused by name and by where it was looked for", async () => {
  await using folder = await TestFolder.with({});
  await assert.rejects(
    bundleTest(folder.file("nothing.ts")),
    refused(/test file not found: .*nothing\.ts \(looked at \//),
  );
});

test("a syntax error is told with file, line and column", async () => {
  await using folder = await TestFolder.with({ "broken.ts": "const a = 1;\nconst b = = 2;\n" });
  await assert.rejects(bundleTest(folder.file("broken.ts")), refused(/broken\.ts:2:11: Unexpected "="/));
});

test("a file that is neither code nor known data is refused with what to write", async () => {
  await using folder = await TestFolder.with({
    "t.ts": 'import query from "./q.sql"; console.log(query);',
    "q.sql": "select 1",
  });
  await assert.rejects(
    bundleTest(folder.file("t.ts")),
    refused(/t\.ts:1:19: No loader .*\.sql.* with \{ type: "text" \}/),
  );
});

test("an import of another load generator, wherever it is, names the guide", async () => {
  await using folder = await TestFolder.with({
    "t.ts": 'import { get } from "./helper.ts"; get();',
    "helper.ts": 'import http from "k6/http";\nexport const get = () => http.get("http://x.example");\n',
  });
  await assert.rejects(
    bundleTest(folder.file("t.ts")),
    refused(
      /helper\.ts:1:18: Could not resolve "k6\/http", as in a k6 script, .*migrating-from-k6\.md shows .*first test$/,
    ),
  );
});

test("an import that cannot be found is told with its place, and how many more there are", async () => {
  await using folder = await TestFolder.with({ "t.ts": 'import "./gone.ts";\nimport "no-such-package";\n' });
  await assert.rejects(
    bundleTest(folder.file("t.ts")),
    refused(/t\.ts:1:8: Could not resolve "\.\/gone\.ts" \(and 1 more\)/),
  );
});
