import assert from "node:assert/strict";
import { test } from "node:test";
import { pino } from "pino";
import { ChildWorkers } from "../../src/cli/child-workers.ts";
import { Master } from "../../src/master/master.ts";
import type { RunOutcome } from "../../src/master/run-outcome.ts";
import { WorkerServer } from "../../src/master/worker-server.ts";
import { bundleTest } from "../../src/scenario/bundle.ts";
import { loadBundle } from "../../src/scenario/load-bundle.ts";
import { resolveRun } from "../../src/scenario/resolve.ts";
import { fixture } from "../support/fixture.ts";
import { SampleApi } from "../support/sample-api.ts";
import type { Cleanup } from "../support/test-process.ts";
import { waitUntil } from "../support/wait-until.ts";

const token = "secret";

/** A master in this process, with worker processes. */
async function startMaster(
  t: Cleanup,
  profile: string,
  host: string,
): Promise<{ master: Master; ended: Promise<RunOutcome> }> {
  const bundle = await bundleTest(fixture("loads"));
  const test = await loadBundle(bundle);
  const log = pino({ level: "silent" });
  const door = new WorkerServer({ host: "127.0.0.1", port: 0, token, log });
  const master = new Master({
    runId: "live-control",
    testName: "loads",
    resolved: resolveRun(test, { profile, host }),
    bundle,
    environment: {},
    hasSetup: false,
    hasTeardown: false,
    seed: 1,
    engine: "own",
    expectWorkers: 2,
    expectWorkersMaxWaitMs: 30_000,
    stopTimeoutMs: 5_000,
    workerTimeoutMs: 1_000,
    orphanTimeoutMs: 5_000,
    onWorkerLoss: "rebalance",
    minWorkers: 1,
    onWorkerStrain: "ignore",
    storage: null,
    restored: null,
    door,
    stays: false,
    log,
  });
  master.roster.open();
  const masterPort = await door.listen();
  const workers = new ChildWorkers({
    count: 2,
    masterHost: "127.0.0.1",
    masterPort,
    token,
    connectTimeout: "30s",
    stopTimeout: "5s",
    loglevel: "error",
  });
  t.after(async () => {
    master.close();
    door.close();
    await workers.end();
  });
  return { master, ended: master.run() };
}

/** Every user has one connection, and the question itself has one more. */
async function seesUsers(api: SampleApi, count: number): Promise<void> {
  await waitUntil(`${count} connections`, async () => (await api.counts()).connections.current === count + 1);
}

test("users follow live changes, a pause and a stop", async (t) => {
  const api = await SampleApi.start(t);
  const { master, ended } = await startMaster(t, "steered", api.url);
  await seesUsers(api, 10);

  assert.ok(master.control?.changeUsers(40, Number.POSITIVE_INFINITY));
  await seesUsers(api, 40);
  assert.ok(master.control?.changeBy(-10));
  await seesUsers(api, 30);
  assert.ok(master.control?.changeUsers(5));
  await seesUsers(api, 5);
  assert.ok(master.control?.pause());
  await seesUsers(api, 0);
  const paused = (await api.counts()).total;
  assert.ok(master.control?.resume());
  await seesUsers(api, 5);
  await waitUntil("requests after the pause", async () => (await api.counts()).total > paused);
  assert.equal(master.control?.changeRate(5), false, "a closed load has no rate");
  master.endLoad();

  const outcome = await ended;
  assert.equal(outcome.ending.kind, "completed");
  assert.deepEqual(
    outcome.events.map((event) => event.kind),
    ["users-changed", "users-changed", "users-changed", "paused", "resumed", "stopped"],
  );
  assert.equal(outcome.collector.windows.peakUsers, 40);
  assert.equal(outcome.collector.totals.merged().requests, (await api.counts()).total);
});

test("the rate of an open load follows live changes and a pause", async (t) => {
  const api = await SampleApi.start(t);
  const { master, ended } = await startMaster(t, "open steered", api.url);
  const rateReaches = (low: number, high: number) =>
    waitUntil(`a rate of ${low} to ${high}`, () => {
      const end = Math.floor(master.elapsedMs / 1_000) - 1;
      const { requestsPerSecond } = master.collector.windows.ratesBefore(end, 1);
      return end > 0 && requestsPerSecond >= low && requestsPerSecond <= high;
    });
  await rateReaches(45, 55);
  assert.ok(master.control?.changeRate(150));
  await rateReaches(140, 160);
  assert.ok(master.control?.pause());
  await rateReaches(0, 0);
  assert.ok(master.control?.resume());
  await rateReaches(140, 160);
  assert.equal(master.control?.changeUsers(5), false, "an open load has no users to set");
  master.endLoad();

  const { collector } = await ended;
  assert.equal(collector.totals.merged().requests, (await api.counts()).total);
});

test("a worker that is killed: only its users move, under the spawn rate, and none is lost for good", async (t) => {
  const api = await SampleApi.start(t);
  const { master, ended } = await startMaster(t, "steered", api.url);
  await seesUsers(api, 10);
  const [victim, survivor] = master.roster.workers;
  assert.ok(victim !== undefined && survivor !== undefined);
  process.kill(victim.identity.pid, "SIGKILL");
  await waitUntil("the loss to be noticed", () => victim.state === "lost");
  await seesUsers(api, 10);
  await waitUntil("all users on the survivor", () => survivor.users === 10);
  master.endLoad();

  const outcome = await ended;
  assert.equal(outcome.ending.kind, "completed");
  assert.match(outcome.warnings.join(), /its 5 users moved to the other workers/);
  assert.equal(outcome.collector.ledger.missing.length, 1);
});

test("one worker is drained: it finishes what it runs and ends, its users move, and nothing is missing", async (t) => {
  const api = await SampleApi.start(t);
  const { master, ended } = await startMaster(t, "steered", api.url);
  await seesUsers(api, 10);
  const [leaver, other] = master.roster.workers;
  assert.ok(leaver !== undefined && other !== undefined);
  assert.equal(master.drain(99), "unknown-worker");
  assert.equal(master.drain(leaver.number), "told");
  assert.equal(master.drain(other.number), "too-few-left");
  await waitUntil("the worker to end", () => leaver.state === "gone");
  await waitUntil("all users on the other", () => other.users === 10);
  await seesUsers(api, 10);
  master.endLoad();

  const outcome = await ended;
  assert.equal(master.drain(other.number), "no-load");
  assert.equal(outcome.ending.kind, "completed");
  assert.deepEqual(
    outcome.events.map((event) => event.kind),
    ["worker-left", "stopped"],
  );
  assert.deepEqual(outcome.collector.ledger.missing, []);
  const merged = outcome.collector.totals.merged();
  assert.deepEqual([merged.requests, merged.failures], [(await api.counts()).total, 0]);
});

test("a worker that is killed: the others take over its part of the arrivals", async (t) => {
  const api = await SampleApi.start(t);
  const { master, ended } = await startMaster(t, "open steered", api.url);
  const rate = () => {
    const end = Math.floor(master.elapsedMs / 1_000) - 1;
    return end > 0 ? master.collector.windows.ratesBefore(end, 1).requestsPerSecond : 0;
  };
  await waitUntil("the rate", () => rate() === 50);
  const [victim] = master.roster.workers;
  assert.ok(victim !== undefined);
  process.kill(victim.identity.pid, "SIGKILL");
  await waitUntil("the loss to be noticed", () => victim.state === "lost");
  const seconds = Math.floor(master.elapsedMs / 1_000);
  await waitUntil("the rate again", () => master.elapsedMs > (seconds + 3) * 1_000 && rate() === 50);
  master.endLoad();
  assert.equal((await ended).ending.kind, "completed");
});
