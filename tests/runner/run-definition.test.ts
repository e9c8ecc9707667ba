import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { ConfigurationError } from "../../src/core/errors.ts";
import { defineRun } from "../../src/runner/run-definition.ts";
import type { RunOptions } from "../../src/runner/run-options.ts";
import type { RunRequest } from "../../src/runner/run-request.ts";
import { RunStores } from "../../src/runner/run-stores.ts";
import { fixture } from "../support/fixture.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

function asked(host: string | undefined, resume: string | null = null): RunRequest {
  const timeouts = { stopTimeout: 1_000, workerTimeout: 10_000, orphanTimeout: 60_000, stallLimit: 100 };
  const policies = { onWorkerLoss: "rebalance", minWorkers: 1, onWorkerStrain: "invalid", engine: "own" };
  const options = { ...timeouts, ...policies, ...(host === undefined ? {} : { host }) } as unknown as RunOptions;
  return { args: [fixture("visitors")], options, expectWorkers: 1, expectWorkersMaxWaitMs: 1_000, resume };
}

test("the password of a host is not kept with a run, and is asked for when the run is resumed", async (t) => {
  const folder = await temporaryFolder(t);
  using stores = new RunStores({ store: true, dataDir: join(folder, "data") });
  const given = "http://me:s3cret@127.0.0.1:9/prod/";
  const { runId, resolved } = await defineRun(asked(given), stores);
  assert.deepEqual([resolved.host, resolved.requestHost], ["http://127.0.0.1:9/prod", given]);
  assert.doesNotMatch(JSON.stringify(stores.kept?.run(runId)), /s3cret/);

  for (const wrong of [undefined, "http://127.0.0.1:9/prod", "http://me:s3cret@127.0.0.1:8/prod"]) {
    await assert.rejects(defineRun(asked(wrong, runId), stores), (error) => {
      assert.ok(error instanceof ConfigurationError);
      assert.match(
        error.message,
        /does not keep the user and password of the host: give --host \(or MUSTER_HOST\) again, as http:\/\/127\.0\.0\.1:9\/prod with/,
      );
      assert.doesNotMatch(error.message, /s3cret/);
      return true;
    });
  }
  const again = await defineRun(asked(given, runId), stores);
  assert.equal(again.resolved.requestHost, given);
});

test("a run whose host has no password is resumed by its id alone", async (t) => {
  const folder = await temporaryFolder(t);
  using stores = new RunStores({ store: true, dataDir: join(folder, "data") });
  const { runId } = await defineRun(asked("http://127.0.0.1:9/"), stores);
  assert.equal((await defineRun(asked(undefined, runId), stores)).resolved.host, "http://127.0.0.1:9");
});

test("a run that sends files is resumed only with the same files, from wherever muster is called", async (t) => {
  const folder = await temporaryFolder(t);
  using stores = new RunStores({ store: true, dataDir: join(folder, "data") });
  await writeFile(join(folder, "photo.jpg"), "picture");
  await writeFile(
    join(folder, "upload.ts"),
    `import { defineTest, file } from "muster-load";
    const photo = file("photo.jpg");
    export default defineTest({ host: "http://127.0.0.1:9", users: [{ name: "A", tasks: { put: (vu) => vu.http.put("/", { body: photo }) } }] });`,
  );
  const request = { ...asked(undefined), args: [join(folder, "upload.ts")] };
  const { runId, files } = await defineRun(request, stores);
  const sha256 = createHash("sha256").update("picture").digest("hex");
  assert.deepEqual(files, [{ path: "photo.jpg", location: join(folder, "photo.jpg"), size: 7, sha256 }]);
  assert.deepEqual((await defineRun(asked(undefined, runId), stores)).files, files);
  await writeFile(join(folder, "photo.jpg"), "another");
  await assert.rejects(defineRun(asked(undefined, runId), stores), {
    message: `--resume ${runId}: ${join(folder, "photo.jpg")} has changed since the run began: restore it, or start a new run`,
  });
});

test("a run that cannot begin, as a certificate is missing, is not in the store", async (t) => {
  const folder = await temporaryFolder(t);
  using stores = new RunStores({ store: true, dataDir: join(folder, "data") });
  await writeFile(
    join(folder, "secret.ts"),
    `import { defineTest, secretFile } from "muster-load";
    export default defineTest({
      host: "https://127.0.0.1:9",
      tls: { ca: secretFile("missing.pem") },
      users: [{ name: "A", tasks: { get: (vu) => vu.http.get("/") } }],
    });`,
  );
  await assert.rejects(
    defineRun({ ...asked(undefined), args: [join(folder, "secret.ts")] }, stores),
    ConfigurationError,
  );
  assert.deepEqual(stores.kept?.runs(), []);
});
