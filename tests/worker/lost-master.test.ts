import assert from "node:assert/strict";
import { test } from "node:test";
import { deepTest } from "../support/depth.ts";
import { patienceMs } from "../support/wait-until.ts";
import { StagedWorker } from "./staged-worker.ts";

const withTimeout = { timeout: patienceMs };

function assertGapless(worker: StagedWorker): void {
  const { reports } = worker;
  let window = reports[0]?.window ?? 0;
  for (const [index, report] of reports.entries()) {
    assert.deepEqual([report.sequence, report.window], [index + 1, window]);
    window += report.windowCount;
  }
}

test(
  "the load continues while the master is away; a restarted one receives everything that was recorded",
  withTimeout,
  async (t) => {
    const worker = await StagedWorker.start(t);
    const first = await worker.running();
    await worker.until("two reports are committed", () => worker.reports.length >= 2);
    worker.master.manners.acknowledges = false;
    await worker.killMaster();
    const before = worker.target.requests;
    await worker.until("the load goes on", () => worker.target.requests > before + 50);

    const nowMs = () => performance.now() + 9e8;
    const master = await worker.restartMaster({ nowMs, answersHello: false });
    const visit = await master.visit(1);
    assert.deepEqual([visit.hello.id, visit.hello.session?.state], [first.hello.id, "running"]);
    master.manners.startAtMs = nowMs() - (visit.hello.session?.elapsedMs ?? 0);
    visit.welcome();
    // The master says it all again; the worker has it already.
    visit.send(worker.prepare);
    const iterationNumbers = { first: 0, step: 1 };
    const { startAtMs } = master.manners;
    visit.send({ type: "start", startAtMs, iterationNumbers, setup: {}, scenarios: worker.scenarios });
    visit.send({ type: "update", scenarios: worker.scenarios });
    const committed = worker.reports.length;
    await worker.until("further reports", () => worker.reports.length >= committed + 2);
    visit.send({ type: "stop", stopTimeoutMs: 5_000 });
    await worker.until("it has stopped", () => visit.said("stopped") !== undefined);
    assert.deepEqual(visit.said("stopped"), {
      type: "stopped",
      lastSequence: worker.reports.length,
      reason: "finished",
    });
    assert.equal(visit.said("need-bundle"), undefined);
    visit.send({ type: "quit" });
    assert.deepEqual(await worker.process.ended(), { code: 0, signal: null });
    assert.equal(worker.requestsReported, worker.target.requests);
    assertGapless(worker);
  },
);

test(
  "no master for the orphan timeout: the load stops on time, and what was counted is kept for it",
  withTimeout,
  async (t) => {
    const worker = await StagedWorker.start(t, { prepare: { orphanTimeoutMs: 2_000 } });
    await worker.running();
    await worker.killMaster();
    const lostAtMs = performance.now();
    await worker.until("it stops", () => worker.process.log.some(({ msg }) => msg.startsWith("stopping the load")));
    await worker.until("nobody asks any more", () => performance.now() - worker.target.lastAtMs > 500);
    const lastedMs = worker.target.lastAtMs - lostAtMs;
    assert.ok(lastedMs > 800 && lastedMs < 20_000, `${lastedMs} ms`);

    const master = await worker.restartMaster();
    const visit = await master.visit(1);
    await worker.until("all is delivered", () => worker.requestsReported === worker.target.requests);
    const { session } = visit.hello;
    assert.deepEqual([session?.state, session?.stopped?.reason], ["stopped", "orphaned"]);
    await worker.until("to the last report", () => worker.reports.at(-1)?.sequence === session?.stopped?.lastSequence);
    assertGapless(worker);
    visit.send({ type: "quit" });
    assert.deepEqual(await worker.process.ended(), { code: 0, signal: null });
  },
);

deepTest(
  "a plan that ends while the master is away ends as planned; without one there is a line and exit 103",
  async (t) => {
    const worker = await StagedWorker.start(t, { durationMs: 1_500, words: ["--connect-timeout=2s"] });
    await worker.running();
    worker.master.manners.acknowledges = false;
    await worker.killMaster();
    const { code } = await worker.process.ended();
    assert.equal(code, 103);
    assert.equal(worker.process.saidLines.length, 1);
    assert.match(
      worker.process.saidLines.join(),
      /^muster: lost the master: socket closed \(1006\), and since then: .*ECONNREFUSED.*; [1-9] reports? of run r1 (was|were) not delivered$/,
    );
    assert.deepEqual(
      worker.process.log.filter(({ msg }) => msg.startsWith("stopping the load")),
      [],
    );
  },
  withTimeout,
);

test("a run that is another's: the load stops at once, and the worker ends with 103", withTimeout, async (t) => {
  const worker = await StagedWorker.start(t);
  await worker.running();
  await worker.killMaster();
  const master = await worker.restartMaster({ answersHello: false });
  const message = "the master carries out another run (other-run)";
  (await master.visit(1)).send({ type: "refused", reason: "other-run", message });
  assert.deepEqual(await worker.process.ended(), { code: 103, signal: null });
  assert.match(worker.process.saidLines.join("\n"), /^muster: the master refused this worker: .*\(other-run\)/);
});

test("SIGTERM while the master is away: the last reports wait for it", withTimeout, async (t) => {
  const worker = await StagedWorker.start(t);
  await worker.running();
  await worker.until("a report is committed", () => worker.reports.length >= 1);
  await worker.killMaster();
  worker.process.kill("SIGTERM");
  await worker.until("nobody asks any more", () => performance.now() - worker.target.lastAtMs > 500);
  const master = await worker.restartMaster();
  const visit = await master.visit(1);
  assert.deepEqual(await worker.process.ended(), { code: 105, signal: null });
  const { session } = visit.hello;
  assert.deepEqual([session?.state, session?.stopped?.reason], ["stopped", "told-to-go"]);
  assert.equal(worker.reports.at(-1)?.sequence, session?.stopped?.lastSequence);
  assert.equal(worker.requestsReported, worker.target.requests);
});

deepTest(
  "SIGTERM and a master that never comes back: a warning, and 105",
  async (t) => {
    const worker = await StagedWorker.start(t, { words: ["--connect-timeout=1s"] });
    await worker.running();
    await worker.killMaster();
    worker.process.kill("SIGTERM");
    assert.deepEqual(await worker.process.ended(), { code: 105, signal: null });
    assert.deepEqual(worker.process.saidLines, []);
    assert.match(
      worker.process.log.at(-1)?.msg ?? "",
      /reports? of run r1 (was|were) not delivered|did not acknowledge/,
    );
  },
  withTimeout,
);
