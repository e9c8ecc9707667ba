import assert from "node:assert/strict";
import { test } from "node:test";
import type { StartMessage } from "../../../src/protocol/master-messages.ts";
import { monotonicMs } from "../../../src/worker/time/monotonic.ts";
import { patienceMs } from "../../support/wait-until.ts";
import { LoopWatch } from "../health/loop-watch.ts";
import { eventually } from "../http/fixture.ts";
import { ScriptedMaster } from "./scripted-master.ts";
import { TestLink } from "./test-link.ts";

const withTimeout = { timeout: patienceMs };
/** On loopback, with the test's own event loop in between: beside how long that stood still. */
const slackMs = 50;
const start: Omit<StartMessage, "startAtMs"> = {
  type: "start",
  iterationNumbers: { first: 0, step: 1 },
  setup: {},
  scenarios: [],
};

const startedAtMs = (worker: TestLink) => worker.of("timeline").at(-1)?.startedAtMs ?? Number.NaN;

test(
  "the start of the run is converted to the local clock, whatever the master's clock shows",
  withTimeout,
  async () => {
    using watch = new LoopWatch();
    await using master = await ScriptedMaster.listen({ nowMs: () => performance.now() - 7e9 });
    await using worker = new TestLink(master.url);
    const visit = await master.visit(1);
    const expectedMs = monotonicMs() + 100;
    visit.send({ ...start, startAtMs: master.nowMs() + 100 });
    await worker.until("the start", () => worker.heard.includes("start"));
    assert.ok(
      Math.abs(startedAtMs(worker) - expectedMs) < slackMs + watch.longestMs,
      `${startedAtMs(worker)}, not ${expectedMs}`,
    );
  },
);

test("a worker that comes when the run has started learns it by the welcome", withTimeout, async () => {
  using watch = new LoopWatch();
  const expectedMs = monotonicMs() - 60_000;
  await using master = await ScriptedMaster.listen({ startAtMs: performance.now() - 60_000 });
  await using worker = new TestLink(master.url);
  await worker.until("it is told", () => worker.of("timeline").length > 0);
  const offMs = Math.abs(startedAtMs(worker) - expectedMs);
  assert.ok(offMs < slackMs + watch.longestMs, `${offMs} ms`);
});

test("a restarted master has another clock; the run's start is where it was", withTimeout, async () => {
  using watch = new LoopWatch();
  const first = await ScriptedMaster.listen();
  await using worker = new TestLink(first.url);
  (await first.visit(1)).send({ ...start, startAtMs: performance.now() });
  await worker.until("the start", () => worker.heard.includes("start"));
  worker.link.progress({ state: "running", stopped: null, lifecycle: null });
  const before = startedAtMs(worker);
  const told = worker.of("timeline").length;
  await first[Symbol.asyncDispose]();

  const nowMs = () => performance.now() * 1.00001 + 4e8;
  await using second = await ScriptedMaster.listen({ port: first.port, nowMs, answersHello: false });
  const visit = await second.visit(1);
  second.manners.startAtMs = nowMs() - (visit.hello.session?.elapsedMs ?? 0);
  visit.welcome();
  await worker.until("it is told again", () => worker.of("timeline").length > told);
  assert.ok(
    Math.abs(startedAtMs(worker) - before) < slackMs + watch.longestMs,
    `${startedAtMs(worker)}, not ${before}`,
  );
});

test("a master that does not know the start any more moves it nowhere", withTimeout, async () => {
  await using master = await ScriptedMaster.listen();
  await using worker = new TestLink(master.url);
  (await master.visit(1)).send({ ...start, startAtMs: performance.now() });
  await worker.until("the start", () => worker.heard.includes("start"));
  const told = worker.of("timeline").length;
  (await master.visit(1)).cut();
  const visit = await master.visit(2);
  await eventually(() => visit.types.filter((type) => type === "clock-probe").length === 8, "the clock is known");
  await eventually(() => visit.heartbeats.length > 0, "a while later");
  assert.equal(worker.of("timeline").length, told);
});
