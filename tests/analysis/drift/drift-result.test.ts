import assert from "node:assert/strict";
import { test } from "node:test";
import { driftLimits } from "../../../src/analysis/drift/drift-limits.ts";
import { DriftRecorder } from "../../../src/analysis/drift/drift-recorder.ts";
import { describeDrift, driftResult, judgeDrift } from "../../../src/analysis/drift/drift-result.ts";
import type { WorkerHealth } from "../../../src/analysis/health/generator-run.ts";
import type { WatchedMetric } from "../../../src/analysis/saturation/watched-metric.ts";
import { carriedPlan, type Steering } from "../../../src/core/plan/steering.ts";
import { Random } from "../../../src/core/random.ts";
import { parseThresholds } from "../../../src/core/thresholds/threshold.ts";
import { sampleAt } from "../../stats/health-fixtures.ts";
import { measuredWindow } from "../measured-windows.ts";
import { normal } from "../synthetic-noise.ts";

const planned = { rampEndMs: 10_000, warmUpMs: 20_000, abort: false };
const thresholds = parseThresholds({
  response_time: ["p(95)<500", "med<200"],
  "response_time{name:/jobs}": "p(95)<300",
  failures: "rate<0.01",
  requests: "rate>100",
});

/** Ten minutes, in windows of 5 s. `timeOf` is the usual response time in ms. */
function soaked(timeOf: (second: number) => number): DriftRecorder {
  const recorder = new DriftRecorder();
  const random = new Random(7, 0);
  for (let second = 0; second < 600; second += 5) {
    const times = Array.from({ length: 40 }, () => timeOf(second) * Math.exp(0.05 * normal(random)));
    recorder.add(measuredWindow(second * 1_000, { times, widthMs: 5_000 }));
  }
  return recorder;
}

function worker(heapOf: (second: number) => number): WorkerHealth {
  const samples = Array.from({ length: 600 }, (_, second) => sampleAt(second, { heapAfterGcBytes: heapOf(second) }));
  return { name: "worker 1", samples, requests: 9, p50Ms: 1, fileDescriptorLimit: null, userTime: new Map() };
}

const calm = worker(() => 50e6);
const run = { carried: carriedPlan(null, []), thresholds, endMs: 600_000, workers: [calm] };
const whole = { includes: () => true };

test("a service that becomes slower drifts, with the time until it misses its target; one that does not is stable", () => {
  const drifting = driftResult(
    soaked((second) => 100 + second / 10),
    planned,
    run,
  );
  assert.equal(drifting.kind, "drifting");
  const { verdict, reasons } = judgeDrift(drifting);
  assert.equal(verdict, "failed");
  assert.match(
    reasons.join(),
    /^drifting: p50 of all requests rises .* per hour \(3\d\d ms\), will miss its target in/,
  );
  const p95 = drifting.series.find(({ subject, statistic }) => subject === "GET /jobs" && statistic === "p95");
  assert.ok(p95?.verdict.kind === "drifting");
  // From 174 ms to its own 300 ms, at 390 ms per hour.
  assert.ok(Math.abs((p95.verdict.targetBreaksAfterMs ?? 0) / 60_000 - 19) < 4, describeDrift(p95));
  const stable = driftResult(
    soaked(() => 100),
    planned,
    run,
  );
  assert.equal(stable.kind, "stable");
  assert.deepEqual(judgeDrift(stable), { verdict: "passed", reasons: [] });
});

test("a worker whose memory grows makes a drift of the service invalid", () => {
  const workers = [worker((second) => 50e6 + second * 100_000)];
  const both = judgeDrift(
    driftResult(
      soaked((second) => 100 + second / 10),
      planned,
      { ...run, workers },
    ),
  );
  assert.equal(both.verdict, "invalid");
  assert.match(both.reasons.join(), /the memory of worker 1 grew throughout the run/);
  assert.equal(
    judgeDrift(
      driftResult(
        soaked(() => 100),
        planned,
        { ...run, workers },
      ),
    ).verdict,
    "passed",
  );
});

test("a heap that warms up, or steps with few collections, does not", () => {
  const heaps: ((second: number) => number)[] = [
    // Not collected yet.
    (second) => 12e6 + second * 20_000,
    // A cache that fills.
    (second) => 90e6 - 60e6 * Math.exp(-second / 100),
    // Three collections, of which the last found more.
    (second) => (second < 250 ? 30e6 : second < 500 ? 29e6 : 60e6),
  ];
  for (const [position, heapOf] of heaps.entries()) {
    const drift = driftResult(
      soaked((second) => 100 + second / 10),
      planned,
      { ...run, workers: [worker(heapOf)] },
    );
    assert.equal(judgeDrift(drift).verdict, "failed", `heap ${position}`);
  }
});

test("windows after the load are ignored, and an endpoint without requests for a while is no drift", () => {
  const recorder = soaked(() => 100);
  recorder.add(measuredWindow(600_000, { times: [9_000], widthMs: 5_000, name: "/late" }));
  const subjects = driftResult(recorder, planned, run).series.map(({ subject }) => subject);
  assert.deepEqual([...new Set(subjects)], ["total", "GET /jobs"]);
  const silent = recorder
    .series(whole, () => ({}))
    .find((one) => one.subject === "GET /late" && one.statistic === "throughput");
  assert.equal(silent?.windows.length, 121);
  assert.deepEqual(
    silent.windows.slice(-2).map(({ value }) => value),
    [0, 0.2],
  );
});

test("windows of a very long run are merged, and nothing is lost", () => {
  const recorder = new DriftRecorder();
  const window = measuredWindow(0, { times: [100, 100] });
  for (let second = 0; second < 9_000; second++) recorder.add({ ...window, startMs: second * 1_000 });
  const [throughput] = recorder.series(whole, () => ({})).filter(({ statistic }) => statistic === "throughput");
  assert.ok(throughput !== undefined && throughput.windows.length <= 4_096);
  const seconds = throughput.windows.reduce((sum, { durationMs }) => sum + durationMs / 1_000, 0);
  const requests = throughput.windows.reduce((sum, { value, durationMs }) => sum + (value * durationMs) / 1_000, 0);
  assert.deepEqual([seconds, requests], [9_000, 18_000]);
});

test("limits: an endpoint's own before those of all; a rate of all applies to no single endpoint", () => {
  assert.deepEqual(driftLimits(thresholds, null), { p95: 500, p50: 200, errorRate: 0.01, throughput: 100 });
  assert.deepEqual(driftLimits(thresholds, { method: "GET", name: "/jobs" }), { p95: 300, p50: 200, errorRate: 0.01 });
  assert.deepEqual(driftLimits(thresholds, { method: "GET", name: "/other" }), { p95: 500, p50: 200, errorRate: 0.01 });
});

test("a pause is left out: what comes after it is judged, and the rest itself is no drift", () => {
  const steering: Steering[] = [
    { kind: "pause", atMs: 200_000 },
    { kind: "resume", atMs: 400_000 },
  ];
  const rested = new DriftRecorder();
  for (let second = 0; second < 800; second += 5) {
    const isPaused = second >= 200 && second < 400;
    const jitter = (second * 7) % 11;
    rested.add(measuredWindow(second * 1_000, { times: isPaused ? [] : Array(40).fill(100 + jitter), widthMs: 5_000 }));
  }
  const result = driftResult(rested, planned, { ...run, carried: carriedPlan(null, steering), endMs: 800_000 });
  const throughput = result.series.find(({ statistic }) => statistic === "throughput");
  assert.equal(throughput?.verdict.kind, "stable");
  // 780 s without the warm-up, less the pause and the ramp after it.
  assert.ok((throughput.trend?.points ?? 0) >= 110 && (throughput.trend?.points ?? 0) <= 116);
});

test("a change of the load is no step of the service: the longest time without one is judged", () => {
  const steering: Steering[] = [{ kind: "users", atMs: 150_000, target: 80 }];
  const slower = soaked((second) => (second < 150 ? 100 : 200));
  const result = driftResult(slower, planned, { ...run, carried: carriedPlan(null, steering) });
  assert.deepEqual([result.kind, result.judgedMs], ["stable", { from: 160_000, to: 600_000 }]);
  const often: Steering[] = [60, 150, 240, 330, 420, 510].map((second) => ({
    kind: "users",
    atMs: second * 1_000,
    target: second,
  }));
  const { verdict, reasons } = judgeDrift(driftResult(slower, planned, { ...run, carried: carriedPlan(null, often) }));
  assert.equal(verdict, "not-judged");
  assert.match(
    reasons.join(),
    /^drift was not judged: \d+ points after the warm-up; 24 are needed; the load was changed/,
  );
});

test("a soak that was too short to test anything is not judged", () => {
  const result = driftResult(
    soaked(() => 100),
    planned,
    { ...run, endMs: 60_000 },
  );
  assert.deepEqual(judgeDrift(result), {
    verdict: "not-judged",
    reasons: ["drift was not judged: 8 points after the warm-up; 24 are needed"],
  });
});

test("rare pauses that grow are a drift, though most seconds are as fast as ever; steady ones are not", () => {
  const paused = (lengthMs: (second: number) => number) => {
    const recorder = new DriftRecorder();
    const random = new Random(3, 0);
    for (let second = 0; second < 120; second++) {
      const at = Math.floor(second / 12) * 12;
      const leftMs = at === 0 ? 0 : lengthMs(at) - (second - at) * 1_000;
      // Requests wait for the end of the pause; 40 come in each second.
      const times = Array.from(
        { length: 40 },
        (_, i) => Math.max(0, leftMs - i * 25) + 100 * (0.8 + 0.4 * random.next()),
      );
      recorder.add(measuredWindow(second * 1_000, { times }));
    }
    return driftResult(
      recorder,
      { rampEndMs: 0, warmUpMs: 6_000, abort: false },
      { ...run, workers: [], endMs: 120_000 },
    );
  };
  const growing = paused((second) => 100 + 40 * second);
  assert.equal(growing.kind, "drifting");
  assert.match(
    judgeDrift(growing).reasons.join(),
    /^drifting: (p95|p99|length of the pauses|share of slow seconds) of all/,
  );
  const briefly = paused((second) => 200 + 5 * second);
  assert.match(judgeDrift(briefly).reasons.join(), /^drifting: length of the pauses of all requests rises/);
  assert.equal(paused(() => 900).kind, "stable");
});

/** Read each 5 s in the ten minutes of the soak. */
function memory(valueAt: (second: number) => number): WatchedMetric {
  const random = new Random(3, 1);
  const samples = Array.from({ length: 120 }, (_, i) => {
    return { atMs: i * 5_000 + 200, value: valueAt(i * 5) * (1 + 0.02 * normal(random)) };
  });
  return { name: "memory", unit: "bytes", sampleName: null, isRate: false, leak: null, samples };
}

test("a leak in memory only is a drift that names the metric, whatever the memory of the workers does", () => {
  const observed = [memory((second) => 100e6 + second * 200_000)];
  const growing = worker((second) => 50e6 + second * 100_000);
  for (const workers of [[calm], [growing]]) {
    const drift = driftResult(
      soaked(() => 100),
      planned,
      { ...run, workers, observed },
    );
    assert.equal(drift.kind, "drifting");
    const { verdict, reasons } = judgeDrift(drift);
    assert.equal(verdict, "failed");
    // 720 MB per hour.
    assert.match(
      String(reasons[0]),
      /^drifting: observed memory rises \d+ % per hour \((6[5-9]|7\d)\d MB\); times, errors and throughput do not drift$/,
    );
  }
});

test("a memory that is steady, or no leak by the word of the test, does not fail a soak", () => {
  const steady = memory(() => 100e6);
  const allowed = { ...memory((second) => 100e6 + second * 200_000), leak: false };
  for (const observed of [[steady], [allowed]]) {
    const drift = driftResult(
      soaked(() => 100),
      planned,
      { ...run, observed },
    );
    assert.deepEqual([drift.kind, judgeDrift(drift).verdict], ["stable", "passed"]);
  }
});

test("both a service and its memory that drift are named", () => {
  const drift = driftResult(
    soaked((second) => 100 + second / 10),
    planned,
    { ...run, observed: [memory((second) => 100e6 + second * 200_000)] },
  );
  const { reasons } = judgeDrift(drift);
  assert.match(String(reasons[0]), /^drifting: observed memory rises/);
  assert.match(String(reasons[1]), /^drifting: p50 of all requests rises/);
});
