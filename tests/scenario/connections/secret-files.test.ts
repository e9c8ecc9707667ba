import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "node:util";
import { bundleTest } from "../../../src/scenario/bundle/bundle.ts";
import { loadBundle } from "../../../src/scenario/bundle/load-bundle.ts";
import {
  readSecretFiles,
  secretBytes,
  secretFile,
  secretFiles,
  useSecretFiles,
} from "../../../src/scenario/connections/secret-files.ts";
import { TestFolder } from "../bundle/test-folder.ts";

const source = (code: string) => `import { defineTest, secretFile, secretFiles } from "muster-load";
${code}
export default defineTest({ users: [{ name: "a", tasks: { t: () => {} } }] });
`;

const files = { "certs/user-2.p12": "two", "certs/user-10.p12": "ten", "certs/ca.pem": "ca" };

test("the files that a test names are read when a run is defined, relative to the test file", async () => {
  await using folder = await TestFolder.with({
    ...files,
    "test.ts": source(`const all = secretFiles("certs/*.p12");
if (all.map(({ path }) => path).join() !== "certs/user-2.p12,certs/user-10.p12") throw new Error(String(all));
if (secretFile("certs/ca.pem").text() !== "ca") throw new Error("not the content");`),
  });
  const bundle = await bundleTest(folder.file("test.ts"));
  await loadBundle(bundle);
  // Nothing is evaluated the second time, as for a second run of one master.
  await loadBundle(bundle);
  const read = readSecretFiles(bundle.hash, bundle.folder, ["certs/ca.pem"]);
  assert.deepEqual(read.matches, { "certs/*.p12": ["certs/user-2.p12", "certs/user-10.p12"] });
  assert.deepEqual(
    Object.entries(read.files)
      .map(([path, content]) => [path, Buffer.from(content, "base64").toString()])
      .sort(),
    Object.entries(files).sort(),
  );
  assert.ok(!bundle.source.includes("two") && bundle.data.length === 0, "they are not in the bundle, which is stored");
});

test("a file that is not there, and a pattern that matches none, are refused by name", async () => {
  await using folder = await TestFolder.with({ "test.ts": source('secretFiles("certs/*.p12");') });
  const bundle = await bundleTest(folder.file("test.ts"));
  // The test can be planned where its secrets are not.
  await loadBundle(bundle);
  const read = () => readSecretFiles(bundle.hash, bundle.folder, []);
  assert.throws(read, /^ConfigurationError: secretFiles\("certs\/\*\.p12"\): no file matches$/);
  assert.throws(
    () => readSecretFiles("x", folder.path, ["no.pem"]),
    /^ConfigurationError: the secret file "no\.pem" cannot be read: there is no such file \(looked at \/.*no\.pem\)$/,
  );
  assert.throws(() => secretFile(5 as unknown as string), /the path is the number 5; expected a string/);
  assert.throws(() => secretFiles(""), /the pattern is the string ""; expected a string/);
});

test("on a worker, the files are those that the master sent, and their content is not shown", () => {
  const sent = { files: { "a.key": Buffer.from("hush").toString("base64") }, matches: { "*.key": ["a.key"] } };
  useSecretFiles(sent);
  const [file] = secretFiles("*.key");
  assert.deepEqual([file?.path, file?.text(), Buffer.from(file?.bytes() ?? []).toString()], ["a.key", "hush", "hush"]);
  for (const shown of [
    inspect(file),
    JSON.stringify(file),
    String(file),
    inspect({ tls: { key: secretFile("a.key") } }),
  ]) {
    assert.ok(!shown.includes("hush") && !shown.includes(sent.files["a.key"]), shown);
  }
  assert.throws(() => secretFile("b.key"), /secretFile\("b\.key"\) is called too late: call it at the top level/);
  assert.throws(() => secretFiles("*.pem"), /is called too late/);
  assert.throws(() => secretBytes("b.key"), /"b\.key" was not sent to this worker: name it with secretFile/);
  useSecretFiles({ files: { "a.key": Buffer.from("new").toString("base64") }, matches: {} });
  assert.equal(file?.text(), "new", "those of the latest run");
});
