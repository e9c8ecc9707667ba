import assert from "node:assert/strict";
import { test } from "node:test";
import { fixture } from "../support/fixture.ts";
import { seesUsers, startMaster } from "../support/master-in-process.ts";
import { MusterRun } from "../support/muster-process.ts";
import { SampleApi } from "../support/sample-api.ts";
import { waitUntil } from "../support/wait-until.ts";

/** How long the service may take to see what was asked for. */
const followsMs = 2_000;

test("users follow live changes, a pause and a stop", async (t) => {
  const api = await SampleApi.start(t);
  const { master, ended } = await startMaster(t, "steered", api.url);
  await seesUsers(api, 10);

  assert.equal(master.control?.changeUsers(40, Number.POSITIVE_INFINITY).kind, "changed");
  await seesUsers(api, 40, followsMs);
  assert.equal(master.control?.changeBy(-10).kind, "changed");
  await seesUsers(api, 30, followsMs);
  assert.equal(master.control?.changeUsers(5).kind, "changed");
  await seesUsers(api, 5, followsMs);
  assert.equal(master.control?.pause().kind, "changed");
  await seesUsers(api, 0, followsMs);
  const paused = (await api.counts()).total;
  assert.equal(master.control?.resume().kind, "changed");
  await seesUsers(api, 5, followsMs);
  await waitUntil("requests after the pause", async () => (await api.counts()).total > paused);
  assert.equal(master.control?.changeRate(5).kind, "refused", "a closed load has no rate");
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

test("abortOnFail ends the load of all workers within 2 s of the breach", async (t) => {
  const api = await SampleApi.start(t);
  const words = ["run", fixture("visitors"), "--profile=abort", "--run-time=10m", "--workers=2", `--host=${api.url}`];
  const run = await MusterRun.start(t, words);
  await waitUntil("load", async () => (await api.counts()).total > 100);
  await api.misbehave({ errorRate: 1 });
  const { result } = await run.finished();
  const breach = result.events.find(({ kind }) => kind === "threshold-breached");
  assert.ok(result.run.durationMs < (breach?.atMs ?? 0) + followsMs, `${breach?.atMs} and ${result.run.durationMs} ms`);
});
