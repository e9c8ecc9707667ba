import assert from "node:assert/strict";
import { test } from "node:test";
import { type Result, resultSchema } from "../../../src/report/result/result-schema.ts";
import { capacityLines } from "../../../src/report/text/capacity-lines.ts";
import { driftLines } from "../../../src/report/text/drift-lines.ts";
import { spikeLines } from "../../../src/report/text/spike-lines.ts";
import { plainStyle } from "../../../src/report/text/style.ts";
import { columnsOf, summaryOf, usual } from "../result-fixture.ts";

/** A result with that in it; it must be one. */
function resultWith(over: Partial<Result>): Result {
  return resultSchema.parse({ ...usual, ...over });
}

type Spike = NonNullable<Result["spike"]>["spikes"][number];
const spike: Spike = {
  riseMs: 60_000,
  peakMs: 62_000,
  dropMs: 120_000,
  warmth: "cold",
  detectMs: 1_000,
  absorption: { kind: "absorbed", afterMs: 9_000 },
  recovery: { kind: "recovered", afterMs: 2_000 },
  peakP99Ms: 3_133.4,
  overshoot: 0.42,
  errorBurst: { count: 1_204, lengthMs: 8_000, firstKind: "5xx" },
  damage: 1_326,
  goodputDip: 0.25,
  residualP50Ms: -1.5,
};
const baseline = {
  p50Ms: 21.4,
  p95Ms: 22.1,
  goodPerSecond: 40,
  errorRate: 0,
  recoveredP95Ms: 24.3,
  recoveredErrorRate: 0.01,
};

test("a spike: absorbed or not, recovered or not, and what it cost", () => {
  const lines = (over: Partial<Spike>, hasTargets = true) =>
    spikeLines(resultWith({ spike: { baseline, spikes: [{ ...spike, ...over }], hasTargets } }), plainStyle);
  assert.deepEqual(lines({}), [
    "  before: p50 21.4 ms, p95 22.1 ms, 40.0 good req/s",
    "  spike, 60 s long",
    "  ✓ absorbed after 9 s: a target broke after 1 s",
    "  ✓ recovered 2 s after the drop, p50 −1.50 ms against before",
    "    p99 up to 3,133 ms, overshoot 42.0 %, 1,326 requests damaged, goodput dip 25.0 %, 1,204 errors (5xx first) within 8 s",
  ]);
  const bad = lines({ absorption: { kind: "not-absorbed" }, recovery: { kind: "metastable", observedMs: 300_000 } });
  assert.match(bad.join("\n"), /✗ not absorbed: a target broke after 1 s, and no target held again/);
  assert.match(bad.join("\n"), /✗ metastable: still degraded 300 s/);
  const unharmed = lines({ absorption: { kind: "unharmed" }, recovery: { kind: "unrecovered", observedMs: 5_000 } });
  assert.match(unharmed.join("\n"), /✓ unharmed: no target broke\n {2}✗ not recovered in the 5 s that were watched/);
  assert.match(lines({}, false).join("\n"), /– there is no target to judge it by/);
  const early = spikeLines(resultWith({ spike: { baseline: null, spikes: [], hasTargets: true } }), plainStyle);
  assert.match(early.join(), /too little was measured before the first spike/);
  const twice = spikeLines(
    resultWith({ spike: { baseline, spikes: [spike, { ...spike, warmth: "warm" }], hasTargets: true } }),
    plainStyle,
  );
  assert.deepEqual(
    twice.filter((line) => line.includes("long")),
    ["  spike 1, cold, 60 s long", "  spike 2, warm, 60 s long"],
  );
});

type Capacity = Extract<NonNullable<Result["capacity"]>, { kind: "arrivals" }>;
const measurement = {
  offered: 6_000,
  achieved: 6_000,
  dropped: 0,
  succeededPerSecond: 400.2,
  errorRate: 0,
  p95Ms: 61.2,
  p99Ms: 64,
  targets: [],
  sickness: null,
};
const trial: Capacity["trials"][number] = {
  kind: "trial",
  startMs: 0,
  settleMs: 5_000,
  measureMs: 15_000,
  purpose: "bracket",
  ratePerSecond: 400,
  outcome: { kind: "passed" },
  measurement,
};
const broken = { kind: "target", name: "response_time: p(95)<500" } as const;
const found: Capacity = {
  kind: "arrivals",
  reason: "found",
  targets: ["response_time: p(95)<500"],
  atLeastPerSecond: null,
  capacity: { kind: "found", ratePerSecond: 403, failsAtPerSecond: 413 },
  confirmed: true,
  firstBroken: [broken],
  overload: "plateau",
  kneePerSecond: 393,
  peakGoodput: { succeededPerSecond: 401, ratePerSecond: 413 },
  operateAtPerSecond: 282,
  trials: [trial, { ...trial, purpose: "probe", ratePerSecond: 496, outcome: { kind: "failed", failures: [broken] } }],
  slowDrains: [],
};

test("a search: the capacity, the first failure, the overload, and every trial", () => {
  const lines = capacityLines(resultWith({ capacity: found }), plainStyle, 100);
  assert.deepEqual(lines.slice(0, 4), [
    "  capacity 403 iterations/s; fails at 413/s",
    "  first failure: p95 < 500 ms",
    "  above it: plateau: the throughput stays the same, response times grow",
    "  operate at 282/s (70 %), knee at 393/s, highest goodput 401 req/s",
  ]);
  assert.match(lines[5] ?? "", /^ +1 +bracket +400\/s +400 +0 % +61\.2 +64\.0 +held$/);
  assert.match(lines[6] ?? "", /^ +2 +probe +496\/s .* p95 < 500 ms$/);
  const headlineOf = (capacity: Capacity["capacity"]) =>
    capacityLines(resultWith({ capacity: { ...found, capacity, trials: [] } }), plainStyle, 100)[0];
  const open = { kind: "at-least", ratePerSecond: 400, failsAtPerSecond: null, because: "generator-limited" } as const;
  assert.equal(headlineOf(open), "  capacity at least 400 iterations/s; the workers could not generate more load");
  assert.match(
    headlineOf({ ...open, failsAtPerSecond: 500, because: "deadline" }) ?? "",
    /, fails at 500\/s; the search reached its deadline/,
  );
  assert.match(headlineOf({ kind: "below", ratePerSecond: 5 }) ?? "", /below 5\.0 iterations\/s/);
  assert.match(headlineOf({ kind: "unknown" }) ?? "", /capacity unknown/);
});

test("a search with users: how many hold, and the law", () => {
  const capacity: NonNullable<Result["capacity"]> = {
    kind: "users",
    reason: "found",
    targets: [],
    holdsUsers: 41,
    firstBroken: [broken],
    peakGoodput: { succeededPerSecond: 398, users: 62 },
    law: {
      kind: "fitted",
      perUser: 9.8,
      contention: 0.02,
      coherency: 0.0001,
      peak: { users: 99, perSecond: 400 },
      determination: 0.99,
    },
    trials: [
      {
        kind: "users",
        startMs: 0,
        settleMs: 1,
        measureMs: 1,
        users: 62,
        outcome: { kind: "invalid", reason: "worker 1 was CPU-bound" },
        measurement,
      },
    ],
  };
  const text = capacityLines(resultWith({ capacity }), plainStyle, 100).join("\n");
  assert.match(text, /holds 41 users; then p95 < 500 ms fails/);
  assert.match(
    text,
    /scalability law: 9\.8 req\/s with one user, contention 2 %, coherency 0\.01 %\n {2}it explains 99\.0 % of the variation; peak 400 req\/s with 99 users/,
  );
  assert.match(text, /62 users .* invalid: worker 1 was CPU-bound/);
});

test("a soak: what drifts, by how much, and when its target breaks", () => {
  const trend = {
    median: 174,
    perHour: 25,
    relativePerHour: 0.144,
    lowPerHour: 20,
    highPerHour: 30,
    p: 0.0001,
    leastDetectablePerHour: 17.4,
    points: 500,
  };
  const series: NonNullable<Result["drift"]>["series"] = [
    { subject: "total", statistic: "p95", verdict: { kind: "stable" }, trend },
    {
      subject: "GET /jobs",
      statistic: "p95",
      verdict: { kind: "drifting", direction: "worse", targetBreaksAfterMs: 10_800_000 },
      trend,
    },
    {
      subject: "GET /a",
      statistic: "errorRate",
      verdict: { kind: "step", direction: "worse", atMs: 3_600_000, before: 0.001, after: 0.02 },
      trend,
    },
    {
      subject: "GET /b",
      statistic: "throughput",
      verdict: { kind: "oscillating", periodMs: 600_000, lowToHigh: 4 },
      trend,
    },
  ];
  const lines = driftLines(resultWith({ drift: { kind: "drifting", series, workers: [] } }), plainStyle);
  assert.deepEqual(lines, [
    "  ✗ drifting; p95 drifts below 17.4 ms per hour could go undetected",
    "  ✗ p95 of GET /jobs rises 14 % per hour (25 ms), will miss its target in 3 h",
    "  ! step at 1:00:00: errorRate of GET /a from 0.1 points to 2 points",
    "  ! throughput of GET /b swings by 4 req/s every 10:00",
  ]);
  const short = driftLines(resultWith({ drift: { kind: "insufficient", series: [], workers: [] } }), plainStyle);
  assert.deepEqual(short, ["  – not enough data to detect a drift"]);
});

test("a leak of an observed metric is named with its unit", () => {
  const trend = {
    ...{ median: 2e8, perHour: 5e7, relativePerHour: 0.25, lowPerHour: 4e7, highPerHour: 6e7 },
    ...{ p: 0.0001, leastDetectablePerHour: 1e7, points: 64 },
  };
  type Observed = NonNullable<NonNullable<Result["drift"]>["observed"]>[number];
  const of = { statistic: "observed", trend } as const;
  const leak: Observed = {
    ...{ ...of, subject: "memory", unit: "bytes", isJudged: true },
    verdict: { kind: "drifting", direction: "worse", targetBreaksAfterMs: null },
  };
  const step: Observed = {
    ...{ ...of, subject: "pool", unit: "connections", isJudged: false },
    verdict: { kind: "step", direction: "worse", atMs: 600_000, before: 10, after: 20 },
  };
  const drift = { kind: "drifting", series: [], workers: [], observed: [leak, step] } as const;
  assert.deepEqual(driftLines(resultWith({ drift }), plainStyle), [
    "  ✗ drifting",
    "  ✗ observed memory rises 25 % per hour (50 MB)",
    "  ! step at 10:00: observed pool from 10 connections to 20 connections",
  ]);
});

test("what saturated has a section of its own, and so has that nothing did", () => {
  const moved: NonNullable<Result["saturation"]>["moved"][number] = {
    ...{ name: "queue", unit: null, at: 506, value: 126, expected: { low: 0, high: 9.77 }, p: 0.0001 },
    ...{ kind: "rose", when: "with", sureness: "very likely" },
  };
  const untold = [{ name: "cpu", reason: "2 readings" }];
  const saturation = { of: "rate", breakAt: 413, moved: [moved], still: ["disk"], untold } as const;
  assert.match(
    summaryOf(resultWith({ capacity: found, saturation })),
    /\n {2}saturated: queue rose to 126 at 506\/s, with the break at 413\/s; 0 to 9\.77 expected \(very likely\)\n {2}not known for cpu: 2 readings\n/,
  );
  assert.match(
    summaryOf(resultWith({ capacity: found, saturation: { ...saturation, moved: [], untold: [] } })),
    /\n {2}what saturated: no observed metric moved with the break at 413\/s \(disk\)\n/,
  );
});

test("they stand in the summary, within its width", () => {
  const wide = {
    ...trial,
    outcome: { kind: "failed", failures: [broken, { kind: "fell-behind", achievedShare: 0.5 }] },
  } as const;
  const text = summaryOf(
    resultWith({ capacity: { ...found, trials: [wide] }, spike: { baseline, spikes: [spike], hasTargets: true } }),
  );
  assert.match(text, /capacity 403 iterations\/s/);
  assert.match(text, /✓ absorbed after 9 s/);
  for (const line of text.split("\n")) assert.ok(columnsOf(line) <= 100, line);
});
