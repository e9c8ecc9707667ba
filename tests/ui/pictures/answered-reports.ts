import type { RunReport } from "../../../src/report/page/model.ts";
import type { Result } from "../../../src/report/result/result-schema.ts";
import { syntheticReport } from "../synthetic-report.ts";

type Capacity = NonNullable<Result["capacity"]>;
export type Arrivals = Extract<Capacity, { kind: "arrivals" }>;
type Trial = Arrivals["trials"][number];
export type Spikes = NonNullable<Result["spike"]>;
export type Drift = NonNullable<Result["drift"]>;

const p95Target = "response_time: p(95)<500";

/** A trial of 20 s. */
export function trial(
  ratePerSecond: number,
  p95Ms: number,
  outcome: Trial["outcome"],
  { errorRate = 0, good = ratePerSecond, purpose = "bracket" as Trial["purpose"] } = {},
): Trial {
  return {
    ...{ kind: "trial", purpose, ratePerSecond, outcome, startMs: 0, settleMs: 5_000, measureMs: 20_000 },
    measurement: {
      ...{ offered: ratePerSecond * 20, achieved: good * 20, dropped: 0, succeededPerSecond: good, errorRate, p95Ms },
      ...(p95Ms === 0
        ? {}
        : { p95IntervalMs: { lowMs: p95Ms * 0.92, highMs: ratePerSecond < 100 ? null : p95Ms * 1.1 } }),
      ...{ p99Ms: p95Ms * 1.4, targets: [{ name: p95Target, held: p95Ms < 500 }], sickness: null },
    },
  };
}

const held = { kind: "passed" } as const;
const missed = { kind: "failed", failures: [{ kind: "target", name: p95Target }] } as const;

/** A search that found its answer; one trial was void, one was spoilt by the generator. */
export const found: Arrivals = {
  ...{ kind: "arrivals", reason: "found", targets: [p95Target, "failures: rate<0.01"], atLeastPerSecond: 300 },
  capacity: { kind: "found", ratePerSecond: 380, failsAtPerSecond: 400 },
  ...{ confirmed: true, firstBroken: missed.failures, overload: "plateau", kneePerSecond: 320 },
  peakGoodput: { succeededPerSecond: 391.2, ratePerSecond: 450 },
  operateAtPerSecond: 266,
  trials: [
    trial(50, 41, held),
    trial(100, 44.1, held),
    trial(200, 52, held),
    trial(400, 0, { kind: "invalid", reason: "worker 3 joined", isVoid: true }),
    trial(400, 640, missed, { good: 388, errorRate: 0.004 }),
    trial(300, 88, held, { purpose: "narrow" }),
    trial(350, 180, { kind: "invalid", reason: "worker 1 was CPU-bound" }, { purpose: "narrow" }),
    trial(350, 172, held, { purpose: "narrow" }),
    trial(380, 320, held, { purpose: "narrow", errorRate: 0.001 }),
    trial(380, 340, held, { purpose: "confirm" }),
    trial(450, 2_900, missed, { purpose: "probe", good: 391.2, errorRate: 0.031 }),
  ],
  slowDrains: [],
};

/** A search in which not even the lowest rate held. */
export const notFound: Arrivals = {
  ...found,
  ...{ reason: "nothing-holds", capacity: { kind: "below", ratePerSecond: 50 }, confirmed: false, overload: null },
  ...{ kneePerSecond: null, peakGoodput: null, operateAtPerSecond: null, trials: [trial(50, 900, missed)] },
};

export function withCapacity(capacity: Capacity): RunReport {
  return withResult({ capacity, thresholds: [] }, ["capacity"]);
}

/** A spike from 60 s to 90 s: the p95 rises to 900 ms, is absorbed after 20 s, and back 12 s after the drop. */
export const absorbed: Spikes = {
  baseline: {
    ...{ p50Ms: 10, p95Ms: 40, goodPerSecond: 60, errorRate: 0, recoveredP95Ms: 44, recoveredErrorRate: 0.01 },
  },
  spikes: [
    {
      ...{ riseMs: 60_000, peakMs: 60_000, dropMs: 90_000, warmth: "cold", detectMs: 3_000 },
      absorption: { kind: "absorbed", afterMs: 20_000 },
      recovery: { kind: "recovered", afterMs: 12_000 },
      ...{ peakP99Ms: 1_240, overshoot: 2.1, errorBurst: null, damage: 412, goodputDip: 0.18, residualP50Ms: 0.2 },
    },
  ],
  hasTargets: true,
};

export function withSpike(spike: Spikes): RunReport {
  const report = withResult({ spike, thresholds: [{ ...response95(400), value: 420, passed: false, close: false }] }, [
    "spike",
  ]);
  const p95Ms = report.windows.startMs.map((startMs, position) => {
    const usual = report.windows.total.p95Ms[position] ?? 0;
    if (startMs < 60_000 || startMs > 102_000) return usual;
    if (startMs < 80_000) return 500 + 20 * Math.min(20, (startMs - 60_000) / 1_000);
    return startMs < 90_000 ? 360 : 360 - ((startMs - 90_000) / 12_000) * 320;
  });
  return { ...report, windows: { ...report.windows, total: { ...report.windows.total, p95Ms } } };
}

/** A soak whose p95 rises from 38 to 80 ms over five minutes, and misses its target of 100 ms after 144 s more. */
export const drifting: Drift = {
  kind: "drifting",
  series: [
    {
      ...{ subject: "total", statistic: "p95", limit: 100 },
      verdict: { kind: "drifting", direction: "worse", targetBreaksAfterMs: 135_714 },
      trend: trendOf(38.4, 80.4, 59.4, 540, 60),
    },
    {
      ...{ subject: "total", statistic: "throughput" },
      verdict: { kind: "stable" },
      trend: { ...trendOf(90, 90, 90, 0, 40), p: 1 },
    },
    {
      ...{ subject: "GET /items/0", statistic: "p50" },
      verdict: { kind: "step", direction: "worse", atMs: 200_000, before: 10, after: 16 },
      trend: trendOf(8, 18, 11, 120, 40),
    },
    {
      ...{ subject: "GET /items/1", statistic: "errorRate" },
      verdict: { kind: "insufficient", reason: "8 failures; 96 are needed" },
      trend: null,
    },
  ],
  workers: [
    {
      ...{ subject: "worker 2", statistic: "heap" },
      verdict: { kind: "drifting", direction: "worse", targetBreaksAfterMs: null },
      trend: trendOf(26e6, 34e6, 30e6, 102e6, 30e6),
    },
  ],
};

export const notJudged: Drift = {
  kind: "insufficient",
  series: [
    {
      ...{ subject: "total", statistic: "p95" },
      verdict: { kind: "insufficient", reason: "11 points after the warm-up; 24 are needed" },
      trend: null,
    },
  ],
  workers: [],
};

export function withDrift(drift: Drift): RunReport {
  const report = withResult({ drift, thresholds: [{ ...response95(100), value: 60, passed: true, close: false }] }, [
    "drift",
  ]);
  const rising = report.windows.total.p95Ms.map((value, position) => (value ?? 0) * (0.9 + position / 260));
  return { ...report, windows: { ...report.windows, total: { ...report.windows.total, p95Ms: rising } } };
}

function trendOf(from: number, to: number, median: number, perHour: number, error: number) {
  return {
    ...{
      median,
      perHour,
      relativePerHour: perHour / median,
      lowPerHour: perHour - error,
      highPerHour: perHour + error,
    },
    ...{ p: 1e-6, leastDetectablePerHour: error, points: 280, line: { fromMs: 20_000, toMs: 300_000, from, to } },
  };
}

function response95(bound: number) {
  return { metric: "response_time", expression: `p(95)<${bound}` };
}

function withResult(changed: Partial<Result>, findings: readonly string[]): RunReport {
  const report = syntheticReport({ minutes: 5, endpoints: 4, workers: 3, windows: 300 });
  return { ...report, findings, result: { ...report.result, ...changed } };
}
