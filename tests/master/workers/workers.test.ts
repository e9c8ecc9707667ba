import assert from "node:assert/strict";
import { test } from "node:test";
import { pino } from "pino";
import { IdleWorkers } from "../../../src/master/workers/idle-workers.ts";
import { WorkerServer } from "../../../src/master/workers/worker-server.ts";
import { patienceMs, waitUntil } from "../../support/wait-until.ts";
import { SimulatedWorker, sessionOf, token, WorkersOfRun } from "./simulated-worker.ts";

const withTimeout = { timeout: patienceMs };

test("a worker is welcomed with its number, and a second one with the next", withTimeout, async () => {
  await using run = await WorkersOfRun.open();
  const first = await run.connect({ id: "a" });
  const second = await run.connect({ id: "b" });
  const welcome = { type: "welcome", runId: "r", lastSequence: 0, startAtMs: null, stays: false };
  assert.deepEqual(first.heard[0], { ...welcome, worker: 1, secret: first.secret });
  assert.deepEqual(second.heard[0], { ...welcome, worker: 2, secret: second.secret });
  assert.notEqual(first.secret, second.secret);
  assert.deepEqual(run.told, ["connected 1", "connected 2"]);
});

for (const [what, hello, reason] of [
  ["a wrong token", { token: "wrong" }, "token"],
  ["another protocol version", { protocol: 0 }, "protocol-version"],
  ["a session of another run", { session: sessionOf({ runId: "other" }) }, "other-run"],
  ["a part in a load that the master does not know", { session: sessionOf() }, "other-run"],
] as const) {
  test(`${what} is refused, with its reason`, withTimeout, async () => {
    await using run = await WorkersOfRun.open();
    const peer = await run.connect(hello);
    await peer.ends();
    assert.deepEqual([peer.heard.map(({ type }) => type), run.workers.all, run.told], [["refused"], [], []]);
    assert.ok(peer.heard[0]?.type === "refused" && peer.heard[0].reason === reason);
  });
}

test("a load that ends admits no new workers, only those that belong to it", withTimeout, async () => {
  await using run = await WorkersOfRun.open();
  const [peer] = await run.running();
  run.workers.isOpen = false;
  const late = await run.connect({ id: "late" });
  assert.ok(late.heard[0]?.type === "refused" && late.heard[0].reason === "run-closed");
  peer.socket.terminate();
  const again = await run.connect({ session: sessionOf() });
  assert.equal(again.heard[0]?.type, "welcome");
});

test("a silent worker is lost while another is heard, and returns with its next heartbeat", withTimeout, async () => {
  await using run = await WorkersOfRun.open();
  const [silent, lost] = await run.running({ id: "a" });
  const [other, kept] = await run.running({ id: "b" });
  run.advance(3_000);
  other.beat();
  await run.until(() => kept.users === 1);
  run.advance(3_000);
  assert.deepEqual([lost.status, kept.status], ["lost", "running"]);
  silent.beat();
  await run.until(() => lost.status === "running");
  assert.deepEqual(run.told.slice(-2), ["lost 1: sent nothing for 5 s", "returned 1: running"]);
  assert.equal(lost.state.lostBecause, null);
});

test(
  "when no worker is heard, the master may be cut off: they are lost after the orphan timeout",
  withTimeout,
  async () => {
    await using run = await WorkersOfRun.open();
    const [, worker] = await run.running();
    run.advance(19_000);
    assert.equal(worker.status, "running");
    run.advance(2_000);
    assert.deepEqual(run.told.at(-1), "lost 1: sent nothing for 20 s");
  },
);

test("a master that stood still loses no worker for that", withTimeout, async () => {
  await using run = await WorkersOfRun.open();
  const [, worker] = await run.running();
  run.freeze(600_000);
  assert.equal(worker.status, "running");
});

test("a worker whose socket closed is lost for that reason once its time is over", withTimeout, async () => {
  await using run = await WorkersOfRun.open();
  const [peer, worker] = await run.running();
  peer.socket.close(1001, "going");
  await run.until(() => !worker.isConnected);
  assert.equal(worker.status, "running");
  run.advance(21_000);
  assert.equal(run.told.at(-1), "lost 1: going");
});

test("a worker whose process ended is lost at once; one that has stopped is not", withTimeout, async () => {
  await using run = await WorkersOfRun.open();
  const [, worker] = await run.running({ id: "a", pid: 11 });
  const [peer, stopped] = await run.running({ id: "b", pid: 12 });
  peer.say({ type: "stopped", lastSequence: 0, reason: "finished" });
  await run.until(() => stopped.status === "stopped");
  for (const pid of [11, 12]) run.workers.processEnded(pid, "its process ended (SIGKILL)");
  assert.deepEqual([worker.status, stopped.status], ["lost", "stopped"]);
  assert.equal(run.told.at(-1), "lost 1: its process ended (SIGKILL)");
});

test("a worker whose event loop is blocked is slow, once, and lost after a minute", withTimeout, async () => {
  await using run = await WorkersOfRun.open();
  const [peer, worker] = await run.running();
  for (const blockedMs of [3_500, 4_500, 61_000]) {
    peer.beat(blockedMs);
    await run.until(() => worker.state.blockedMs === blockedMs);
    run.advance(250);
  }
  assert.deepEqual(run.told.slice(-2), ["slow 1: 3500", "lost 1: the test's code has blocked its event loop for 60 s"]);
});

test(
  "a report is acknowledged only once it is committed, and one that comes again is not counted",
  withTimeout,
  async () => {
    await using run = await WorkersOfRun.open();
    const [peer, worker] = await run.running();
    peer.report(1);
    await run.until(() => worker.state.takenSequence === 1);
    assert.deepEqual([peer.acknowledged, run.collector.totals.merged().requests], [[], 0]);
    run.journal.commit();
    await run.until(() => peer.acknowledged.length === 1);
    peer.report(1);
    await run.until(() => peer.acknowledged.length === 2);
    assert.deepEqual([peer.acknowledged, run.collector.totals.merged().requests], [[1, 1], 1]);
    assert.equal(run.told.at(-1), "repeated");
  },
);

test("a worker that reconnects sends again what is not committed, and nothing counts twice", withTimeout, async () => {
  await using run = await WorkersOfRun.open();
  const [peer, worker] = await run.running();
  peer.report(1);
  peer.report(2);
  await run.until(() => worker.state.takenSequence === 2);
  peer.socket.terminate();
  const again = await run.connect({ session: sessionOf() });
  // What was taken is committed before the welcome, so only what follows has to be sent again.
  await run.until(() => again.heard.some((message) => message.type === "welcome" && message.lastSequence === 2));
  again.report(2);
  again.report(3);
  await run.until(() => worker.state.takenSequence === 3);
  run.journal.commit();
  assert.deepEqual([run.collector.totals.merged().requests, run.collector.ledger.missing], [3, []]);
});

test(
  "a lost worker that says that it stopped returns, and has left once its last report is there",
  withTimeout,
  async () => {
    await using run = await WorkersOfRun.open();
    const [peer, worker] = await run.running();
    peer.socket.terminate();
    await run.until(() => !worker.isConnected);
    run.advance(21_000);
    const stopped = { lastSequence: 1, reason: "orphaned" as const };
    const again = await run.connect({ session: sessionOf({ state: "stopped", stopped }) });
    assert.deepEqual([worker.status, run.told.at(-2)], ["stopped", "returned 1: stopped"]);
    again.report(1);
    await run.until(() => worker.isDone);
    assert.equal(run.told.at(-1), "left 1: orphaned");
  },
);

test("a worker that has another socket uses that one: the one before is closed", withTimeout, async () => {
  await using run = await WorkersOfRun.open();
  const [before, worker] = await run.running();
  const after = await run.connect({ session: sessionOf() });
  await before.ends();
  after.beat();
  await run.until(() => worker.users === 1);
  assert.deepEqual([worker.isConnected, run.workers.all.length, worker.status], [true, 1, "running"]);
});

test("a worker that did all it had to and says goodbye is gone, not lost", withTimeout, async () => {
  await using run = await WorkersOfRun.open();
  const [peer, worker] = await run.running();
  peer.say({ type: "stopped", lastSequence: 0, reason: "finished" });
  await run.until(() => worker.status === "stopped");
  peer.socket.close(1000, "done");
  await run.until(() => worker.status === "gone");
  run.advance(60_000);
  assert.deepEqual(run.told, ["connected 1", "ready 1"]);
});

test("a call of setup that was lost with a socket is sent again; its answer is taken once", withTimeout, async () => {
  await using run = await WorkersOfRun.open();
  const [peer, worker] = await run.running();
  worker.call({ type: "run-setup" });
  peer.socket.terminate();
  const again = await run.connect({ session: sessionOf() });
  await run.until(() => again.heard.some(({ type }) => type === "run-setup"));
  again.say({ type: "lifecycle-done", phase: "setup", value: { a: 1 }, error: null, endpoints: [] });
  await run.until(() => worker.state.answer !== null);
  assert.deepEqual([worker.state.answer?.value, worker.state.call], [{ a: 1 }, null]);
});

test("workers wait between runs, and the next run takes them", withTimeout, async () => {
  const log = pino({ level: "silent" });
  const server = new WorkerServer({ host: "127.0.0.1", port: 0, token, log });
  const idle = new IdleWorkers(() => performance.now());
  server.open(idle);
  const peer = new SimulatedWorker(await server.listen(), {});
  try {
    await peer.answered();
    assert.deepEqual([peer.heard[0], idle.workers.map(({ id }) => id)], [{ type: "wait" }, ["w"]]);
    const taken: string[] = [];
    idle.open({ admit: () => null, receive: (_, { id }) => taken.push(id) });
    await waitUntil("the worker in the run", () => taken.length === 1);
    assert.deepEqual([taken, idle.workers], [["w"], []]);
  } finally {
    idle.close();
    peer.socket.terminate();
    await server.close();
  }
});

test("a worker that claims the process of another one does not hide the end of that process", withTimeout, async () => {
  await using run = await WorkersOfRun.open();
  const [liar, claiming] = await run.running({ id: "a", pid: 11 });
  const [, real] = await run.running({ id: "b", pid: 11 });
  run.workers.processEnded(11, "its process ended (SIGKILL)");
  assert.deepEqual([claiming.status, real.status], ["lost", "lost"]);
  liar.beat();
  await run.until(() => claiming.status === "running");
});

test("an error of a megabyte is cut to what a log and a result can hold", withTimeout, async () => {
  await using run = await WorkersOfRun.open();
  const peer = await run.connect();
  const [worker] = run.workers.all;
  peer.say({ type: "load-failed", error: { message: "x".repeat(1_000_000), stack: "y".repeat(1_000_000) } });
  await run.until(() => worker?.state.loadError != null);
  const { message, stack } = worker?.state.loadError ?? { message: "", stack: "" };
  assert.deepEqual([message.length, stack.length], [10_000, 10_000]);
});

test("a worker that floods the log is cut to what a run can show", withTimeout, async () => {
  await using run = await WorkersOfRun.open();
  const [peer, worker] = await run.running();
  for (let line = 0; line < 500; line++) peer.say({ type: "log", level: "info", text: "x", leftOut: 0 });
  peer.beat();
  await run.until(() => worker.users === 1);
  assert.equal(run.told.filter((what) => what.startsWith("logged")).length, 100);
});

test("a worker that does not read loses its socket before its replies fill the memory", withTimeout, async () => {
  await using run = await WorkersOfRun.open();
  const [peer, worker] = await run.running();
  peer.socket.pause();
  const message = { type: "response", id: 1, result: { value: "x".repeat(1_000_000) } } as const;
  for (let count = 0; count < 120; count++) worker.respond(message);
  await run.until(() => !worker.isConnected);
  assert.equal(worker.socket.downBecause, "it does not read its messages");
  assert.equal(worker.status, "running", "it may come back");
});
