import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import type { ConnectedWorker } from "../../../src/master/workers/connected-worker.ts";
import { workerFacts, workerState } from "../../../src/master/workers/worker-state.ts";
import { closeCodes } from "../../../src/protocol/version.ts";
import { patienceMs } from "../../support/wait-until.ts";
import { sessionOf, WorkersOfRun } from "./simulated-worker.ts";

const withTimeout = { timeout: patienceMs };
const secret = "s";

/** A worker of a resumed run, whose reports up to 10 are stored; it has not connected yet. */
function restored(run: WorkersOfRun): ConnectedWorker {
  const known = workerFacts(workerState(null));
  const reports = { takenSequence: 10, committedSequence: 10 };
  const secretHash = createHash("sha256").update(secret).digest("hex");
  run.advance(20_000);
  run.collector.ledger.joined(1, 10_000);
  return run.workers.add({ id: "w", host: "h", pid: 7 }, 1, {
    ...{ ...known, ...reports, status: "running", hasStarted: true, secretHash },
  });
}

test("what a power cut took out of the store is a gap, and the worker goes on", withTimeout, async () => {
  await using run = await WorkersOfRun.open();
  const worker = restored(run);
  const peer = await run.connect({ secret, session: sessionOf() });
  for (const sequence of [16, 17]) peer.report(sequence);
  await run.until(() => worker.state.takenSequence === 17);
  assert.equal(worker.status, "running");
  const gap = { worker: 1, firstSequence: 11, lastSequence: 15, fromMs: 10_000, toMs: 16_000 };
  assert.deepEqual(run.collector.ledger.missing, [gap]);
});

test("only the first report of a worker of a resumed run comes after a gap", withTimeout, async () => {
  await using run = await WorkersOfRun.open();
  const worker = restored(run);
  const peer = await run.connect({ secret, session: sessionOf() });
  for (const sequence of [11, 13]) peer.report(sequence);
  await peer.ends();
  assert.deepEqual([peer.closed?.reason, worker.status], ["report 12 is missing before 13", "running"]);
  assert.deepEqual(run.collector.ledger.missing, []);
});

test("the time of a resumed run is asked of its own workers, not of new ones", withTimeout, async () => {
  await using run = await WorkersOfRun.open();
  restored(run);
  await run.connect({ id: "stranger", session: sessionOf({ state: "joined", elapsedMs: 1e9 }) });
  await run.connect({ secret, session: sessionOf({ state: "ready", elapsedMs: 1e9 }) });
  await run.connect({ secret, session: sessionOf({ elapsedMs: 17_000 }) });
  assert.deepEqual(run.times, [null, null, 17_000]);
});

test("a worker that was not started cannot report", withTimeout, async () => {
  await using run = await WorkersOfRun.open();
  const peer = await run.connect();
  peer.report(1);
  await peer.ends();
  assert.equal(peer.closed?.code, closeCodes.badMessage);
  assert.equal(run.collector.ledger.reports, 0);
});

test("a report that cannot be judged yet is sent again, and its worker is not lost", withTimeout, async () => {
  await using run = await WorkersOfRun.open();
  const worker = restored(run);
  run.isTimeKnown = false;
  const peer = await run.connect({ secret, session: sessionOf() });
  peer.report(11);
  await peer.ends();
  assert.deepEqual([peer.closed?.code, worker.status], [closeCodes.missingReport, "running"]);
  run.isTimeKnown = true;
  const again = await run.connect({ secret, session: sessionOf() });
  again.report(11);
  await run.until(() => worker.state.takenSequence === 11);
});
