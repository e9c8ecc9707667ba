import assert from "node:assert/strict";
import { test } from "node:test";
import { type EndpointWindow, endpointSeries } from "../../../src/analysis/drift/drift-recorder.ts";
import type { DriftSeries, DriftStatistic } from "../../../src/analysis/drift/drift-series.ts";
import type { SeriesDrift } from "../../../src/analysis/drift/drift-verdict.ts";
import { type SoakDrift, soakDrift } from "../../../src/analysis/drift/soak-drift.ts";
import { Random } from "../../../src/core/random.ts";
import { autoregressive } from "../synthetic-noise.ts";
import { flat, rising, syntheticWindows } from "./synthetic-soak.ts";

const hourMs = 3_600_000;
const soak = { hours: 4, windowMs: 30_000, deviation: 0.1, correlation: 0.6 };

function driftOf(drift: SoakDrift, statistic: DriftStatistic, subject = "total"): SeriesDrift {
  const found = drift.series.find((series) => series.statistic === statistic && series.subject === subject);
  assert.ok(found !== undefined);
  return found;
}

function assertWithin(value: number | null | undefined, low: number, high: number): void {
  assert.ok(typeof value === "number" && value >= low && value <= high, `${value} is not within ${low} to ${high}`);
}

test("a drift has its rate, its interval, and the time until the target is missed", () => {
  const windows = syntheticWindows({ ...soak, factor: rising }, 1);
  const drift = soakDrift(endpointSeries("total", windows, { p95: 240 }));
  assert.equal(drift.kind, "drifting");
  const { verdict, trend } = driftOf(drift, "p95");
  assert.ok(verdict.kind === "drifting" && trend !== null);
  assert.equal(verdict.direction, "worse");
  assertWithin(trend.perHour, 15, 21); // 15 % of 120 ms
  assert.ok(trend.lowPerHour < 18 && 18 < trend.highPerHour);
  assertWithin(trend.relativePerHour * trend.median, trend.perHour - 1e-9, trend.perHour + 1e-9);
  assert.ok(trend.leastDetectablePerHour < 18);
  // It doubles after 1 / 0.15 h, of which 4 are over.
  assertWithin(verdict.targetBreaksAfterMs, 2 * hourMs, 3.5 * hourMs);
  const broken = driftOf(soakDrift(endpointSeries("total", windows, { p95: 150 })), "p95").verdict;
  assert.equal(broken.kind === "drifting" && broken.targetBreaksAfterMs, 0);
});

test("the fitted line runs through the middle of the points, and crosses the target when it is to be missed", () => {
  const drift = driftOf(
    soakDrift(endpointSeries("total", syntheticWindows({ ...soak, factor: rising }, 1), { p95: 240 })),
    "p95",
  );
  const { verdict, trend, limit } = drift;
  assert.ok(verdict.kind === "drifting" && trend?.line !== undefined);
  assert.equal(limit, 240);
  const { fromMs, toMs, from, to } = trend.line;
  assertWithin(
    to - from,
    0.999 * trend.perHour * ((toMs - fromMs) / hourMs),
    1.001 * trend.perHour * ((toMs - fromMs) / hourMs),
  );
  assertWithin((from + to) / 2, 0.97 * trend.median, 1.03 * trend.median);
  assertWithin(to + (trend.perHour * (verdict.targetBreaksAfterMs ?? 0)) / hourMs, 239.9, 240.1);
});

test("a drift for the better is reported as such and does not fail the run", () => {
  const windows = syntheticWindows({ ...soak, factor: (_, hours) => 1 - 0.1 * hours }, 2);
  const drift = soakDrift(endpointSeries("total", windows, { p95: 500 }));
  assert.equal(drift.kind, "stable");
  const { verdict } = driftOf(drift, "p95");
  assert.deepEqual(verdict, { kind: "drifting", direction: "better", targetBreaksAfterMs: null });
});

test("a step is reported with its time and its levels, an oscillation with its period", () => {
  const stepped = syntheticWindows({ ...soak, factor: (progress) => (progress < 0.5 ? 1 : 1.4) }, 3);
  const { verdict: step } = driftOf(soakDrift(endpointSeries("total", stepped)), "p95");
  assert.ok(step.kind === "step");
  assertWithin(step.atMs, 1.95 * hourMs, 2.05 * hourMs);
  assert.equal(step.direction, "worse");
  assertWithin(step.before, 110, 130);
  assertWithin(step.after, 155, 180);
  const waving = syntheticWindows({ ...soak, factor: (progress) => 1 + 0.3 * Math.sin(progress * 2 * Math.PI * 8) }, 4);
  const { verdict: wave } = driftOf(soakDrift(endpointSeries("total", waving)), "p95");
  assert.ok(wave.kind === "oscillating");
  assertWithin(wave.periodMs, 0.45 * hourMs, 0.55 * hourMs);
  assertWithin(wave.lowToHigh, 55, 90);
});

test("a step for the better is reported as such and does not count", () => {
  const windows = syntheticWindows({ ...soak, factor: (progress) => (progress < 0.5 ? 1.4 : 1) }, 3);
  const drift = soakDrift(endpointSeries("total", windows));
  assert.equal(drift.kind, "stable");
  const { verdict } = driftOf(drift, "p95");
  assert.ok(verdict.kind === "step" && verdict.direction === "better");
});

test("a drift under an oscillation is found", () => {
  const factor = (progress: number, hours: number) => 1 + 0.15 * hours + 0.3 * Math.sin(progress * 2 * Math.PI * 3);
  const drift = soakDrift(endpointSeries("total", syntheticWindows({ ...soak, factor }, 5)));
  assert.equal(driftOf(drift, "p95").verdict.kind, "drifting");
});

test("a series that changes little, briefly, or only during the warm-up is stable", () => {
  const factors = {
    "1 % an hour": (_: number, hours: number) => 1 + 0.01 * hours,
    "an hour of trouble in the middle": (progress: number) => (progress > 0.4 && progress < 0.6 ? 1.3 : 1),
    "a slow start": (progress: number) => (progress < 0.045 ? 4 : 1),
    "a burst at the end": (progress: number) => (progress > 0.97 ? 3 : 1),
  };
  for (const [name, factor] of Object.entries(factors)) {
    const drift = soakDrift(endpointSeries("total", syntheticWindows({ ...soak, factor }, 6)));
    assert.equal(drift.kind, "stable", name);
  }
});

test("a change of less than 2 ms does not matter, however large its share is", () => {
  const fast = syntheticWindows({ ...soak, factor: rising }, 7).map((window) => {
    const { p50, p95, p99 } = window.percentilesMs ?? { p50: 0, p95: 0, p99: 0 };
    return { ...window, percentilesMs: { p50: p50 / 200, p95: p95 / 200, p99: p99 / 200 } };
  });
  assert.equal(soakDrift(endpointSeries("total", fast)).kind, "stable");
});

/** One window a minute for 5 h, without noise in the times. */
function steady(failuresAt: (minute: number) => number, requestsAt = (_: number) => 1_000): EndpointWindow[] {
  return Array.from({ length: 300 }, (_, minute) => ({
    startMs: minute * 60_000,
    durationMs: 60_000,
    requests: requestsAt(minute),
    failures: failuresAt(minute),
    percentilesMs: { p50: 40, p95: 120, p99: 250 },
    maxMs: 300,
  }));
}

test("an error rate that rises is a drift, one that stays is not", () => {
  const random = new Random(8, 0);
  const about = (expected: number) => Math.floor(expected * (0.5 + random.next()) + random.next());
  const rises = soakDrift(
    endpointSeries(
      "total",
      steady((minute) => about(5 + minute / 10)),
      { errorRate: 0.05 },
    ),
  );
  const { verdict, trend } = driftOf(rises, "errorRate");
  assert.ok(verdict.kind === "drifting" && verdict.direction === "worse" && trend !== null);
  assertWithin(trend.perHour, 0.004, 0.009); // 6 of 1,000 an hour
  assertWithin(trend.median, 0.015, 0.025);
  assertWithin(verdict.targetBreaksAfterMs, 0.2 * hourMs, 6 * hourMs);
  assert.equal(
    soakDrift(
      endpointSeries(
        "total",
        steady(() => about(20)),
      ),
    ).kind,
    "stable",
  );
});

test("without failures the error rate is stable, although there are fewer and fewer requests", () => {
  const drift = soakDrift(
    endpointSeries(
      "total",
      steady(
        () => 0,
        (minute) => 1_000 - minute,
      ),
    ),
  );
  assert.deepEqual(driftOf(drift, "errorRate").verdict, { kind: "stable" });
  assert.equal(driftOf(drift, "errorRate").trend, null);
  // The throughput is what drifts.
  const { verdict, trend } = driftOf(drift, "throughput");
  assert.ok(verdict.kind === "drifting" && verdict.direction === "worse");
  assertWithin(trend?.perHour, -1.001, -0.999);
});

test("some failures, but too few to compare, are insufficient", () => {
  const drift = soakDrift(
    endpointSeries(
      "GET /rare",
      steady(
        (minute) => (minute % 10 === 0 ? 1 : 0),
        () => 20,
      ),
    ),
  );
  const { verdict } = driftOf(drift, "errorRate", "GET /rare");
  assert.deepEqual(verdict, { kind: "insufficient", reason: "28 failures; 96 are needed" });
});

test("the workers' heaps are judged in the same way", () => {
  const noise = autoregressive(new Random(9, 0), 240, 0.6);
  const heap = (perHour: number): DriftSeries => ({
    subject: "worker 1",
    statistic: "heap",
    limit: null,
    windows: noise.map((deviation, minute) => ({
      startMs: minute * 60_000,
      durationMs: 60_000,
      value: 60e6 + (minute / 60) * perHour + 2e6 * deviation,
      weight: 60_000,
    })),
  });
  assert.equal(soakDrift([heap(0)]).kind, "stable");
  assert.equal(soakDrift([heap(8e6)]).kind, "drifting");
});

test("with too little data after the warm-up there is no verdict", () => {
  const windows = syntheticWindows({ ...soak, factor: rising }, 10);
  const drift = soakDrift(endpointSeries("total", windows.slice(0, 24)));
  assert.equal(drift.kind, "insufficient");
  assert.deepEqual(driftOf(drift, "p50").verdict, {
    kind: "insufficient",
    reason: "20 points after the warm-up; 24 are needed",
  });
  assert.equal(soakDrift([]).kind, "insufficient");
});

test("during the run, it finds the drift before the end", () => {
  const windows = syntheticWindows({ ...soak, hours: 12, factor: rising }, 11);
  const found = [0.25, 0.5, 0.75, 1].map(
    (part) => soakDrift(endpointSeries("total", windows.slice(0, part * windows.length)), { checkpoints: 4 }).kind,
  );
  assert.deepEqual(found.slice(1), ["drifting", "drifting", "drifting"]);
});

test("one endpoint that drifts is found among many that do not", () => {
  const series = Array.from({ length: 6 }, (_, endpoint) =>
    endpointSeries(
      `GET /${endpoint}`,
      syntheticWindows({ ...soak, factor: endpoint === 3 ? rising : flat }, 20 + endpoint),
    ),
  ).flat();
  const drift = soakDrift(series);
  assert.equal(drift.kind, "drifting");
  const drifting = drift.series.filter(({ verdict }) => verdict.kind === "drifting");
  assert.deepEqual([...new Set(drifting.map(({ subject }) => subject))], ["GET /3"]);
});
