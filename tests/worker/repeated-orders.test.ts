import assert from "node:assert/strict";
import { test } from "node:test";
import { patienceMs } from "../support/wait-until.ts";
import { StagedWorker, testSource } from "./staged-worker.ts";

const withTimeout = { timeout: patienceMs };

const withLifecycle = `import { constant, defineTest } from "muster-load";
  let setups = 0;
  export default defineTest({
    users: [{ name: "Visitor", pause: constant("20ms"), tasks: { get: (vu) => vu.http.get("/") } }],
    profiles: {},
    setup: async () => {
      await new Promise((resolve) => setTimeout(resolve, 300));
      return { setups: ++setups };
    },
  });`;

test("a test that is loaded is not loaded again; the answer is", withTimeout, async (t) => {
  const worker = await StagedWorker.start(t);
  const visit = await worker.master.visit(1);
  visit.send(worker.prepare);
  visit.send(worker.prepare);
  await worker.until("it asks for the bundle", () => visit.said("need-bundle") !== undefined);
  await worker.ready(visit);
  visit.send(worker.prepare);
  await worker.until("it says so again", () => visit.types.filter((type) => type === "ready").length === 2);
  visit.cut();
  const again = await worker.master.visit(2);
  assert.equal(again.hello.session?.state, "ready");
  again.send(worker.prepare);
  await worker.until("it is ready for this one, too", () => again.said("ready") !== undefined);
  assert.equal(again.said("need-bundle"), undefined);
});

test("a test that does not load fails again without another try", withTimeout, async (t) => {
  const worker = await StagedWorker.start(t, { source: "throw new Error('no such thing');" });
  const visit = await worker.master.visit(1);
  await worker.load(visit);
  await worker.until("it has failed", () => visit.said("load-failed") !== undefined);
  visit.cut();
  const again = await worker.master.visit(2);
  assert.equal(again.hello.session?.state, "failed");
  again.send(worker.prepare);
  await worker.until("it says so again", () => again.said("load-failed") !== undefined);
  assert.match(again.said("load-failed")?.error.message ?? "", /no such thing/);
});

test("setup runs once, however often it is asked for", withTimeout, async (t) => {
  const worker = await StagedWorker.start(t, { source: withLifecycle });
  const visit = await worker.master.visit(1);
  await worker.ready(visit);
  visit.send({ type: "run-setup" });
  visit.send({ type: "run-setup" });
  visit.cut();
  const again = await worker.master.visit(2);
  again.send({ type: "run-setup" });
  await worker.until("it is done", () => again.said("lifecycle-done") !== undefined);
  again.send({ type: "run-setup" });
  const answers = () => again.messages.filter((message) => message.type === "lifecycle-done");
  await worker.until("it says so again", () => answers().length === 2);
  assert.deepEqual(
    answers().map(({ value }) => value),
    [{ setups: 1 }, { setups: 1 }],
  );
  again.cut();
  const { lifecycle } = (await worker.master.visit(3)).hello.session ?? {};
  assert.deepEqual(lifecycle, answers()[0]);
});

test(
  "a second start begins nothing; a worker that starts late reports from then on and has no skew",
  withTimeout,
  async (t) => {
    const worker = await StagedWorker.start(t);
    const visit = await worker.master.visit(1);
    await worker.ready(visit);
    worker.begin(visit, -30_500);
    await worker.until("the load is under way", () => worker.target.requests >= 5);
    worker.begin(visit, -30_500);
    await worker.until("some reports", () => worker.reports.length >= 2);
    assert.ok(worker.reports.every(({ window }) => window >= 30 && window < 60));
    assert.ok(worker.reports.every(({ peakUsers }) => peakUsers === 3));
    assert.equal(visit.said("started"), undefined);
  },
);

test("an open load that comes with an update has response times from then on", withTimeout, async (t) => {
  const worker = await StagedWorker.start(t, { source: testSource() });
  const visit = await worker.running();
  const [closed] = worker.scenarios;
  if (closed === undefined) throw new Error("no scenario");
  const { id: _, kind: __, endMs, indexOffset, indexStep, classes } = closed;
  visit.send({
    type: "update",
    scenarios: [
      {
        ...{ kind: "open", id: 5, name: "late", classes, endMs, indexOffset, indexStep, arrivals: "even" },
        ...{ position: 0, workerCount: 1, firstIteration: 0, maxUsers: 100, queueLimit: 100 },
        points: [{ atMs: 0, value: 50 }],
      },
    ],
  });
  await worker.until("it is reported", () => worker.reports.some(({ scheduling }) => scheduling !== null));
  const later = worker.reports.filter(({ scheduling }) => scheduling !== null);
  assert.ok(later.every(({ endpoints }) => endpoints.every(({ responseTime }) => responseTime !== null)));
  assert.equal(visit.said("started")?.type, "started");
});
