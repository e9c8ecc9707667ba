import assert from "node:assert/strict";
import { test } from "node:test";
import { spikeReport } from "../../../src/analysis/spike/spike-analysis.ts";
import type { SpikeOutcome } from "../../../src/analysis/spike/spike-report.ts";
import type { SpikeSchedule } from "../../../src/analysis/spike/spike-window.ts";
import { type SpikedLoad, type SyntheticService, windowsOf } from "./synthetic-service.ts";

/** A jump from 100/s to 400/s for a minute. */
const spikeAt = (riseMs: number): SpikeSchedule => ({ riseMs, peakMs: riseMs, dropMs: riseMs + 60_000 });
const load: SpikedLoad = { base: 100, peak: 400, spikes: [spikeAt(60_000)], endMs: 600_000 };
const always = (capacity: number, queue = 1e9): SyntheticService => ({ capacityAt: () => capacity, queue });

function onlySpike(service: SyntheticService, over: Partial<SpikedLoad> = {}, seed = 1): SpikeOutcome {
  const given = { ...load, ...over };
  const { spikes } = spikeReport(windowsOf(service, given, seed), given.spikes);
  assert.equal(spikes.length, 1);
  return spikes[0] as SpikeOutcome;
}

function assertWithin(value: number | null, low: number, high: number): void {
  assert.ok(value !== null && value >= low && value <= high, `${value} is not within ${low} to ${high}`);
}

test("a service with room to spare is unharmed", () => {
  for (let seed = 0; seed < 20; seed++) {
    const spike = onlySpike(always(600), {}, seed);
    assert.deepEqual(spike.absorption, { kind: "unharmed" });
    assert.deepEqual(spike.recovery, { kind: "recovered", afterMs: 0 });
    assert.deepEqual([spike.detectMs, spike.errorBurst, spike.goodputDip], [null, null, 0]);
    assertWithin(spike.residualP50Ms, -2, 2);
    assertWithin(spike.overshoot, 0, 0.3);
  }
});

test("a service that scales out after 8 s has absorbed the spike when its queue is empty", () => {
  for (let seed = 0; seed < 20; seed++) {
    // From 68 s on 800/s; the queue of 8 s times 200/s takes 1600 / (800 - 400) = 4 s.
    const service: SyntheticService = { capacityAt: (atMs) => (atMs < 68_000 ? 200 : 800), queue: 1e9 };
    const spike = onlySpike(service, {}, seed);
    assert.ok(spike.absorption.kind === "absorbed");
    assertWithin(spike.absorption.afterMs, 10_000, 14_000);
    assertWithin(spike.detectMs, 0, 2_000);
    assert.deepEqual(spike.recovery, { kind: "recovered", afterMs: 0 });
    assertWithin(spike.peakP99Ms, 4_000, 15_000);
    assertWithin(spike.overshoot, 10, 150);
    assertWithin(spike.damage, 10 * 200, 12.5 * 400 + 300);
  }
});

test("a service that does not scale out has not absorbed it, and recovers when its queue is empty", () => {
  for (let seed = 0; seed < 20; seed++) {
    const spike = onlySpike(always(300), {}, seed);
    assert.deepEqual(spike.absorption, { kind: "not-absorbed" });
    assert.ok(spike.recovery.kind === "recovered");
    assertWithin(spike.recovery.afterMs, 28_000, 33_000); // 60 s times 100/s, emptied at 200/s
    assert.equal(spike.overshoot, null);
    assertWithin(spike.goodputDip, 0.99, 1); // nothing was in time
    assert.equal(spike.errorBurst, null);
  }
});

test("a bounded queue shows as a burst of errors, with its count, length and first kind", () => {
  const spike = onlySpike(always(300, 600));
  assert.ok(spike.errorBurst !== null);
  assertWithin(spike.errorBurst.count, 60 * 100 - 600 - 300, 60 * 100 - 600 + 300);
  assertWithin(spike.errorBurst.lengthMs, 53_000, 60_000);
  assert.equal(spike.errorBurst.firstKind, "5xx");
  assert.ok(spike.recovery.kind === "recovered" && spike.recovery.afterMs <= 5_000);
});

/** Retries keep the service busy: once 500 requests wait, it serves less than the base load, for ever. */
const metastable: SyntheticService = { capacityAt: (_, backlog) => (backlog > 500 ? 90 : 300), queue: 1e9 };

test("a service that does not recover is metastable, if it was observed for long enough", () => {
  assert.deepEqual(onlySpike(metastable).recovery, { kind: "metastable", observedMs: 480_000 });
  assert.deepEqual(onlySpike(metastable, { endMs: 300_000 }).recovery, { kind: "unrecovered", observedMs: 180_000 });
  assert.equal(onlySpike(metastable).residualP50Ms, null);
});

test("rejecting requests quickly is not a recovery", () => {
  const windows = windowsOf(always(600), load).map((window) =>
    window.startMs < 120_000 ? window : { ...window, failures: window.requests, good: 0, targetsHeld: false },
  );
  assert.equal(spikeReport(windows, load.spikes).spikes[0]?.recovery.kind, "metastable");
});

test("hanging is not a recovery", () => {
  const windows = windowsOf(always(600), load).map((window) =>
    window.startMs < 120_000 ? window : { ...window, requests: 0, failures: 0, good: 0, timesMs: null },
  );
  assert.equal(spikeReport(windows, load.spikes).spikes[0]?.recovery.kind, "metastable");
});

test("the second spike finds the service warm", () => {
  const two = { ...load, spikes: [spikeAt(60_000), spikeAt(300_000)] };
  const scaledOut: SyntheticService = { capacityAt: (atMs) => (atMs < 75_000 ? 200 : 800), queue: 1e9 };
  const { spikes } = spikeReport(windowsOf(scaledOut, two), two.spikes);
  assert.deepEqual(
    spikes.map(({ warmth, absorption }) => [warmth, absorption.kind]),
    [
      ["cold", "absorbed"],
      ["warm", "unharmed"],
    ],
  );
});

test("a pause between failures is not absorption", () => {
  const windows = windowsOf(always(600), load).map((window) => {
    const second = window.startMs / 1_000;
    const broken = second === 61 || (second >= 80 && second < 120);
    return { ...window, targetsHeld: !broken };
  });
  assert.deepEqual(spikeReport(windows, load.spikes).spikes[0]?.absorption, { kind: "not-absorbed" });
});

test("a service that stays slower after the spike shows a residual shift", () => {
  const windows = windowsOf(always(600), load).map((window) =>
    window.startMs < 120_000 || window.timesMs === null
      ? window
      : { ...window, timesMs: { ...window.timesMs, p50: window.timesMs.p50 + 10 } },
  );
  assertWithin(spikeReport(windows, load.spikes).spikes[0]?.residualP50Ms ?? null, 9, 11);
});

test("times can be scaled down", () => {
  const short = { base: 100, peak: 400, spikes: [{ riseMs: 15_000, peakMs: 16_000, dropMs: 25_000 }], endMs: 80_000 };
  const options = { baselineFromMs: 2_000, cleanMs: 3_000, insideMs: 5_000, leastMetastableMs: 20_000 };
  const [good] = spikeReport(windowsOf(always(600), short), short.spikes, options).spikes;
  assert.deepEqual([good?.absorption.kind, good?.recovery.kind], ["unharmed", "recovered"]);
  const [bad] = spikeReport(windowsOf(metastable, short), short.spikes, options).spikes;
  assert.deepEqual([bad?.absorption.kind, bad?.recovery.kind], ["not-absorbed", "metastable"]);
});

test("without a baseline there is no outcome", () => {
  const early = { ...load, spikes: [spikeAt(5_000)] };
  assert.deepEqual(spikeReport(windowsOf(always(600), early), early.spikes), { baseline: null, spikes: [] });
  assert.deepEqual(spikeReport([], []), { baseline: null, spikes: [] });
});
