import assert from "node:assert/strict";
import { test } from "node:test";
import { pausedMs, touches, unjudgedTimes } from "../../src/analysis/unjudged-time.ts";

const paused = (atMs: number) => ({ kind: "paused", atMs });
const resumed = (atMs: number) => ({ kind: "resumed", atMs });

test("what cannot be judged: missing reports, pauses and a second after them, and what was before all workers started", () => {
  const events = [paused(5_000), { kind: "users-changed", atMs: 6_000 }, resumed(8_000), paused(20_000)];
  const times = unjudgedTimes({ missing: [{ fromMs: 10_000, toMs: 12_500 }], events, startSkewsMs: [3, 1_700] });
  assert.deepEqual(times, [
    { fromMs: 0, toMs: 1_700 },
    { fromMs: 10_000, toMs: 13_500 },
    { fromMs: 5_000, toMs: 9_000 },
    { fromMs: 20_000, toMs: Number.POSITIVE_INFINITY },
  ]);
  assert.deepEqual(unjudgedTimes({ missing: [], events: [], startSkewsMs: [3, 90] }), []);
  assert.deepEqual([touches(times, 1_700, 5_000), touches(times, 12_000, 13_000)], [false, true]);
});

test("the time of pauses: those before the end of the load, also one that was not resumed", () => {
  assert.equal(pausedMs([paused(1_000), resumed(3_000), paused(5_000), resumed(6_000)], 10_000), 3_000);
  assert.equal(pausedMs([paused(1_000), paused(2_000)], 4_000), 3_000);
  assert.equal(pausedMs([paused(9_000), resumed(12_000)], 10_000), 1_000);
  assert.equal(pausedMs([paused(11_000), resumed(12_000)], 10_000), 0);
});
