import assert from "node:assert/strict";
import { test } from "node:test";
import { interruptedTimes, resizedTimes } from "../../../src/analysis/load/interrupted-times.ts";
import { sampleAt } from "../../stats/health-fixtures.ts";

const none = { missing: [], workers: [], events: [] };
const event = (kind: string, second: number) => ({ kind, atMs: second * 1_000 });
const inSeconds = (times: ReturnType<typeof interruptedTimes>) =>
  times.map(({ fromMs, toMs }) => [fromMs / 1_000, toMs / 1_000]);

test("a worker that is lost and comes back again and again interrupts the load each time, until a second after its return", () => {
  const events = [10, 20, 40].flatMap((at) => [event("worker-lost", at), event("worker-returned", at + 5)]);
  assert.deepEqual(inSeconds(interruptedTimes({ ...none, events })), [
    [10, 16],
    [20, 26],
    [40, 46],
  ]);
});

test("two workers are lost in the same second, and only one comes back", () => {
  const missing = [{ fromMs: 0, toMs: 10_000 }];
  const events = [event("worker-lost", 10), event("worker-lost", 10), event("worker-returned", 14)];
  assert.deepEqual(inSeconds(interruptedTimes({ ...none, missing, events })), [
    [0, 11],
    [10, 15],
  ]);
});

test("a worker that stood still for a second or more interrupts the load, and one that computed does not", () => {
  const stood = sampleAt(5, { widthMs: 3_000, loopDelayMaxMs: 2_500, utilisation: 0.1, cpu: 0.1 });
  const busy = sampleAt(8, { widthMs: 3_000, loopDelayMaxMs: 2_500, utilisation: 1, cpu: 1 });
  const workers = [{ samples: [sampleAt(4), stood, busy] }];
  assert.deepEqual(inSeconds(interruptedTimes({ ...none, workers })), [[5, 8]]);
});

test("a loss changes the load for good only if nobody takes over", () => {
  const events = [event("worker-lost", 10), event("worker-joined", 12), event("worker-returned", 20)];
  for (const policy of ["continue", "continue-any"] as const) {
    assert.deepEqual(resizedTimes(events, policy), [10_000, 20_000]);
  }
  for (const policy of ["rebalance", "fail"] as const) assert.deepEqual(resizedTimes(events, policy), []);
});
