import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { deepTest } from "../support/depth.ts";
import { startWorker } from "../support/distributed.ts";
import { fixture } from "../support/fixture.ts";
import { HitServer } from "../support/hit-server.ts";
import { MusterRun } from "../support/muster-process.ts";
import { sampleApiOfFile } from "../support/sample-api.ts";
import type { Cleanup } from "../support/test-process.ts";
import { waitUntil } from "../support/wait-until.ts";

const freshApi = sampleApiOfFile();

const [rate, seconds] = [100, 8];
const planned = rate * seconds;

/** 100 arrivals per second for 8 s, on a master and so many workers. */
async function stage(t: Cleanup, workerCount: number, workerTimeout: string, ...flags: string[]) {
  const server = await HitServer.start(t);
  const load = [`--rate=${rate}`, `--run-time=${seconds}s`, `--expect-workers=${workerCount}`];
  const words = [
    "master",
    fixture("hitters"),
    `--host=${server.url}`,
    "--master-bind-port=0",
    `--worker-timeout=${workerTimeout}`,
  ];
  const master = await MusterRun.start(t, [...words, ...load, ...flags]);
  const port = await master.masterPort();
  const workers = Array.from({ length: workerCount }, () => startWorker(t, port, ""));
  await waitUntil("load", async () => (await server.total()) > rate);
  return { server, master, workers };
}

test("a worker dies, and what it left undone until then is missing: invalid, with the reason", async (t) => {
  const { server, master, workers } = await stage(t, 2, "3s");
  workers[1]?.kill("SIGKILL");
  const { code, result } = await master.finished();
  assert.deepEqual([code, result.verdict], [110, "invalid"]);
  const reason =
    /^[\d.]+ % of the planned load was not generated \(\d+ of 800 iterations\): worker \d .* was lost after [\d.]+ s/;
  assert.match(String(result.reasons), reason);
  const [load] = result.load ?? [];
  const made = load?.made ?? 0;
  assert.deepEqual([result.load?.length, load?.planned, load?.dropped], [1, planned, 0]);
  const served = await server.total();
  // The killed worker had a second that it could not report, and more on a busy machine.
  assert.ok(made <= served && made >= served - 3 * rate, `${made} made, ${served} served`);
  assert.ok(made < 0.98 * planned, `${made} of ${planned}`);
  assert.ok(
    master.log.some(({ msg }) => /^so far .* % of the planned load was not generated/.test(msg)),
    "the log says so while it runs",
  );
});

deepTest("a worker that stood still and was lost comes back: no burst, and nothing that others did", async (t) => {
  // It is lost 0.7 to 1.7 s after it stops, by when it last spoke, and comes back more than two seconds after that.
  const { server, master, workers } = await stage(t, 3, "1700ms", "--stall-limit=100ms");
  const [victim] = workers;
  victim?.kill("SIGSTOP");
  await delay(4_200);
  victim?.kill("SIGCONT");
  const { code, result } = await master.finished();
  assert.equal(code, 110, JSON.stringify([result.load, result.reasons, result.events]));
  // On a busy machine, others may be lost and come back, too.
  for (const kind of ["worker-lost", "worker-returned"]) {
    assert.ok(
      result.events.some((event) => event.kind === kind),
      kind,
    );
  }
  const times = [...(await server.hits()).values()].flat();
  const [load] = result.load ?? [];
  assert.equal(load?.made, times.length);
  assert.ok(times.length <= planned, `${times.length} served, ${planned} planned`);
  assert.ok((load?.late ?? 0) >= rate / 2, `${load?.late} late`);
  const most = Math.max(...times.map((from) => times.filter((at) => at >= from && at < from + 1_000).length));
  // Each worker makes up for what is late at twice its rate, on a busy machine all at once.
  assert.ok(most <= 2.2 * rate, `${most} in a second`);
});

deepTest("a worker that is told to leave and finishes long iterations: the others take over at once", async (t) => {
  const api = await freshApi();
  const words = ["master", fixture("loads"), "--profile=even", `--host=${api.url}`, "--rate=40", "--run-time=8s"];
  const master = await MusterRun.start(t, [...words, "--master-bind-port=0", "--expect-workers=2"]);
  const port = await master.masterPort();
  const [leaver] = [1, 2].map(() => startWorker(t, port, ""));
  await waitUntil("load", async () => (await api.counts()).total > 20);
  await api.misbehave({ latencyMs: 3_000 });
  await waitUntil("long iterations", async () => (await api.counts()).connections.current > 20);
  leaver?.kill("SIGTERM");
  const { result } = await master.finished();
  const [load] = result.load ?? [];
  assert.equal(load?.planned, 320);
  assert.ok((load?.made ?? 0) >= 0.95 * 320, `${load?.made} of 320`);
  assert.ok(result.events.some(({ kind }) => kind === "worker-left"));
});
