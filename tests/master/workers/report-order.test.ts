import assert from "node:assert/strict";
import { test } from "node:test";
import { closeCodes } from "../../../src/protocol/version.ts";
import { patienceMs } from "../../support/wait-until.ts";
import { sessionOf, WorkersOfRun } from "./simulated-worker.ts";

const withTimeout = { timeout: patienceMs };

test(
  "a report after a gap is not taken: the worker connects again, and sends all from the committed one on",
  withTimeout,
  async () => {
    await using run = await WorkersOfRun.open();
    const [peer, worker] = await run.running();
    peer.report(1);
    await run.until(() => worker.state.takenSequence === 1);
    peer.report(3);
    peer.report(4);
    await peer.ends();
    assert.deepEqual(peer.closed, { code: closeCodes.missingReport, reason: "report 2 is missing before 3" });
    assert.deepEqual([worker.status, worker.state.takenSequence, run.collector.ledger.missing], ["running", 1, []]);
    const again = await run.connect({ session: sessionOf() });
    assert.ok(again.heard.some((message) => message.type === "welcome" && message.lastSequence === 1));
    for (const sequence of [2, 3, 4]) again.report(sequence);
    await run.until(() => worker.state.takenSequence === 4);
    run.journal.commit();
    assert.deepEqual([run.collector.totals.merged().requests, run.collector.ledger.missing], [4, []]);
  },
);

test("a worker whose report is missing again is lost, and not let in any more", withTimeout, async () => {
  await using run = await WorkersOfRun.open();
  const [peer, worker] = await run.running();
  peer.report(5_000);
  await peer.ends();
  const again = await run.connect({ session: sessionOf() });
  again.report(5_000);
  await again.ends();
  assert.equal(again.closed?.code, closeCodes.badMessage);
  await run.until(() => worker.status === "lost");
  assert.match(String(worker.state.lostBecause), /report 1 is missing before 5000, again/);
  assert.equal((await run.connect({ session: sessionOf() })).refusal, "bad-report");
  run.journal.commit();
  assert.deepEqual([run.collector.totals.merged().requests, run.collector.ledger.reports], [0, 0]);
});

test("reports in another order are not taken", withTimeout, async () => {
  await using run = await WorkersOfRun.open();
  const [peer, worker] = await run.running();
  for (const sequence of [2, 1, 3]) peer.report(sequence);
  await peer.ends();
  assert.deepEqual([peer.closed?.reason, worker.state.takenSequence], ["report 1 is missing before 2", 0]);
});

test("a worker that says that it has stopped before its last report was sent is to send it", withTimeout, async () => {
  await using run = await WorkersOfRun.open();
  const [peer, worker] = await run.running();
  peer.report(1);
  peer.say({ type: "stopped", lastSequence: 3, reason: "finished" });
  await peer.ends();
  assert.deepEqual([peer.closed?.reason, worker.status], ["report 2 is missing before 4", "running"]);
});

test("a worker that takes back reports by its last number is lost", withTimeout, async () => {
  await using run = await WorkersOfRun.open();
  const [peer, worker] = await run.running();
  for (const sequence of [1, 2]) peer.report(sequence);
  peer.say({ type: "stopped", lastSequence: 1, reason: "finished" });
  await peer.ends();
  await run.until(() => worker.status === "lost");
  assert.match(String(worker.state.lostBecause), /the last report is said to be 1, but 2 has come/);
});
