import assert from "node:assert/strict";
import { test } from "node:test";
import { deepTest } from "../support/depth.ts";
import { seesUsers, startMaster } from "../support/master-in-process.ts";
import { sampleApiOfFile } from "../support/sample-api.ts";
import { waitUntil } from "../support/wait-until.ts";

const freshApi = sampleApiOfFile();

test("the rate of an open load follows live changes and a pause", async (t) => {
  const api = await freshApi();
  const { master, ended } = await startMaster(t, "open steered", api.url);
  const rateReaches = (low: number, high: number) =>
    waitUntil(`a rate of ${low} to ${high}`, () => {
      const end = Math.floor(master.elapsedMs / 1_000) - 1;
      const { requestsPerSecond } = master.collector.windows.ratesBefore(end, 1);
      return end > 0 && requestsPerSecond >= low && requestsPerSecond <= high;
    });
  await rateReaches(45, 55);
  assert.equal(master.control?.changeRate(150).kind, "changed");
  await rateReaches(140, 160);
  assert.equal(master.control?.pause().kind, "changed");
  await rateReaches(0, 0);
  assert.equal(master.control?.resume().kind, "changed");
  await rateReaches(140, 160);
  assert.equal(master.control?.changeUsers(5).kind, "refused", "an open load has no users to set");
  master.endLoad();

  const { collector } = await ended;
  assert.equal(collector.totals.merged().requests, (await api.counts()).total);
});

deepTest("counted iterations stand still during a pause, and are all done in the end", async (t) => {
  const api = await freshApi();
  const { master, ended } = await startMaster(t, "total with pauses", api.url);
  await waitUntil("a part of them", async () => (await api.counts()).total > 300);
  assert.equal(master.control?.pause().kind, "changed");
  let before = -1;
  await waitUntil("none for a while", async () => {
    const { total } = await api.counts();
    await new Promise((resolve) => setTimeout(resolve, 200));
    const isStill = total === before;
    before = total;
    return isStill;
  });
  assert.ok(before < 900);
  assert.equal(master.control?.resume().kind, "changed");
  const { ending, collector } = await ended;
  assert.equal(ending.kind, "completed");
  assert.deepEqual([collector.totals.completedIterations, (await api.counts()).total], [900, 900]);
});

deepTest("a worker that is killed: only its users move, under the spawn rate, and none is lost for good", async (t) => {
  const api = await freshApi();
  const { master, ended } = await startMaster(t, "steered", api.url);
  await seesUsers(api, 10);
  const [victim, survivor] = master.workers.all;
  assert.ok(victim !== undefined && survivor !== undefined);
  process.kill(victim.identity.pid, "SIGKILL");
  await waitUntil("the loss to be noticed", () => victim.status === "lost");
  await seesUsers(api, 10);
  await waitUntil("all users on the survivor", () => survivor.users === 10);
  master.endLoad();

  const outcome = await ended;
  assert.equal(outcome.ending.kind, "completed");
  assert.match(outcome.warnings.join(), /its 5 users moved to the other workers/);
  assert.equal(outcome.collector.ledger.missing.length, 1);
});

test("one worker is drained: it finishes what it runs and ends, its users move, and nothing is missing", async (t) => {
  const api = await freshApi();
  const { master, ended } = await startMaster(t, "steered", api.url);
  await seesUsers(api, 10);
  const [leaver, other] = master.workers.all;
  assert.ok(leaver !== undefined && other !== undefined);
  assert.deepEqual(master.drain(99), { kind: "refused", reason: "unknown-worker" });
  assert.deepEqual(master.drain(leaver.number), { kind: "changed" });
  assert.deepEqual(master.drain(other.number), { kind: "refused", reason: "too-few-left" });
  await waitUntil("the worker to end", () => leaver.status === "gone");
  await waitUntil("all users on the other", () => other.users === 10);
  await seesUsers(api, 10);
  master.endLoad();

  const outcome = await ended;
  assert.deepEqual(master.drain(other.number), { kind: "refused", reason: "no-load" });
  assert.equal(outcome.ending.kind, "completed");
  assert.deepEqual(
    outcome.events.map((event) => event.kind),
    ["worker-left", "stopped"],
  );
  assert.deepEqual(outcome.collector.ledger.missing, []);
  const merged = outcome.collector.totals.merged();
  assert.deepEqual([merged.requests, merged.failures], [(await api.counts()).total, 0]);
});

deepTest("a worker that is killed: the others take over its part of the arrivals", async (t) => {
  const api = await freshApi();
  const { master, ended } = await startMaster(t, "open steered", api.url);
  const rate = () => {
    const end = Math.floor(master.elapsedMs / 1_000) - 1;
    return end > 0 ? master.collector.windows.ratesBefore(end, 1).requestsPerSecond : 0;
  };
  await waitUntil("the rate", () => rate() === 50);
  const [victim] = master.workers.all;
  assert.ok(victim !== undefined);
  process.kill(victim.identity.pid, "SIGKILL");
  await waitUntil("the loss to be noticed", () => victim.status === "lost");
  const seconds = Math.floor(master.elapsedMs / 1_000);
  await waitUntil("the rate again", () => master.elapsedMs > (seconds + 3) * 1_000 && rate() === 50);
  master.endLoad();
  assert.equal((await ended).ending.kind, "completed");
});
