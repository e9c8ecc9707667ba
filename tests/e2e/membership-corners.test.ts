import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { localToken } from "../../src/cli/options/local-token.ts";
import { assertPassed, eventKindsOf, warningsOf } from "../support/assert-passed.ts";
import { CuttableProxy } from "../support/cuttable-proxy.ts";
import { deepTest } from "../support/depth.ts";
import { startWorker, talkTo, validHello } from "../support/distributed.ts";
import { fixture } from "../support/fixture.ts";
import { HitServer } from "../support/hit-server.ts";
import { MusterProcess, MusterRun } from "../support/muster-process.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import type { Cleanup } from "../support/test-process.ts";
import { unusedPort } from "../support/unused-port.ts";
import { waitUntil } from "../support/wait-until.ts";

/* Orders of events that once ended a run wrongly. */

async function stage(t: Cleanup, file: string, ...flags: string[]) {
  const [server, port, dataFolder] = [await HitServer.start(t), await unusedPort(), await temporaryFolder(t)];
  const words = ["master", fixture(file), `--host=${server.url}`, `--master-bind-port=${port}`, ...flags];
  const startMaster = (...more: string[]) => MusterRun.start(t, [...words, ...more], { MUSTER_DATA_DIR: dataFolder });
  const master = await startMaster();
  await master.masterPort();
  const loaded = () => waitUntil("load", async () => (await server.total()) > 200);
  return { server, port, dataFolder, words, startMaster, master, loaded };
}

deepTest("a late worker that dies before it has a share disturbs nobody", async (t) => {
  const { server, port, master, loaded } = await stage(t, "hitters", "--run-time=6s", "--worker-timeout=1s");
  startWorker(t, port, "");
  await loaded();
  const joined = master.log.filter((line) => line.msg === "worker joined").length;
  // It says hello and is never heard again.
  const stranger = talkTo(t, port, [validHello()], { introduced: { token: localToken() }, closeAfterMs: 300 });
  await waitUntil("its hello", () => master.log.filter((line) => line.msg === "worker joined").length > joined);
  await stranger;
  await waitUntil("its loss", () => master.log.some((line) => line.msg.startsWith("lost worker 2")));
  const { code, result } = await master.finished();
  assertPassed(code, result);
  assert.equal(result.total.requests, await server.total());
  assert.deepEqual([eventKindsOf(result), result.ledger.missing], [[], []]);
});

deepTest("lost, then orphaned, then back with its reports: they count, and it is asked for nothing more", async (t) => {
  const flags = ["--run-time=8s", "--expect-workers=2", "--worker-timeout=1s", "--orphan-timeout=1500ms"];
  const { server, port, master, loaded } = await stage(t, "hitters", ...flags);
  const proxy = await CuttableProxy.start(t, port);
  startWorker(t, proxy.port, "");
  startWorker(t, port, "");
  await loaded();
  proxy.block();
  await waitUntil("the loss", () => master.log.some((line) => line.msg.startsWith("lost worker")));
  await delay(2_500);
  proxy.unblock();
  const { code, result } = await master.finished();
  assertPassed(code, result);
  assert.equal(result.total.requests, await server.total());
  assert.deepEqual(result.ledger.missing, []);
  assert.deepEqual(eventKindsOf(result), ["worker-lost", "worker-returned", "worker-left"]);
});

deepTest("after a resume, who is new has a number of its own", async (t) => {
  const { server, port, startMaster, master, loaded } = await stage(
    t,
    "hitters",
    "--run-time=5s",
    "--worker-timeout=2s",
    "--resume=auto",
  );
  await talkTo(t, port, [validHello()], { introduced: { token: localToken() }, closeAfterMs: 200 });
  startWorker(t, port, "");
  await loaded();
  master.kill("SIGKILL");
  await master.ended();
  const second = await startMaster();
  await second.masterPort();
  startWorker(t, port, "");
  const { code, result } = await second.finished();
  assertPassed(code, result);
  const numbers = result.workers.map((worker) => worker.number);
  assert.equal(new Set(numbers).size, numbers.length, String(numbers));
  assert.equal(result.total.requests, await server.total());
  assert.equal(result.ledger.duplicates, 0);
});

test("a second master for a run that is carried out does not take it away", async (t) => {
  const { server, dataFolder, words, master, port, loaded } = await stage(
    t,
    "hitters",
    "--run-time=10m",
    "--resume=auto",
  );
  startWorker(t, port, "");
  await loaded();
  const second = new MusterProcess(t, words, { env: { MUSTER_DATA_DIR: dataFolder } });
  assert.deepEqual(await second.ended(), { code: 104, signal: null });
  assert.match(second.saidLines.join(), /another master carries out the run/);
  master.kill("SIGTERM");
  const { code, result } = await master.finished();
  assert.deepEqual([code, eventKindsOf(result), warningsOf(result)], [105, [], []]);
  assert.equal(result.total.requests, await server.total());
});

deepTest("the socket is cut while teardown runs: it runs once, and the run ends as it should", async (t) => {
  const { server, port, master } = await stage(t, "once", "--run-time=2s");
  const proxy = await CuttableProxy.start(t, port);
  startWorker(t, proxy.port, "");
  await waitUntil("teardown", async () => (await server.hits()).has("teardown-begun"));
  proxy.cut();
  const { code, result } = await master.finished();
  assertPassed(code, result);
  assert.deepEqual(warningsOf(result), []);
  const hits = await server.hits();
  assert.deepEqual([hits.get("teardown-begun")?.length, hits.get("teardown")?.length], [1, 1]);
});

deepTest("a master that is away for longer than --worker-timeout finds its workers all the same", async (t) => {
  const flags = ["--run-time=8s", "--expect-workers=2", "--worker-timeout=1s", "--resume=auto"];
  const { server, port, startMaster, master, loaded } = await stage(t, "hitters", ...flags);
  // Their connections to the new master are held back for a while.
  const proxy = await CuttableProxy.start(t, port);
  for (let worker = 0; worker < 2; worker++) startWorker(t, proxy.port, "");
  await loaded();
  proxy.block();
  master.kill("SIGKILL");
  await master.ended();
  const second = await startMaster();
  await second.masterPort();
  await delay(2_000);
  proxy.unblock();
  const { code, result } = await second.finished();
  assertPassed(code, result);
  assert.equal(result.total.requests, await server.total());
  assert.deepEqual(eventKindsOf(result), ["master-resumed"]);
});
