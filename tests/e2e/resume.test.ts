import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { assertPassed, eventKindsOf } from "../support/assert-passed.ts";
import { deepTest } from "../support/depth.ts";
import { startWorker } from "../support/distributed.ts";
import { executionsOf } from "../support/exactness.ts";
import { fixture } from "../support/fixture.ts";
import { HitServer } from "../support/hit-server.ts";
import { MusterProcess, MusterRun } from "../support/muster-process.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import type { Cleanup } from "../support/test-process.ts";
import { unusedPort } from "../support/unused-port.ts";
import { waitUntil } from "../support/wait-until.ts";

const hitters = fixture("hitters");

/** As `hitters`, with data that does not fit into its code. */
const dataHitters = `
import { constant, closed, defineTest, defineUser } from "muster-load";
import rows from "./rows.csv";
const hitter = defineUser({
  name: "Hitter",
  pause: constant("20ms"),
  tasks: { hit: (vu) => vu.http.get("/hit/" + rows[299_999].number, { name: "/hit", expect: 200 }) },
});
export default defineTest({ users: [hitter], load: closed({ users: 12, spawnRate: 24, duration: "3s" }) });
`;

/** A master with two workers, on a port and in a folder to which another master can come back. */
async function stage(t: Cleanup, file: string, ...flags: string[]) {
  const [server, port, dataFolder] = [await HitServer.start(t), await unusedPort(), await temporaryFolder(t)];
  const env = { MUSTER_DATA_DIR: dataFolder };
  const bind = `--master-bind-port=${port}`;
  const words = [file, `--host=${server.url}`, "--expect-workers=2", ...flags];
  const master = await MusterRun.start(t, ["master", bind, ...words], env);
  await master.masterPort();
  const workers = [startWorker(t, port, ""), startWorker(t, port, "")];
  const runId = String(master.log.find((line) => line.run !== undefined)?.run);
  const resume = (...more: string[]) => MusterRun.start(t, ["master", bind, ...more], env);
  return { server, dataFolder, port, master, workers, runId, words, resume };
}

test("a master that is killed, twice: by --resume and the id alone the run goes on, and nothing is missing", async (t) => {
  // A busy machine needs many seconds for each start, so the plan has no end that could come in between.
  const { server, master, workers, runId, resume } = await stage(t, hitters, "--run-time=10m");
  await waitUntil("load", async () => (await server.total()) > 0);
  const loadedAtMs = performance.now();
  await waitUntil("more of it", async () => (await server.total()) > 300);
  const resumed = async () => {
    const next = await resume(`--resume=${runId}`);
    await waitUntil("the workers", () => next.log.filter(({ msg }) => msg.endsWith("is connected again")).length === 2);
    const before = await server.total();
    await waitUntil("more load", async () => (await server.total()) > before + 20);
    return next;
  };
  master.kill("SIGKILL");
  await master.ended();
  const second = await resumed();
  second.kill("SIGKILL");
  await second.ended();
  const third = await resumed();
  const loadedMs = performance.now() - loadedAtMs;
  third.kill("SIGTERM");
  const { code, result } = await third.finished();

  assert.deepEqual([code, result.verdict, result.run.id], [105, "aborted", runId], String(result.reasons));
  assert.equal(result.total.requests, await server.total());
  assert.deepEqual(executionsOf(result), { "default / Hitter / hit": await server.total() });
  assert.deepEqual([result.ledger.missing, result.ledger.duplicates], [[], 0]);
  assert.deepEqual(
    result.groups?.map(({ name, count, failures }) => [name, count, failures]),
    [["hit", await server.total(), 0]],
  );
  assert.deepEqual(eventKindsOf(result), ["master-resumed", "master-resumed"]);
  assert.equal(result.warnings.filter((line) => /^the master was down from about [\d.]+ s to/.test(line)).length, 2);
  assert.ok(result.run.durationMs > loadedMs, `the plan's time went on: ${result.run.durationMs} of ${loadedMs} ms`);
  assert.equal(result.peakUsers, 12);
  assert.equal(
    result.workers.reduce((sum, worker) => sum + worker.requests, 0),
    result.total.requests,
  );
  for (const worker of workers) assert.deepEqual(await worker.ended(), { code: 0, signal: null });
});

deepTest(
  "the plan ends while the master is away: the workers wait with their reports, and the result is whole, large data or not",
  async (t) => {
    const rows = ["number", ...Array.from({ length: 300_000 }, (_, row) => String(row))].join("\n");
    const folder = await temporaryFolder(t, { "rows.csv": rows, "test.ts": dataHitters });
    const { server, master, runId, resume } = await stage(t, join(folder, "test.ts"));
    await waitUntil("load", async () => (await server.total()) > 100);
    master.kill("SIGKILL");
    await master.ended();
    // A resumed master has no need of the files: it may be on another machine with the same store.
    await rm(folder, { recursive: true });
    let before = -1;
    await waitUntil("the end of the load", async () => {
      const now = await server.total();
      const isOver = now === before;
      before = now;
      return isOver;
    });
    const { code, result } = await (await resume(`--resume=${runId}`)).finished();
    assert.deepEqual([code, result.total.requests], [0, await server.total()], String(result.reasons));
    assert.deepEqual(result.ledger.missing, []);
  },
);

deepTest("setup ran once and is not run again by a resumed master; teardown runs once, at the end", async (t) => {
  const { server, master, runId, resume } = await stage(t, fixture("once"), "--run-time=3s");
  await waitUntil("load", async () => ((await server.hits()).get("task") ?? []).length > 50);
  master.kill("SIGKILL");
  await master.ended();
  const { code, result } = await (await resume(`--resume=${runId}`)).finished();
  assertPassed(code, result);
  const hits = await server.hits();
  const counts = ["setup-begun", "setup-done", "teardown"].map((name) => hits.get(name)?.length);
  assert.deepEqual(counts, [1, 1, 1]);
  assert.equal(result.total.requests, hits.get("task")?.length);
  assert.deepEqual(
    result.lifecycleRequests.map(({ phase, requests }) => [phase, requests]),
    [
      ["setup", 1],
      ["setup", 1],
      ["teardown", 1],
      ["teardown", 1],
    ],
  );
});

deepTest("the worker that runs setup dies: another runs it; teardown after a signal", async (t) => {
  const { server, master, workers } = await stage(t, fixture("once"), "--worker-timeout=1s");
  await waitUntil("setup", async () => (await server.hits()).has("setup-begun"));
  // The first to join has it; which of the two that is, the master's log tells.
  const [first] = await master.workerPids(2);
  workers.find((worker) => worker.pid === first)?.kill("SIGKILL");
  const { code, result } = await master.finished();
  const hits = await server.hits();
  assert.deepEqual([hits.get("setup-begun")?.length, hits.get("setup-done")?.length], [2, 1]);
  assert.equal(hits.get("teardown")?.length, 1, "once, after a run that was cut short");
  assert.deepEqual([code, result.verdict], [103, "aborted"], "two workers were expected");
});

deepTest(
  "what cannot be resumed is refused with one line: no such run, a finished run, another host, no store",
  async (t) => {
    const { server, dataFolder, master, runId } = await stage(t, hitters, "--run-time=1s");
    await master.finished();
    const refusal = async (words: readonly string[], env: Readonly<Record<string, string>> = {}) => {
      const refused = new MusterProcess(t, ["master", "--master-bind-port=0", ...words], {
        env: { MUSTER_DATA_DIR: dataFolder, ...env },
      });
      assert.deepEqual(await refused.ended(), { code: 104, signal: null }, refused.stderr);
      assert.equal(refused.saidLines.length, 1, refused.stderr);
      return refused.saidLines.join();
    };
    assert.match(await refusal(["--resume=nowhere"]), /^muster: --resume nowhere: .*muster\.db has no such run/);
    assert.match(await refusal([`--resume=${runId}`]), new RegExp(`^muster: --resume ${runId}: the run has finished`));
    assert.match(await refusal([`--resume=${runId}`, "--no-store"]), /--no-store keeps no run that could be resumed/);
    assert.ok((await server.total()) > 0);
  },
);

deepTest("--resume auto begins a run where none of this test is unfinished", async (t) => {
  const { server, master, words, resume } = await stage(t, hitters, "--run-time=1s");
  const first = await master.finished();
  const again = await resume(...words, "--resume=auto");
  const port = await again.masterPort();
  for (let worker = 0; worker < 2; worker++) startWorker(t, port, "");
  const second = await again.finished();
  assert.deepEqual([first.code, second.code], [0, 0]);
  assert.notEqual(second.result.run.id, first.result.run.id);
  assert.equal(first.result.total.requests + second.result.total.requests, await server.total());
});
