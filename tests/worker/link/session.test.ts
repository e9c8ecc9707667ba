import assert from "node:assert/strict";
import { test } from "node:test";
import type { StartMessage } from "../../../src/protocol/master-messages.ts";
import type { LifecycleDone } from "../../../src/protocol/worker-messages.ts";
import { prepareMessage } from "../../support/prepare-message.ts";
import { patienceMs } from "../../support/wait-until.ts";
import { eventually } from "../http/fixture.ts";
import { ScriptedMaster } from "./scripted-master.ts";
import { TestLink } from "./test-link.ts";

const withTimeout = { timeout: patienceMs };
const prepare = { ...prepareMessage, stopTimeoutMs: 1_000 };
const start: StartMessage = {
  type: "start",
  startAtMs: 0,
  iterationNumbers: { first: 0, step: 1 },
  setup: {},
  scenarios: [],
};

test("a new worker has no session; one that was in tells where it stands", withTimeout, async () => {
  await using master = await ScriptedMaster.listen();
  await using worker = new TestLink(master.url);
  const first = await master.visit(1);
  assert.equal(first.hello.session, null);
  await worker.until("it is in", () => worker.heard.includes("welcome"));
  first.cut();
  const second = await master.visit(2);
  assert.deepEqual(second.hello.session, {
    runId: "r1",
    state: "joined",
    elapsedMs: null,
    stopped: null,
    lifecycle: null,
  });
  const done: LifecycleDone = { type: "lifecycle-done", phase: "setup", value: { a: 1 }, error: null, endpoints: [] };
  worker.link.progress({ state: "ready", stopped: null, lifecycle: done });
  // Said on a socket that is about to be lost, it may not arrive; the hello holds it.
  second.cut();
  const third = await master.visit(3);
  await eventually(() => third.hello.session !== null, "its session");
  assert.deepEqual([third.hello.session?.state, third.hello.session?.lifecycle], ["ready", done]);
});

test("log lines written while the master is away are sent when it is back, up to a limit", withTimeout, async () => {
  const first = await ScriptedMaster.listen();
  await using worker = new TestLink(first.url);
  await worker.until("it is in", () => worker.heard.includes("welcome"));
  await first[Symbol.asyncDispose]();
  await worker.until("it notices", () => worker.of("disconnected").length === 1);
  for (let line = 1; line <= 150; line++) {
    worker.link.say({ type: "log", level: "info", text: `line ${line}`, leftOut: 0 });
  }
  worker.link.say({ type: "started", skewMs: 3 });
  await using second = await ScriptedMaster.listen({ port: first.port });
  const visit = await second.visit(1);
  await eventually(() => visit.types.includes("started"), "the last word arrives");
  const lines = visit.messages.flatMap((message) => (message.type === "log" ? [message.text] : []));
  assert.deepEqual([lines.length, lines[0], lines.at(-1)], [100, "line 1", "line 100"]);
});

test(
  "the time of the run continues while the master is away, and is reported when it is back",
  withTimeout,
  async () => {
    const first = await ScriptedMaster.listen({ nowMs: () => performance.now() + 5e8 });
    await using worker = new TestLink(first.url);
    const visit = await first.visit(1);
    const startedAtMs = performance.now() - 30_000;
    visit.send({ ...start, startAtMs: startedAtMs + 5e8 });
    await worker.until("the start", () => worker.heard.includes("start"));
    worker.link.progress({ state: "running", stopped: null, lifecycle: null });
    await first[Symbol.asyncDispose]();
    await worker.until("it notices", () => worker.of("disconnected").length === 1);
    const leastMs = performance.now() - startedAtMs;
    await using second = await ScriptedMaster.listen({ port: first.port });
    const { hello } = await second.visit(1);
    const mostMs = performance.now() - startedAtMs;
    const elapsedMs = hello.session?.elapsedMs ?? 0;
    // The clocks of the two may differ by half of the time that the fastest probe took.
    assert.ok(elapsedMs > leastMs - 500 && elapsedMs < mostMs + 500, `${elapsedMs}, not ${leastMs} to ${mostMs} ms`);
  },
);

test("events between the hello and the welcome are sent after the welcome", withTimeout, async () => {
  await using master = await ScriptedMaster.listen();
  await using worker = new TestLink(master.url);
  await worker.until("it is in", () => worker.heard.includes("welcome"));
  worker.link.progress({ state: "running", stopped: null, lifecycle: null });
  master.manners.answersHello = false;
  (await master.visit(1)).cut();
  const visit = await master.visit(2);
  worker.link.progress({ state: "stopped", stopped: { lastSequence: 0, reason: "finished" }, lifecycle: null });
  worker.link.say({ type: "stopped", lastSequence: 0, reason: "finished" });
  assert.equal(visit.hello.session?.state, "running");
  visit.welcome();
  await eventually(() => visit.said("stopped") !== undefined, "it is said");
});

test("of the messages that were lost, only those that no hello contains are sent again", withTimeout, async () => {
  const first = await ScriptedMaster.listen();
  await using worker = new TestLink(first.url);
  await worker.until("it is in", () => worker.heard.includes("welcome"));
  await first[Symbol.asyncDispose]();
  await worker.until("it notices", () => worker.of("disconnected").length === 1);
  worker.link.say({ type: "need-bundle", hash: "x" });
  worker.link.say({ type: "started", skewMs: 1.5 });
  worker.link.progress({ state: "stopped", stopped: { lastSequence: 0, reason: "finished" }, lifecycle: null });
  worker.link.say({ type: "stopped", lastSequence: 0, reason: "finished" });
  await using second = await ScriptedMaster.listen({ port: first.port });
  const visit = await second.visit(1);
  await eventually(() => visit.heartbeats.length > 0, "a while later");
  assert.deepEqual(
    visit.types.filter((type) => type !== "clock-probe"),
    ["started"],
  );
});

test("ready is sent, and a start accepted, once the clock is synchronised", withTimeout, async () => {
  await using master = await ScriptedMaster.listen({ answersProbes: false });
  await using worker = new TestLink(master.url);
  const visit = await master.visit(1);
  visit.send(prepare);
  visit.send(start);
  visit.send({ type: "stop", stopTimeoutMs: 0 });
  await worker.until("what needs no clock", () => worker.heard.includes("prepare"));
  worker.link.say({ type: "ready" });
  await eventually(() => visit.heartbeats.length > 0, "a while later");
  assert.deepEqual([worker.heard, visit.types], [["welcome", "prepare"], ["clock-probe"]]);
  master.manners.answersProbes = true;
  visit.answerProbe(1);
  await eventually(() => visit.said("ready") !== undefined, "it is ready");
  assert.equal(visit.types.filter((type) => type === "clock-probe").length, 8);
  await worker.until("the rest", () => worker.heard.includes("stop"));
  assert.deepEqual(worker.heard, ["welcome", "prepare", "start", "stop"]);
  const order = worker.events.map((event) => (event.type === "message" ? event.message.type : event.type));
  assert.ok(order.indexOf("timeline") < order.indexOf("start"), order.join());
});
