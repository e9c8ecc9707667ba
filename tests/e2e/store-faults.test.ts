import assert from "node:assert/strict";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { canMakeNamespaces } from "../../scripts/optional-tools.ts";
import { assertPassed, eventKindsOf, warningsOf } from "../support/assert-passed.ts";
import { deepTest } from "../support/depth.ts";
import { assertExact } from "../support/exactness.ts";
import { fixture } from "../support/fixture.ts";
import { MusterProcess, MusterRun } from "../support/muster-process.ts";
import { mounted } from "../support/private-mount.ts";
import { sampleApiOfFile } from "../support/sample-api.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { waitUntil } from "../support/wait-until.ts";

const freshApi = sampleApiOfFile();

const visitors = fixture("visitors");
const skip = (await canMakeNamespaces()) ? false : "mount namespaces cannot be made here";

test("a file that is no store: one line, exit 104, and the file is as it was", async (t) => {
  const folder = await temporaryFolder(t, { "muster.db": "dear diary, ".repeat(200) });
  const run = new MusterProcess(t, ["run", visitors, "--host=http://127.0.0.1:9"], {
    env: { MUSTER_DATA_DIR: folder },
  });
  assert.deepEqual(await run.ended(), { code: 104, signal: null });
  assert.equal(run.saidLines.length, 1, run.stderr);
  assert.match(run.saidLines.join(), /^muster: .*muster\.db is not a muster store .*--data-dir/);
  assert.deepEqual([run.log, run.stdout], [[], ""], "nothing was started");
  assert.equal(await readFile(join(folder, "muster.db"), "utf8"), "dear diary, ".repeat(200));
});

test("a folder that cannot be written: one line and exit 104; with --no-store the run goes on without", {
  skip,
}, async (t) => {
  const api = await freshApi();
  const folder = await temporaryFolder(t);
  const options = { env: { MUSTER_DATA_DIR: folder }, through: mounted(folder, "ro") };
  const words = ["run", visitors, `--host=${api.url}`, "--run-time=1s"];
  const refused = new MusterProcess(t, words, options);
  assert.deepEqual(await refused.ended(), { code: 104, signal: null });
  assert.equal(refused.saidLines.length, 1, refused.stderr);
  assert.match(refused.saidLines.join(), /^muster: the store .* cannot be written .*--data-dir/);
  const without = new MusterProcess(t, [...words, "--no-store"], options);
  assert.deepEqual(await without.ended(), { code: 0, signal: null });
});

test("a disk that fills up during the run: it continues in memory and says so, and the result is whole", {
  skip,
}, async (t) => {
  const api = await freshApi();
  const folder = await temporaryFolder(t);
  const files = join(await temporaryFolder(t), "r");
  const words = ["run", visitors, `--host=${api.url}`, "--run-time=4s", `--csv=${files}`];
  const run = await MusterRun.start(t, words, { MUSTER_DATA_DIR: folder }, mounted(folder, "size=400k"));
  const { code, result } = await run.finished();
  const history = await readFile(`${files}_stats_history.csv`, "utf8");
  const last = history
    .trim()
    .split("\n")
    .findLast((line) => line.includes(",Aggregated,"));
  assert.equal(Number(last?.split(",")[17]), result.total.requests, "the files of one run agree");
  assertPassed(code, result);
  assert.deepEqual(eventKindsOf(result), ["store-failed"]);
  assert.match(result.warnings.join(), /^the store failed: no space is left .*; the run continues in memory only/);
  assert.ok(run.log.some((line) => line.level === 50 && line.msg.startsWith("the store failed")));
  await assertExact(result, api);
});

deepTest("a folder of the store that is removed during the run: result and files are whole, and say so", async (t) => {
  const api = await freshApi();
  const files = join(await temporaryFolder(t), "r");
  const words = ["run", visitors, `--host=${api.url}`, "--run-time=4s", `--hgrm=${files}.hgrm`];
  const run = await MusterRun.start(t, words);
  await waitUntil("load", async () => (await api.counts()).total > 100);
  await rm(run.dataFolder, { recursive: true });
  const { code, result } = await run.finished();
  assert.deepEqual([code, result.exitCode, result.verdict], [0, 0, "passed"], String(result.reasons));
  assert.match(
    result.warnings.join(),
    /^the store failed: .*was removed or replaced.*; the run continues in memory only/,
  );
  const percentiles = await readFile(`${files}.hgrm`, "utf8");
  assert.equal(Number(/Total count *= *(\d+)/.exec(percentiles)?.[1]), result.total.requests);
  await assertExact(result, api);
});

deepTest(
  "a store that somebody else locks for a while: nothing is lost, and it holds the result in the end",
  async (t) => {
    const api = await freshApi();
    const run = await MusterRun.start(t, ["run", visitors, `--host=${api.url}`, "--run-time=5s"]);
    await waitUntil("load", async () => (await api.counts()).total > 100);
    const other = new DatabaseSync(join(run.dataFolder, "muster.db"));
    other.exec("BEGIN IMMEDIATE");
    await delay(2_500);
    other.exec("COMMIT");
    const { code, result } = await run.finished();
    assertPassed(code, result);
    assert.deepEqual([eventKindsOf(result), warningsOf(result)], [[], []]);
    await assertExact(result, api);
    const row = other.prepare("SELECT state, result FROM runs WHERE id = ?").get(result.run.id);
    assert.equal(row?.state, "finished");
    assert.deepEqual(JSON.parse(String(row?.result)), result);
    other.close();
  },
);
