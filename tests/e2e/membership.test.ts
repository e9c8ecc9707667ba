import assert from "node:assert/strict";
import { test } from "node:test";
import { assertPassed, eventKindsOf } from "../support/assert-passed.ts";
import { CuttableProxy } from "../support/cuttable-proxy.ts";
import { casesByDepth, deepTest } from "../support/depth.ts";
import { startWorker } from "../support/distributed.ts";
import { assertExact } from "../support/exactness.ts";
import { fixture } from "../support/fixture.ts";
import { HitServer } from "../support/hit-server.ts";
import { MusterRun } from "../support/muster-process.ts";
import { sampleApiOfFile } from "../support/sample-api.ts";
import type { Cleanup } from "../support/test-process.ts";
import { waitUntil } from "../support/wait-until.ts";

const freshApi = sampleApiOfFile();

const anyPort = "--master-bind-port=0";

async function startMaster(t: Cleanup, host: string, ...flags: string[]): Promise<MusterRun> {
  return await MusterRun.start(t, ["master", fixture("visitors"), `--host=${host}`, anyPort, ...flags]);
}

test("workers that come late get a fair share, and the users stay as many as planned", async (t) => {
  const api = await freshApi();
  const master = await startMaster(t, api.url, "--run-time=10m");
  const port = await master.masterPort();
  startWorker(t, port, "");
  await waitUntil("load", async () => (await api.counts()).total > 100);
  for (let late = 0; late < 2; late++) startWorker(t, port, "");
  let mostConnections = 0;
  const until = (what: string, isSo: (requests: number) => boolean) =>
    waitUntil(what, async () => {
      const { connections, total } = await api.counts();
      mostConnections = Math.max(mostConnections, connections.current - 1);
      return isSo(total) && total;
    });
  const before = await until(
    "both are there",
    () => master.log.filter(({ msg }) => msg === "worker joined").length === 3,
  );
  await until("load of all three", (total) => total > before + 600);
  master.kill("SIGTERM");
  const { code, result } = await master.finished();

  assert.deepEqual([code, result.verdict], [105, "aborted"], String(result.reasons));
  assert.deepEqual(result.workers.map((worker) => worker.users).sort(), [3, 3, 4]);
  assert.ok(result.workers.every((worker) => worker.requests > 0));
  assert.deepEqual(eventKindsOf(result), ["worker-joined", "worker-joined"]);
  await assertExact(result, api);
  // Six of the ten users move, each of which may be there and here for a moment: it finishes its iteration where it was.
  assert.ok(mostConnections >= 10 && mostConnections <= 16, `${mostConnections} users at the same time`);
});

deepTest("a lost worker that comes back is in the run again; what it did meanwhile counts", async (t) => {
  const api = await freshApi();
  const master = await startMaster(t, api.url, "--run-time=9s", "--expect-workers=2", "--worker-timeout=1s");
  const port = await master.masterPort();
  const victim = startWorker(t, port, "");
  startWorker(t, port, "");
  await waitUntil("load", async () => (await api.counts()).total > 100);
  victim.kill("SIGSTOP");
  await waitUntil("the loss", () => master.log.some((line) => line.msg.startsWith("lost worker")));
  victim.kill("SIGCONT");
  const { code, result } = await master.finished();

  assertPassed(code, result);
  assert.deepEqual(eventKindsOf(result), ["worker-lost", "worker-returned"]);
  assert.deepEqual(
    result.workers.map(({ lost, users }) => [lost, users]),
    [
      [false, 5],
      [false, 5],
    ],
  );
  assert.deepEqual(result.ledger.missing, []);
  await assertExact(result, api);
});

deepTest("--on-worker-loss continue: nobody takes over, and the run is judged by what was measured", async (t) => {
  const api = await freshApi();
  const flags = ["--run-time=5s", "--expect-workers=2", "--worker-timeout=1s", "--on-worker-loss=continue"];
  const master = await startMaster(t, api.url, ...flags);
  const port = await master.masterPort();
  const victim = startWorker(t, port, "");
  startWorker(t, port, "");
  await waitUntil("load", async () => (await api.counts()).total > 100);
  victim.kill("SIGKILL");
  const { code, result } = await master.finished();
  assertPassed(code, result);
  assert.match(result.warnings.join(), /its 5 users were not replaced/);
  assert.deepEqual(
    result.workers.map((worker) => worker.users),
    [5, 5],
  );
});

for (const [[flags, reason], declare] of casesByDepth(1, [
  [["--on-worker-loss=fail"], /^worker \d .* was lost after .*, and --on-worker-loss is fail$/],
  [["--min-workers=2"], /^only 1 of at least 2 workers are left \(--min-workers\)$/],
] as const)) {
  declare(`${flags.join()}: the run ends with 103 when a worker is lost, and reports what there is`, async (t) => {
    const api = await freshApi();
    const master = await startMaster(
      t,
      api.url,
      "--run-time=10m",
      "--expect-workers=2",
      "--worker-timeout=4s",
      ...flags,
    );
    const port = await master.masterPort();
    const victim = startWorker(t, port, "");
    const other = startWorker(t, port, "");
    await waitUntil("load", async () => (await api.counts()).total > 100);
    victim.kill("SIGKILL");
    const { code, result } = await master.finished();
    assert.deepEqual([code, result.verdict], [103, "aborted"]);
    assert.match(result.reasons.join(), reason);
    assert.ok(result.total.requests > 50);
    assert.deepEqual(await other.ended(), { code: 0, signal: null });
  });
}

deepTest("a worker without a master stops its load when --orphan-timeout is over, and ends with 103", async (t) => {
  const server = await HitServer.start(t);
  const words = [
    "master",
    fixture("hitters"),
    `--host=${server.url}`,
    anyPort,
    "--run-time=10m",
    "--orphan-timeout=2s",
  ];
  const master = await MusterRun.start(t, words);
  const worker = startWorker(t, await master.masterPort(), "", "--connect-timeout=2s");
  await waitUntil("load", async () => (await server.total()) > 100);
  master.kill("SIGKILL");
  const killedAt = Date.now();
  assert.deepEqual(await worker.ended(), { code: 103, signal: null });
  const last = Math.max(...[...(await server.hits()).values()].flat());
  assert.ok(last > killedAt + 1_000 && last < killedAt + 3_000, `the last request came after ${last - killedAt} ms`);
  assert.equal(worker.saidLines.length, 1, worker.stderr);
  assert.match(worker.saidLines.join(), /^muster: .*report/);
});

deepTest("a worker of a run that its new master does not know ends with 103 and stops its load", async (t) => {
  const api = await freshApi();
  const first = await startMaster(t, api.url, "--run-time=10m");
  const port = await first.masterPort();
  const worker = startWorker(t, port, "");
  await waitUntil("load", async () => (await api.counts()).total > 20);
  first.kill("SIGKILL");
  await first.ended();
  const second = await MusterRun.start(t, [
    "master",
    fixture("visitors"),
    `--host=${api.url}`,
    `--master-bind-port=${port}`,
  ]);
  assert.deepEqual(await worker.ended(), { code: 103, signal: null });
  assert.match(worker.saidLines.join(), /other-run/);
  second.kill("SIGTERM");
  assert.equal((await second.finished()).code, 105);
});

deepTest("a socket that is cut again and again loses nothing and counts nothing twice", async (t) => {
  const api = await freshApi();
  const master = await startMaster(t, api.url, "--run-time=6s");
  const proxy = await CuttableProxy.start(t, await master.masterPort());
  startWorker(t, proxy.port, "");
  await waitUntil("load", async () => (await api.counts()).total > 50);
  for (let cuts = 1; cuts <= 5; cuts++) {
    proxy.cut();
    const again = () => master.log.filter((line) => line.msg.endsWith("is connected again")).length >= cuts;
    await waitUntil("the next socket", again);
  }
  const { code, result } = await master.finished();
  assertPassed(code, result);
  assert.deepEqual([eventKindsOf(result), result.ledger.missing], [[], []]);
  await assertExact(result, api);
});
