import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { pino } from "pino";
import { liveState } from "../../src/api/live/live-state.ts";
import { IdleWorkers } from "../../src/master/workers/idle-workers.ts";
import { loadTest } from "../../src/runner/load-test.ts";
import type { RunOutput } from "../../src/runner/outputs/run-output.ts";
import type { RunOptions } from "../../src/runner/run-options.ts";
import { RunSession } from "../../src/runner/run-session.ts";
import { RunStores } from "../../src/runner/run-stores.ts";
import { fixture } from "../support/fixture.ts";
import { waitUntil } from "../support/wait-until.ts";

/** A session whose runs end soon, because no worker comes. */
async function sessionOf(t: TestContext, output: RunOutput): Promise<RunSession> {
  const timeouts = { stopTimeout: 1_000, workerTimeout: 10_000, orphanTimeout: 60_000, stallLimit: 100 };
  const policies = { onWorkerLoss: "rebalance", minWorkers: 1, onWorkerStrain: "invalid", engine: "own" };
  const options = { ...timeouts, ...policies, host: "http://127.0.0.1:9" } as unknown as RunOptions;
  const args = [fixture("visitors")];
  const stores = new RunStores({ store: false, dataDir: "" });
  const idleWorkers = new IdleWorkers(() => performance.now());
  t.after(() => {
    idleWorkers.close();
    stores.close();
  });
  return new RunSession({
    request: { args, options, expectWorkers: 1, expectWorkersMaxWaitMs: 50, resume: null },
    test: await loadTest(args, options),
    context: { stores, log: pino({ level: "silent" }), createOutputs: () => [output] },
    idleWorkers,
    port: 9,
    onWorkerLog: () => {},
    onTest: async () => {},
    refill: () => {},
  });
}

test("a run can be started when the outputs of the last one have finished, not when its result is known", async (t) => {
  const delivered = Promise.withResolvers<void>();
  const session = await sessionOf(t, { name: "a slow output", finish: () => delivered.promise });
  assert.equal(liveState(session).canStart, true);
  const started = session.startRequested();
  assert.equal(liveState(session).canStart, false);
  await started;
  await waitUntil("the result", () => liveState(session).state === "finished");
  assert.equal(liveState(session).canStart, false);
  await assert.rejects(session.startRequested(), { code: "run-active" });
  delivered.resolve();
  await session.idle();
  assert.equal(liveState(session).canStart, true);
  await session.startRequested();
  await session.idle();
});

test("a signal before or while the requested run is loaded aborts that run, as without a web page", async (t) => {
  for (const isEarly of [true, false]) {
    const verdicts: string[] = [];
    const session = await sessionOf(t, {
      name: "the verdicts",
      finish: ({ result }) => void verdicts.push(result.verdict),
    });
    if (isEarly) session.stop("SIGTERM");
    const started = session.startRequested();
    if (!isEarly) session.stop("SIGTERM");
    await started;
    await session.idle();
    await session.ended;
    assert.deepEqual(verdicts, ["aborted"]);
    assert.equal(session.exitCode, 105);
  }
});

test("the result of a run whose file could not be written says so, as that in the store does", async (t) => {
  const finish = () => Promise.reject(new Error("the disk is full"));
  const session = await sessionOf(t, { name: "a file", isRequired: true, finish });
  await session.startRequested();
  await session.idle();
  const { warnings = [], exitCode } = session.current?.result ?? {};
  assert.deepEqual([warnings.at(-1), exitCode], ["the disk is full", session.exitCode]);
});
