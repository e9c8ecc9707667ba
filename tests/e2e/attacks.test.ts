import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { Result } from "../../src/report/result/result-schema.ts";
import { overflowName } from "../../src/stats/interval-report.ts";
import { deepTest } from "../support/depth.ts";
import { startWorker } from "../support/distributed.ts";
import { fixture } from "../support/fixture.ts";
import { MusterProcess, MusterRun } from "../support/muster-process.ts";
import { type SampleApi, sampleApiOfFile } from "../support/sample-api.ts";
import { waitUntil } from "../support/wait-until.ts";
import { type Attack, type AttackTarget, forgedPath, memoryMb } from "./attacks/attack.ts";
import { fileAttacks } from "./attacks/file.ts";
import { localUserAttacks } from "./attacks/local-user.ts";
import { pageAttacks } from "./attacks/page.ts";
import { cheapServiceAttacks, serviceAttacks } from "./attacks/service.ts";
import { strangerAttacks } from "./attacks/stranger.ts";
import { workerAttacks } from "./attacks/worker.ts";

/** Who attacks, and how. */
const rowsOf = {
  worker: workerAttacks,
  stranger: strangerAttacks,
  "another user": localUserAttacks,
  page: pageAttacks,
  service: serviceAttacks,
  file: fileAttacks,
};

/** The rows of each group attack one run; a run costs about 5 s of CPU. */
const groups: readonly { readonly by: string; readonly rows: readonly Attack[] }[] = [
  { by: "a worker that lies or is broken", rows: rowsOf.worker },
  { by: "a stranger, another user, or a page", rows: [...rowsOf.stranger, ...rowsOf["another user"], ...rowsOf.page] },
  { by: "a service or a file", rows: [...rowsOf.service, ...rowsOf.file] },
];

const token = "only for the workers of this run";
/** So many attacks go on at the same time. */
const atOnce = 4;
/** How much more memory the master may have in the end than one that nobody has attacked. */
const mostGrownMb = 64;

const freshApi = sampleApiOfFile();

test("the attack table has rows of everybody, and all of them are made", () => {
  for (const [by, rows] of Object.entries(rowsOf)) assert.ok(rows.length >= 10, `${by}: ${rows.length} rows`);
  const names = groups.flatMap(({ rows }) => rows.map(({ name }) => name));
  assert.ok(names.length >= 80, `${names.length} rows`);
  assert.equal(names.length, Object.values(rowsOf).flat().length);
  assert.equal(new Set(names).size, names.length);
});

test("what a service answers harms no client, as far as the attack costs little", async (t) => {
  assert.ok(cheapServiceAttacks.length >= 10);
  for (const { name, attack } of cheapServiceAttacks) await t.test(name, attack);
});

deepTest("the attack table", async (t) => {
  let calmMb = 0;
  await t.test("nobody: what the memory of the others is compared with", async (t) => {
    const target = await startTarget(t, await freshApi());
    await servedMore(target.api, 200);
    calmMb = await memoryMb(target.master.pid);
    assertCounted(await resultOf(target), await countedBy(target.api));
  });
  for (const { by, rows } of groups) {
    await t.test(by, { concurrency: atOnce }, async (t) => {
      const target = await startTarget(t, await freshApi());
      await Promise.all(rows.map(({ name, attack }) => t.test(name, (row) => attack(row, target))));
      // The run goes on whatever was attempted.
      await servedMore(target.api, 50);
      t.diagnostic(`${Math.round(await memoryMb(target.master.pid))} MB, without attacks ${Math.round(calmMb)} MB`);
      const isFlat = async () => (await memoryMb(target.master.pid)) < calmMb + mostGrownMb;
      await waitUntil(`less than ${mostGrownMb} MB above ${calmMb} MB of memory`, isFlat);
      const result = await resultOf(target);
      assertCounted(result, await countedBy(target.api));
      for (const { judge } of rows) judge?.(result);
      const report = new MusterProcess(t, ["report", "last"], { env: { MUSTER_DATA_DIR: target.master.dataFolder } });
      assert.equal((await report.ended()).code, 0, report.stderr);
    });
  }
});

/** Starts a run of two workers, and waits until it makes requests. */
async function startTarget(t: TestContext, api: SampleApi): Promise<AttackTarget> {
  const served = ["--ui", "--autostart", "--web-port=0", "--master-bind-port=0", "--expect-workers=2"];
  const words = ["master", fixture("visitors"), `--host=${api.url}`, "--run-time=10m", ...served];
  const master = await MusterRun.start(t, words, { MUSTER_TOKEN: token });
  const workerPort = await master.masterPort();
  for (const _ of [1, 2]) startWorker(t, workerPort, token);
  const [, webUrl = ""] = await master.errorOutput(/the web page is at (http:[^\s"]+)/);
  await servedMore(api, 50);
  return { master, workerPort, token, webUrl: webUrl.replace(/\/$/, ""), api };
}

async function servedMore(api: SampleApi, requests: number): Promise<void> {
  const before = (await api.counts()).total;
  await waitUntil(`${requests} more requests`, async () => (await api.counts()).total >= before + requests);
}

/** Ends the run gently. */
async function resultOf({ master }: AttackTarget): Promise<Result> {
  master.kill("SIGTERM");
  return (await master.finished()).result;
}

async function countedBy(api: SampleApi): Promise<Record<string, number>> {
  const { routes } = await api.counts();
  return Object.fromEntries(Object.entries(routes).map(([route, { requests }]) => [route, requests]));
}

/** Every request that the service has counted is in the result, and no other but those that attacks have invented. */
function assertCounted({ endpoints }: Result, counted: Record<string, number>): void {
  const real = endpoints.filter(({ name }) => !name.startsWith(forgedPath) && name !== overflowName);
  assert.deepEqual(
    Object.fromEntries(real.map(({ method, name, requests }) => [`${method} ${name}`, requests]).sort()),
    Object.fromEntries(Object.entries(counted).sort()),
  );
}
