import assert from "node:assert/strict";
import { test } from "node:test";
import { prepareMessage } from "../../support/prepare-message.ts";
import { patienceMs } from "../../support/wait-until.ts";
import { eventually, within } from "../http/fixture.ts";
import { ScriptedMaster, type Visit } from "./scripted-master.ts";
import { TestLink } from "./test-link.ts";

const withTimeout = { timeout: patienceMs };
const running = { state: "running", stopped: null, lifecycle: null } as const;
const prepare = { ...prepareMessage, stopTimeoutMs: 1_000 };

/** A worker whose load runs, and that has lost its master for good. */
async function lostInTheRun(
  worker: TestLink,
  master: ScriptedMaster,
  orphanTimeoutMs: number,
): Promise<{ atMs: number }> {
  (await master.visit(1)).send({ ...prepare, orphanTimeoutMs });
  await worker.until("it has heard", () => worker.heard.includes("prepare"));
  worker.link.progress(running);
  await master[Symbol.asyncDispose]();
  await worker.until("it notices", () => worker.of("disconnected").length === 1);
  return { atMs: performance.now() };
}

test("a master that says nothing for five seconds is looked for again", withTimeout, async () => {
  await using master = await ScriptedMaster.listen();
  await using worker = new TestLink(master.url);
  const visit = await master.visit(1);
  await eventually(() => visit.heartbeats.length >= 1, "it listens");
  const beganMs = performance.now();
  visit.partition();
  await master.visit(2);
  const afterMs = performance.now() - beganMs;
  assert.ok(afterMs > 3_900 && afterMs < 45_000, `${afterMs} ms`);
  assert.deepEqual(worker.of("disconnected"), [{ type: "disconnected", reason: "it sent nothing for 5 s" }]);
});

test("a master that does not answer the hello is tried again", withTimeout, async () => {
  await using master = await ScriptedMaster.listen({ answersHello: false });
  await using worker = new TestLink(master.url);
  await master.visit(1);
  master.manners.answersHello = true;
  await worker.until("it is in", () => worker.heard.includes("welcome"));
  assert.equal(master.visits.length, 2);
});

test("no master within the connect timeout is the end, soon after it", withTimeout, async () => {
  await using worker = new TestLink("ws://127.0.0.1:1", { connectTimeoutMs: 300 });
  const beganMs = performance.now();
  await worker.until("the end", () => worker.of("ended").length === 1);
  assert.ok(performance.now() - beganMs < 20_000);
  const [{ end } = { end: null }] = worker.of("ended");
  assert.equal(end?.kind, "no-master");
});

test("before the load a lost master is looked for again for as long as for the first", withTimeout, async () => {
  const master = await ScriptedMaster.listen();
  await using worker = new TestLink(master.url, { connectTimeoutMs: 1_500 });
  await worker.until("it is in", () => worker.heard.includes("welcome"));
  const visit = await master.visit(1);
  await eventually(() => visit.heartbeats.length >= 2, "it has been in for longer than that");
  await master[Symbol.asyncDispose]();
  await worker.until("it notices", () => worker.of("disconnected").length === 1);
  const beganMs = performance.now();
  await worker.until("the end", () => worker.of("ended").length === 1);
  const afterMs = performance.now() - beganMs;
  assert.ok(afterMs > 300 && afterMs < 20_000, `${afterMs} ms`);
  const [{ end } = { end: null }] = worker.of("ended");
  assert.deepEqual([end?.kind, end?.kind === "lost" && end.left], ["lost", { runId: "r1", reports: 0 }]);
});

test(
  "while the load runs it is looked for without end; stopped, for the connect timeout from then on",
  withTimeout,
  async () => {
    const master = await ScriptedMaster.listen();
    // Also the time in which it has to find its master at first, on a busy machine.
    const connectTimeoutMs = 2_000;
    await using worker = new TestLink(master.url, { connectTimeoutMs });
    await lostInTheRun(worker, master, 60_000);
    worker.report(1, 2, 3);
    const beganMs = performance.now();
    await eventually(() => performance.now() - beganMs > 1.5 * connectTimeoutMs, "more than the connect timeout");
    assert.deepEqual([worker.of("ended"), worker.of("orphaned")], [[], []]);
    worker.link.progress({ ...running, state: "stopped", stopped: { lastSequence: 3, reason: "finished" } });
    await worker.until("the end", () => worker.of("ended").length === 1);
    const [{ end } = { end: null }] = worker.of("ended");
    assert.deepEqual([end?.kind, end?.kind === "lost" && end.left], ["lost", { runId: "r1", reports: 3 }]);
  },
);

test("a silence after which the load must stop is reported on time, once", withTimeout, async () => {
  const master = await ScriptedMaster.listen();
  await using worker = new TestLink(master.url);
  const { atMs } = await lostInTheRun(worker, master, 700);
  await worker.until("it is told", () => worker.of("orphaned").length === 1);
  const afterMs = performance.now() - atMs;
  assert.ok(afterMs < 20_000, `${afterMs} ms`);
  const [{ silentMs } = { silentMs: 0 }] = worker.of("orphaned");
  assert.ok(silentMs >= 700 && silentMs < 20_000, `${silentMs} ms`);
  worker.link.progress({ ...running, state: "stopped", stopped: { lastSequence: 0, reason: "orphaned" } });
  await using second = await ScriptedMaster.listen({ port: master.port });
  const visit = await second.visit(1);
  assert.deepEqual(visit.hello.session?.stopped, { lastSequence: 0, reason: "orphaned" });
  await eventually(() => visit.heartbeats.length > 0, "a while later");
  assert.equal(worker.of("orphaned").length, 1);
});

test("a master that is there and listens is not lost, however short the orphan timeout", withTimeout, async () => {
  const master = await ScriptedMaster.listen();
  await using worker = new TestLink(master.url);
  const visit = await master.visit(1);
  visit.send({ ...prepare, orphanTimeoutMs: 0 });
  await worker.until("it has heard", () => worker.heard.includes("prepare"));
  worker.link.progress(running);
  await eventually(() => visit.heartbeats.length >= 3, "some time passes");
  assert.deepEqual(worker.of("orphaned"), []);
  await master[Symbol.asyncDispose]();
  await worker.until("now it is lost", () => worker.of("orphaned").length === 1);
});

test("after quit the worker does not reconnect", withTimeout, async () => {
  await using master = await ScriptedMaster.listen();
  await using worker = new TestLink(master.url);
  const visit = await master.visit(1);
  visit.send({ type: "quit" });
  visit.cut();
  await worker.until("it has heard", () => worker.heard.includes("quit"));
  await within(worker.link.close(), "the thread ends");
  assert.deepEqual([master.visits.length, worker.of("disconnected"), worker.of("ended")], [1, [], []]);
});

test("close sends a goodbye after all earlier messages", withTimeout, async () => {
  await using master = await ScriptedMaster.listen();
  await using worker = new TestLink(master.url);
  await worker.until("it is in", () => worker.heard.includes("welcome"));
  worker.report(1);
  worker.link.say({ type: "stopped", lastSequence: 1, reason: "told-to-go" });
  await within(worker.link.close(), "it has closed");
  const visit: Visit = await master.visit(1);
  await eventually(() => visit.closedBecause !== null, "the master knows");
  // Probes of the clock are sent whenever their time has come.
  const types = visit.types.filter((type) => type !== "clock-probe" && type !== "heartbeat");
  assert.deepEqual([visit.closedBecause, visit.frames.length, types.at(-1)], ["done", 1, "stopped"]);
});

test("close while no master is there ends at once", withTimeout, async () => {
  await using worker = new TestLink("ws://127.0.0.1:1");
  await within(worker.link.close(), "it has closed");
});
