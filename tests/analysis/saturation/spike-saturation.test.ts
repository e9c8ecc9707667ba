import assert from "node:assert/strict";
import { test } from "node:test";
import { describeSaturation } from "../../../src/analysis/saturation/describe-saturation.ts";
import type { Saturation } from "../../../src/analysis/saturation/saturation.ts";
import { spikeSaturation } from "../../../src/analysis/saturation/spike-saturation.ts";
import type { WatchedMetric } from "../../../src/analysis/saturation/watched-metric.ts";
import type { SpikeResult } from "../../../src/analysis/spike/spike-result.ts";
import { Random } from "../../../src/core/random.ts";
import { caseCount } from "../../support/depth.ts";
import { autoregressive, normal } from "../synthetic-noise.ts";

const second = 1_000;
/** From 60 to 90 s, with four times the load. */
const spike: SpikeResult["spikes"][number] = {
  ...{ riseMs: 60 * second, peakMs: 60 * second, dropMs: 90 * second, warmth: "cold", detectMs: 6 * second },
  ...{ absorption: { kind: "not-absorbed" }, recovery: { kind: "recovered", afterMs: 30 * second } },
  ...{ peakP99Ms: 900, overshoot: null, errorBurst: null, damage: 0, goodputDip: 0, residualP50Ms: 0 },
};
const baseline = {
  ...{ p50Ms: 20, p95Ms: 30, goodPerSecond: 40, errorRate: 0, recoveredP95Ms: 33, recoveredErrorRate: 0.01 },
};
const plan = {
  points: [
    { atMs: 0, value: 40 },
    { atMs: 60 * second, value: 40 },
    { atMs: 60 * second, value: 160 },
    { atMs: 90 * second, value: 160 },
    { atMs: 90 * second, value: 40 },
  ],
  durationMs: 150 * second,
};

function metricOf(valueAt: (s: number) => number, everyMs = 2 * second): WatchedMetric {
  const samples = Array.from({ length: Math.floor((150 * second) / everyMs) }, (_, position) => {
    const atMs = position * everyMs + 300;
    return { atMs, value: valueAt(atMs / second) };
  });
  return { name: "queue", unit: null, sampleName: null, isRate: false, leak: null, samples };
}

function judged(metrics: readonly WatchedMetric[], over: Partial<typeof spike> = {}): Saturation {
  const result = { baseline, spikes: [{ ...spike, ...over }], hasTargets: true };
  const found = spikeSaturation(metrics, result, { baselineFromMs: 0, pauses: [], plan });
  assert.ok(found !== null);
  return found;
}

const queue = (s: number) => (s < 62 ? 0 : s < 90 ? (s - 60) * 20 : Math.max(0, 600 - (s - 90) * 20));

test("a queue that grows under the spike moved before the first broken target, and is back later", () => {
  const found = judged([metricOf(queue)]);
  const [moved] = found.moved;
  assert.deepEqual([moved?.kind, moved?.when, moved?.at], ["rose", "before", 62_300]);
  assert.ok(moved?.backAtMs != null && moved.backAtMs > 118 * second && moved.backAtMs < 124 * second);
  assert.match(
    String(describeSaturation(found)[0]),
    /^queue rose to \d+ at 01:02, before the first broken target at 01:06, back at 0[12]:\d\d; 0 to [\d.]+ expected \(very likely\)$/,
  );
});

test("the order of moving is told as exactly as the readings are", () => {
  const jump = (from: number) => (s: number) => (s < from || s > 95 ? 0 : 50);
  assert.equal(judged([metricOf(jump(62))]).moved[0]?.when, "before");
  assert.equal(judged([metricOf(jump(66))]).moved[0]?.when, "with");
  assert.equal(judged([metricOf(jump(75))]).moved[0]?.when, "after");
  assert.equal(judged([metricOf(jump(62))], { detectMs: null }).moved[0]?.when, "with");
});

test("what rises with the load did not move; nor did what does not care", () => {
  const busy = (s: number) => (s >= 60 && s < 90 ? 160 : 40) / 200;
  const affine = (s: number) => 100 + (s >= 60 && s < 90 ? 160 : 40);
  for (const valueAt of [busy, affine, () => 8]) assert.deepEqual(judged([metricOf(valueAt)]).moved, []);
  const found = judged([metricOf(busy)]);
  assert.deepEqual(describeSaturation(found), ["no observed metric moved with the spike (queue)"]);
});

test("what is used up fell", () => {
  const free = (s: number) => (s >= 62 && s < 100 ? 0 : 20);
  assert.deepEqual(
    judged([metricOf(free)]).moved.map(({ kind, value }) => [kind, value]),
    [["fell", 0]],
  );
});

test("too few readings are said", () => {
  const found = judged([metricOf(queue, 20 * second)]);
  assert.match(String(found.untold[0]?.reason), /^3 readings before the spike and \d in it; 5 and 2 are needed$/);
});

test("without a spike or a metric there is no answer", () => {
  const load = { baselineFromMs: 0, pauses: [], plan };
  assert.equal(spikeSaturation([], { baseline, spikes: [spike], hasTargets: true }, load), null);
  assert.equal(spikeSaturation([metricOf(queue)], { baseline: null, spikes: [], hasTargets: true }, load), null);
});

const runs = caseCount(100);

test(`in ${runs} spikes under noise, the queue is named, and noise that lasts is not`, () => {
  const counts = { queue: 0, noise: 0 };
  for (let seed = 0; seed < runs; seed++) {
    const random = new Random(seed, 1);
    const slow = autoregressive(new Random(seed, 2), 75, 0.7);
    const noisyQueue = metricOf((s) => Math.max(0, Math.round(queue(s) + 3 + 2 * normal(random))));
    const cpu = metricOf((s) => (s >= 60 && s < 90 ? 0.6 : 0.2) * (1 + 0.1 * (slow[Math.floor(s / 2)] ?? 0)));
    const memory = metricOf((s) => 2e8 * (1 + 0.05 * (slow[Math.floor(s / 2)] ?? 0)) + 1e5 * s);
    if (judged([noisyQueue]).moved[0]?.name === "queue") counts.queue++;
    const others = [
      { ...cpu, name: "cpu" },
      { ...memory, name: "memory" },
    ];
    if (judged(others).moved.length > 0) counts.noise++;
  }
  assert.ok(counts.queue === runs, JSON.stringify(counts));
  assert.ok(counts.noise <= Math.max(2, 0.05 * runs), JSON.stringify(counts));
});

test("few things in flight, counted as whole numbers, follow the load and have not saturated", () => {
  let named = 0;
  for (let seed = 1; seed <= 100; seed++) {
    const random = new Random(seed, 0);
    // One in twenty readings finds one before the spike, and four times as many in it.
    const inFlight = metricOf((s) =>
      random.next() < (s >= 60 && s < 90 ? 0.2 : 0.05) ? 1 + Math.floor(random.next() * 2) : 0,
    );
    if (judged([inFlight]).moved.length > 0) named++;
  }
  assert.ok(named <= 2, `${named} of 100 were named`);
});
