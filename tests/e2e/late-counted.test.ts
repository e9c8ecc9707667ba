import assert from "node:assert/strict";
import { test } from "node:test";
import { assertPassed, eventKindsOf } from "../support/assert-passed.ts";
import { deepTest } from "../support/depth.ts";
import { startWorker } from "../support/distributed.ts";
import { fixture } from "../support/fixture.ts";
import { MusterRun } from "../support/muster-process.ts";
import { sampleApiOfFile } from "../support/sample-api.ts";
import { waitUntil } from "../support/wait-until.ts";

const freshApi = sampleApiOfFile();
const asked = 900;

test("counted iterations: a worker that comes late takes a part, and takes over when the other dies", async (t) => {
  const api = await freshApi();
  const words = ["master", fixture("loads"), "--profile=total with pauses", `--host=${api.url}`];
  const master = await MusterRun.start(t, [...words, "--master-bind-port=0", "--worker-timeout=4s"]);
  const port = await master.masterPort();
  const first = startWorker(t, port, "");
  await waitUntil("load", async () => (await api.counts()).total > 30);
  // Whatever the machine does, there is a part left that can be given up.
  await api.misbehave({ latencyMs: 300 });
  startWorker(t, port, "");
  await waitUntil("it has joined", () => master.log.filter(({ msg }) => msg === "worker joined").length === 2);
  await waitUntil("users of both", async () => (await api.counts()).connections.current > 12);
  first.kill("SIGKILL");
  await waitUntil("the loss", () => master.log.some(({ msg }) => msg.startsWith("lost worker")));
  await api.misbehave({ latencyMs: 0 });
  const { code, result } = await master.finished();

  assertPassed(code, result);
  assert.deepEqual([result.iterations, result.droppedIterations], [asked, 0]);
  assert.deepEqual(eventKindsOf(result), ["worker-joined", "worker-lost"]);
  const [, late] = result.workers;
  assert.ok((late?.requests ?? 0) > asked / 3, `${late?.requests} by the second worker`);
  const { total } = await api.counts();
  // What the killed worker did and could not report is done again.
  assert.ok(total >= asked && total <= asked + asked / 3, `${total} of ${asked}`);
});

deepTest("counted iterations with a late worker are as many as asked for, on both sides", async (t) => {
  const api = await freshApi();
  const words = ["master", fixture("loads"), "--profile=per user with pauses", `--host=${api.url}`];
  const master = await MusterRun.start(t, [...words, "--master-bind-port=0"]);
  const port = await master.masterPort();
  startWorker(t, port, "");
  await waitUntil("load", async () => (await api.counts()).total > 30);
  await api.misbehave({ latencyMs: 100 });
  startWorker(t, port, "");
  const { code, result } = await master.finished();

  assertPassed(code, result);
  assert.deepEqual([result.iterations, result.droppedIterations, (await api.counts()).total], [asked, 0, asked]);
  const [early, late] = result.workers;
  assert.ok((late?.requests ?? 0) > 50, `${early?.requests} and ${late?.requests}`);
  assert.deepEqual(result.load, [
    { scenario: "default", unit: "iterations", planned: asked, made: asked, late: 0, dropped: 0 },
  ]);
});
