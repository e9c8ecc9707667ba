import assert from "node:assert/strict";
import { assertPassed, eventKindsOf } from "../support/assert-passed.ts";
import { casesByDepth, deepTest } from "../support/depth.ts";
import { startWorker } from "../support/distributed.ts";
import { fixture } from "../support/fixture.ts";
import { MusterRun } from "../support/muster-process.ts";
import { sampleApiOfFile } from "../support/sample-api.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { unusedPort } from "../support/unused-port.ts";
import { waitUntil } from "../support/wait-until.ts";

const freshApi = sampleApiOfFile();

const asked = 900;

for (const [[profile, signal], declare] of casesByDepth(1, [
  ["total with pauses", "SIGKILL"],
  ["per user with pauses", "SIGTERM"],
] as const)) {
  declare(
    `${profile}: a worker ends by ${signal}, and as many iterations as asked for are in the result`,
    async (t) => {
      const api = await freshApi();
      const words = ["run", fixture("loads"), `--profile=${profile}`, "--workers=3", `--host=${api.url}`];
      const run = await MusterRun.start(t, words);
      const [victim = 0] = await run.workerPids(3);
      await waitUntil("a part of them", async () => (await api.counts()).total > asked / 2);
      process.kill(victim, signal);
      const { code, result } = await run.finished();

      assertPassed(code, result);
      assert.deepEqual([result.iterations, result.droppedIterations], [asked, 0]);
      assert.match(result.warnings.join(), /its 4 users moved to the other workers/);
      const { total } = await api.counts();
      // What a killed worker did and could not report is done again.
      if (signal === "SIGTERM") assert.equal(total, asked);
      else assert.ok(total >= asked && total <= asked + asked / 3, `${total} of ${asked}`);
      assert.equal(result.ledger.missing.length, signal === "SIGTERM" ? 0 : 1);
    },
  );
}

for (const policy of ["rebalance", "continue"]) {
  deepTest(
    `the last worker of counted iterations is killed, with --on-worker-loss=${policy}: exit code 103`,
    async (t) => {
      const api = await freshApi();
      const words = ["run", fixture("loads"), "--profile=total with pauses", "--workers=2", `--host=${api.url}`];
      const run = await MusterRun.start(t, [...words, `--on-worker-loss=${policy}`]);
      const pids = await run.workerPids(2);
      await waitUntil("a part of them", async () => (await api.counts()).total > asked / 4);
      for (const pid of pids) process.kill(pid, "SIGKILL");
      const { code, result } = await run.finished();
      assert.deepEqual([code, result.verdict, result.reasons], [103, "aborted", ["every worker was lost"]]);
    },
  );
}

deepTest("master and a worker are killed: the restarted master knows what was left, and all are done", async (t) => {
  const api = await freshApi();
  const [port, dataFolder] = [await unusedPort(), await temporaryFolder(t)];
  const words = ["master", fixture("loads"), "--profile=total with pauses", `--host=${api.url}`, "--users=6"];
  const flags = [`--master-bind-port=${port}`, "--expect-workers=3", "--worker-timeout=3s", "--orphan-timeout=8s"];
  const start = () => MusterRun.start(t, [...words, ...flags, "--resume=auto"], { MUSTER_DATA_DIR: dataFolder });
  const first = await start();
  await first.masterPort();
  const [victim] = [1, 2, 3].map(() => startWorker(t, port, ""));
  await waitUntil("a part of them", async () => (await api.counts()).total > asked / 4);
  // The two that are left must not have done all their work before the loss of the third is known, however long that takes.
  await api.misbehave({ latencyMs: 2_000 });
  first.kill("SIGKILL");
  victim?.kill("SIGKILL");
  await first.ended();
  const second = await start();
  await waitUntil("the loss", () => second.log.some(({ msg }) => msg.startsWith("lost worker")));
  await api.misbehave({ latencyMs: 0 });
  const { code, result } = await second.finished();

  assertPassed(code, result);
  assert.deepEqual([result.iterations, result.droppedIterations], [asked, 0]);
  assert.deepEqual(eventKindsOf(result), ["master-resumed", "worker-lost"]);
  const { total } = await api.counts();
  assert.ok(total >= asked && total <= asked + asked / 3, `${total} of ${asked}`);
});
