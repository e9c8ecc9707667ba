import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { defineRun } from "../../src/runner/run-definition.ts";
import type { RunOptions } from "../../src/runner/run-options.ts";
import type { RunRequest } from "../../src/runner/run-request.ts";
import { RunStores } from "../../src/runner/run-stores.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { selfSigned, selfSignedService } from "../worker/http/self-signed.ts";

const source = (tls: string, classes = "{}, {}") => `import { defineTest } from "muster-load";
const users = [${classes}].map((more, index) => ({ name: "ABC"[index], tasks: { t: () => {} }, ...more }));
export default defineTest({ host: "https://127.0.0.1:9", tls: ${tls}, users });
`;
const pems = {
  "ca.pem": selfSigned.cert,
  "me.pem": selfSigned.cert,
  "me.key": selfSigned.key,
  "other.key": selfSignedService.key,
};

function asked(file: string, resume: string | null = null): RunRequest {
  const timeouts = { stopTimeout: 1_000, workerTimeout: 10_000, orphanTimeout: 60_000 };
  const policies = { onWorkerLoss: "rebalance", minWorkers: 1, onWorkerStrain: "invalid", engine: "own" };
  const options = { ...timeouts, ...policies } as unknown as RunOptions;
  return { args: [file], options, expectWorkers: 1, expectWorkersMaxWaitMs: 1_000, resume };
}

test("certificates named by path are read for each run, also for one that is resumed, and are not stored", async (t) => {
  const tls = '{ ca: "ca.pem", cert: "me.pem", key: "me.key" }';
  const folder = await temporaryFolder(t, { ...pems, "test.ts": source(tls) });
  using stores = new RunStores({ store: true, dataDir: join(folder, "data") });
  const { runId, secretFiles } = await defineRun(asked(join(folder, "test.ts")), stores);
  assert.deepEqual(Object.keys(secretFiles.files).sort(), ["ca.pem", "me.key", "me.pem"]);
  assert.doesNotMatch(
    JSON.stringify([stores.kept?.run(runId), stores.kept?.bundle(stores.kept.run(runId)?.bundleHash ?? "")]),
    /BEGIN/,
  );
  // As when it was renewed while the master was away.
  await writeFile(join(folder, "me.pem"), selfSignedService.cert);
  await writeFile(join(folder, "me.key"), selfSignedService.key);
  const resumed = await defineRun(asked("", runId), stores);
  assert.equal(Buffer.from(resumed.secretFiles.files["me.key"] ?? "", "base64").toString(), selfSignedService.key);
});

for (const [name, tls, classes, message] of [
  [
    "a file that is missing",
    '{ ca: "no.pem" }',
    "{}",
    /^the secret file "no\.pem" cannot be read: there is no such file \(looked at \/.*no\.pem\)$/,
  ],
  [
    "another key",
    '{ cert: "me.pem", key: "other.key" }',
    "{}",
    /^in the test file, the test: tls: key \(other\.key\) is not the key of cert \(me\.pem\)$/,
  ],
  [
    "half of a certificate",
    "{}",
    '{ tls: { cert: "me.pem" } }',
    /^in the test file, class A: tls: cert needs key, its private key$/,
  ],
  [
    "no PEM",
    '{ ca: "test.ts" }',
    "{}",
    /^in the test file, the test: tls\.ca: the file "test\.ts" has nothing in PEM format$/,
  ],
] as const) {
  test(`refused before the run begins: ${name}`, async (t) => {
    const folder = await temporaryFolder(t, { ...pems, "test.ts": source(tls, classes) });
    using stores = new RunStores({ store: false, dataDir: join(folder, "data") });
    await assert.rejects(defineRun(asked(join(folder, "test.ts")), stores), (error: Error) => {
      assert.match(error.message, message);
      return true;
    });
  });
}

test("the facts of a run say who accepts any certificate", async (t) => {
  for (const [tls, classes, unverified] of [
    ["{}", "{}, {}", []],
    ["{ insecure: true }", "{}, {}", ["the test"]],
    ["{}", "{ tls: { insecure: true } }, {}", ["class A"]],
    ["{ insecure: true }", "{ tls: { insecure: false } }, {}", ["setup and teardown", "class B"]],
  ] as const) {
    const folder = await temporaryFolder(t, { "test.ts": source(tls, classes) });
    using stores = new RunStores({ store: false, dataDir: join(folder, "data") });
    const { facts } = await defineRun(asked(join(folder, "test.ts")), stores);
    assert.deepEqual(facts.unverified, unverified);
  }
  const folder = await temporaryFolder(t, { "test.ts": source("{}") });
  using stores = new RunStores({ store: false, dataDir: join(folder, "data") });
  const { args, options, ...others } = asked(join(folder, "test.ts"));
  const { facts } = await defineRun({ args, options: { ...options, insecure: true }, ...others }, stores);
  assert.deepEqual(facts.unverified, ["--insecure"]);
});
