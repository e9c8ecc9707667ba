import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, createServer } from "node:net";
import { test } from "node:test";
import type { HealthReport } from "../../../src/stats/health-sample.ts";
import { IntervalRecorder } from "../../../src/stats/interval-recorder.ts";
import { HealthWatch } from "../../../src/worker/health/health-watch.ts";
import { ProcessWatch } from "../../../src/worker/health/process-watch.ts";
import { StallWatch } from "../../../src/worker/health/stall-watch.ts";
import { waitUntil } from "../../support/wait-until.ts";

/** Keeps this thread busy. */
function compute(ms: number): void {
  const endMs = performance.now() + ms;
  while (performance.now() < endMs);
}

/** Several turns of the loop that are mostly idle. */
async function idle(ms: number): Promise<void> {
  const endMs = performance.now() + ms;
  await waitUntil("time passes", () => performance.now() >= endMs);
}

function startWatch(sockets: number): HealthWatch {
  const stalls = new StallWatch(100, performance.now());
  stalls.start();
  return new HealthWatch(() => sockets, stalls);
}

function take(watch: HealthWatch, recorder: IntervalRecorder): HealthReport {
  const report = watch.take(recorder);
  assert.ok(report !== null);
  return report;
}

test("a busy event loop differs from an idle one, and its delay is measured", async () => {
  const watch = startWatch(7);
  const recorder = new IntervalRecorder();
  // On a busy machine, timers are so late that a loop with nothing to do seldom waits.
  await waitUntil("an idle loop", async () => {
    await idle(260);
    return take(watch, recorder).utilisation < 0.5;
  });
  const fromMs = performance.now();
  for (let turn = 0; turn < 4; turn++) {
    compute(80);
    await idle(1);
  }
  const after = take(watch, recorder);
  const computedShare = (4 * 80) / (performance.now() - fromMs);
  watch.close();
  assert.ok(after.utilisation > computedShare - 0.05, `${after.utilisation}, computed ${computedShare} of the time`);
  assert.ok(after.utilisation <= 1);
  assert.ok(after.loopDelayMaxMs >= 60, `${after.loopDelayMaxMs} ms`);
  assert.ok(after.loopDelayMaxMs >= after.loopDelayP99Ms);
  assert.ok(after.cpu > 0);
  assert.equal(after.sockets, 7);
});

test("a delay that ends just when the health is taken is in it, and in no other", async () => {
  const watch = startWatch(0);
  const recorder = new IntervalRecorder();
  await idle(260);
  take(watch, recorder);
  compute(400);
  const during = take(watch, recorder);
  await idle(260);
  const after = take(watch, recorder);
  watch.close();
  assert.ok(during.loopDelayMaxMs >= 350, `${during.loopDelayMaxMs} ms`);
  assert.ok(after.loopDelayMaxMs < during.loopDelayMaxMs, `${after.loopDelayMaxMs} ms`);
});

test("garbage collection and the heap after it are measured", async () => {
  const watch = startWatch(0);
  const recorder = new IntervalRecorder();
  let gcMs = 0;
  await waitUntil("garbage is collected", () => {
    // Garbage enough for a few collections of the young.
    Array.from({ length: 200_000 }, (_, i) => ({ i }));
    gcMs += watch.take(recorder)?.gcMs ?? 0;
    return gcMs > 0;
  });
  await idle(260);
  const { heapAfterGcBytes, rssBytes } = take(watch, recorder);
  watch.close();
  assert.ok(heapAfterGcBytes > 1e6 && heapAfterGcBytes < rssBytes, `${heapAfterGcBytes} of ${rssBytes}`);
});

test("lag is of the interval, the median of all times so far", async () => {
  const watch = startWatch(0);
  const recorder = new IntervalRecorder(true);
  assert.equal(watch.take(recorder), null, "too short a time");
  await idle(260);
  const first = take(watch, recorder);
  assert.deepEqual([first.scheduleLagP99Ms, first.p50Ms], [null, null]);
  recorder.endpoint("GET", "/a").record(1_000, 2_000, 1, 1);
  recorder.endpoint("GET", "/b").record(1_000, 4_000, 1, 1);
  recorder.scheduleLag.record(500);
  await idle(260);
  const second = take(watch, recorder);
  assert.deepEqual([second.scheduleLagP99Ms, second.p50Ms], [0.5, 2]);
  recorder.reset();
  recorder.endpoint("GET", "/b").record(1_000, 4_000, 1, 1);
  await idle(260);
  const third = take(watch, recorder);
  watch.close();
  assert.deepEqual([third.scheduleLagP99Ms, third.p50Ms], [null, 4]);
});

test("open sockets are among the file descriptors", { skip: process.platform !== "linux" }, async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const watch = startWatch(0);
  const recorder = new IntervalRecorder();
  await idle(260);
  const before = take(watch, recorder).fileDescriptors;
  const sockets = Array.from({ length: 20 }, () => connect((server.address() as { port: number }).port, "127.0.0.1"));
  await Promise.all(sockets.map((socket) => once(socket, "connect")));
  await idle(260);
  const after = take(watch, recorder);
  for (const socket of sockets) socket.destroy();
  server.close();
  watch.close();
  assert.ok(after.fileDescriptors >= before + 20, `${before}, then ${after.fileDescriptors}`);
  assert.ok(after.fileDescriptorLimit === null || after.fileDescriptorLimit >= after.fileDescriptors);
});

test("at the limit of file descriptors the latest readings stand for those that fail", () => {
  let isFull = true;
  const unlessFull =
    <Value>(value: Value) =>
    () => {
      if (isFull) throw Object.assign(new Error("EMFILE: too many open files"), { code: "EMFILE" });
      return value;
    };
  const watch = new ProcessWatch({
    rssBytes: unlessFull(90e6),
    cpuMicros: unlessFull(5_000),
    descriptorCount: () => 0,
    listDescriptors: unlessFull(70),
    descriptorLimit: unlessFull(256),
  });
  assert.deepEqual(watch.take(), { rssBytes: 0, cpu: 0, fileDescriptors: 0, fileDescriptorLimit: null });
  isFull = false;
  const { cpu, ...told } = watch.take();
  assert.ok(cpu > 0);
  assert.deepEqual(told, { rssBytes: 90e6, fileDescriptors: 70, fileDescriptorLimit: 256 });
  isFull = true;
  assert.deepEqual(watch.take(), { rssBytes: 90e6, cpu: 0, fileDescriptors: 70, fileDescriptorLimit: 256 });
});

test("where there is no /proc nothing is known of file descriptors, and nothing throws", () => {
  const missing = () => {
    throw Object.assign(new Error("ENOENT"), { code: "ENOENT" });
  };
  const [descriptorCount, listDescriptors, descriptorLimit] = [missing, missing, missing];
  const watch = new ProcessWatch({
    rssBytes: () => 1,
    cpuMicros: () => 0,
    descriptorCount,
    listDescriptors,
    descriptorLimit,
  });
  assert.deepEqual(watch.take(), { rssBytes: 1, cpu: 0, fileDescriptors: 0, fileDescriptorLimit: null });
});
