import assert from "node:assert/strict";
import { test } from "node:test";
import { assertPassed, eventKindsOf } from "../support/assert-passed.ts";
import { CuttableProxy } from "../support/cuttable-proxy.ts";
import { deepTest } from "../support/depth.ts";
import { startWorker } from "../support/distributed.ts";
import { fixture } from "../support/fixture.ts";
import { HitServer } from "../support/hit-server.ts";
import { MusterProcess, MusterRun } from "../support/muster-process.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import type { Cleanup } from "../support/test-process.ts";
import { unusedPort } from "../support/unused-port.ts";
import { waitUntil } from "../support/wait-until.ts";

/** Longer than a second master waits for a sign of the first, and starts. */
const runMs = 13_000;

/** A master with two workers, which reach it through a proxy, and a command for another master of the same run. */
async function stage(t: Cleanup, runTime = `${runMs}ms`) {
  const [server, port, dataFolder] = [await HitServer.start(t), await unusedPort(), await temporaryFolder(t)];
  const env = { MUSTER_DATA_DIR: dataFolder };
  const words = ["master", fixture("hitters"), `--host=${server.url}`, `--run-time=${runTime}`];
  const first = await MusterRun.start(t, [...words, `--master-bind-port=${port}`, "--expect-workers=2"], env);
  await first.masterPort();
  const proxy = await CuttableProxy.start(t, port);
  const workers = [startWorker(t, proxy.port, ""), startWorker(t, proxy.port, "")];
  await waitUntil("load", async () => (await server.total()) > 100);
  const id = String(first.log.find((line) => line.run !== undefined)?.run);
  const secondPort = await unusedPort();
  const resume = ["master", `--resume=${id}`, `--master-bind-port=${secondPort}`];
  const second = () => MusterRun.start(t, resume, env);
  return { server, first, proxy, workers, second, secondPort, resume, env };
}

deepTest(
  "while the first master is alive, a second one is refused, and the run continues as if nothing had happened",
  async (t) => {
    const { server, first, resume, env } = await stage(t);
    const second = new MusterProcess(t, resume, { env });
    assert.deepEqual(await second.ended(), { code: 104, signal: null });
    assert.match(second.saidLines.join("\n"), /^muster: --resume \S+: another master carries out the run [^\n]*$/);
    const { code, result } = await first.finished();
    assertPassed(code, result);
    assert.deepEqual(eventKindsOf(result), []);
    assert.equal(result.total.requests, await server.total());
  },
);

deepTest(
  "the first master is suspended for a while and keeps its workers: the second one ends, and has changed nothing",
  async (t) => {
    const { server, first, second } = await stage(t);
    first.kill("SIGSTOP");
    const other = await second();
    await other.masterPort();
    first.kill("SIGCONT");
    const lost = await other.finished();
    assert.deepEqual([lost.code, lost.result.exitCode, lost.result.verdict], [104, 104, "aborted"]);
    assert.match(lost.result.reasons.join(), /^another master carries out run /);
    const { code, result } = await first.finished();
    assertPassed(code, result);
    assert.deepEqual(result.ledger.missing, []);
    assert.equal(result.total.requests, await server.total());
  },
);

test("the workers of a suspended master come to the second one: the first says so when it is back, and stops nobody", async (t) => {
  const { server, first, proxy, workers, second, secondPort } = await stage(t, "10m");
  first.kill("SIGSTOP");
  const other = await second();
  await other.masterPort();
  proxy.targetPort = secondPort;
  proxy.cut();
  const isBack = ({ msg }: { readonly msg: string }) => msg.endsWith("is connected again");
  await waitUntil("both workers", () => other.log.filter(isBack).length === 2);
  // Both masters are back at the same time.
  other.kill("SIGSTOP");
  first.kill("SIGCONT");
  other.kill("SIGCONT");
  const gone = await first.finished();
  assert.deepEqual([gone.code, gone.result.exitCode, gone.result.verdict], [104, 104, "aborted"]);
  assert.match(gone.result.reasons.join(), /^another master carries out run /);
  const before = await server.total();
  await waitUntil("load after that", async () => (await server.total()) > before + 50);
  other.kill("SIGTERM");
  const { code, result } = await other.finished();
  assert.deepEqual([code, result.ledger.missing], [105, []], String(result.reasons));
  assert.equal(result.total.requests, await server.total());
  for (const worker of workers) assert.deepEqual(await worker.ended(), { code: 0, signal: null });
});
