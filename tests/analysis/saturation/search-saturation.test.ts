import assert from "node:assert/strict";
import { test } from "node:test";
import { capacityReport } from "../../../src/analysis/capacity/capacity-report.ts";
import { describeSaturation } from "../../../src/analysis/saturation/describe-saturation.ts";
import type { Saturation } from "../../../src/analysis/saturation/saturation.ts";
import { searchSaturation } from "../../../src/analysis/saturation/search-saturation.ts";
import type { WatchedMetric } from "../../../src/analysis/saturation/watched-metric.ts";
import { caseCount } from "../../support/depth.ts";
import { harmless, saturating, saturationIn, searched } from "./observed-service.ts";

const searches = caseCount(30);

test(`of ${searches} searches, the queue is what saturated, and the CPU reached its ceiling`, () => {
  const counts = { queue: 0, cpu: 0, idle: 0, harmless: 0 };
  for (let seed = 0; seed < searches; seed++) {
    const { moved, untold } = saturationIn(searched(seed), { ...harmless, ...saturating });
    assert.deepEqual(untold, []);
    if (moved[0]?.name === "queue" && moved[0].kind === "rose") counts.queue++;
    if (moved.some(({ name, kind }) => name === "cpu" && kind === "ceiling")) counts.cpu++;
    if (moved.some(({ name, kind }) => name === "idle" && kind === "floor")) counts.idle++;
    if (moved.some(({ name }) => Object.hasOwn(harmless, name))) counts.harmless++;
  }
  assert.ok(counts.queue >= 0.95 * searches, JSON.stringify(counts));
  assert.ok(counts.cpu >= 0.8 * searches, JSON.stringify(counts));
  assert.ok(counts.idle >= 0.8 * searches, JSON.stringify(counts));
  // The chance of a false name is 5 % at most.
  assert.ok(counts.harmless <= Math.max(2, 0.05 * searches), JSON.stringify(counts));
});

/** A result with trials of 10 s each at the given rates, and the metric read each second in them. */
function tried(
  trials: readonly (readonly [rate: number, held: boolean])[],
  levelOf: (rate: number, trial: number) => number,
  over: Partial<WatchedMetric> = {},
): Saturation | null {
  const events = trials.map(([ratePerSecond, held], position) => ({
    kind: "trial" as const,
    purpose: "bracket" as const,
    startMs: position * 12_000,
    settleMs: 2_000,
    measureMs: 10_000,
    ratePerSecond,
    outcome: held
      ? ({ kind: "passed" } as const)
      : ({ kind: "failed", failures: [{ kind: "target", name: "response_time: p(95)<500" }] } as const),
    measurement: {
      ...{ offered: 10, achieved: 10, dropped: 0, succeededPerSecond: ratePerSecond, errorRate: 0 },
      ...{ p95Ms: 10, p99Ms: 20, targets: [], sickness: null },
    },
  }));
  const facts = { kind: "arrivals", reason: "found", targets: [], atLeastPerSecond: null } as const;
  // Between the trials the load is low.
  const drain = { kind: "drain", ratePerSecond: 110, tookMs: 10_000, drained: true } as const;
  const drains = [{ ...drain, startMs: trials.length * 12_000 }];
  const loads = [...trials.map(([rate]) => rate), drain.ratePerSecond];
  const samples = loads.flatMap((rate, position) =>
    Array.from({ length: 10 }, (_, second) => ({
      atMs: position * 12_000 + 2_000 + second * 1_000,
      value: levelOf(rate, position),
    })),
  );
  const metric = { name: "queue", unit: null, sampleName: null, isRate: false, leak: null, samples, ...over };
  return searchSaturation([metric], { ...facts, ...capacityReport(events, "found") }, [...events, ...drains]);
}

const usual = [
  [100, true],
  [150, true],
  [225, true],
  [337, true],
  [506, false],
  [413, false],
  [373, true],
  [393, true],
] as const;

test("a queue that is empty while trials hold moves with the break, in one sentence", () => {
  const found = tried(usual, (rate) => (rate > 400 ? rate - 380 : 0));
  assert.ok(found !== null);
  const [moved] = found.moved;
  assert.deepEqual([moved?.kind, moved?.when, moved?.at, moved?.value], ["rose", "with", 506, 126]);
  assert.deepEqual(describeSaturation(found), [
    "queue rose to 126 at 506/s, with the break at 413/s; 0 to 9.77 expected (very likely)",
  ]);
});

test("a metric that leaves its line at loads that still hold moved before the break", () => {
  const found = tried([[40, true], [60, true], [80, true], ...usual], (rate) =>
    rate < 330 ? rate / 100 : (rate - 300) * 2,
  );
  assert.deepEqual(
    found?.moved.map(({ when, at }) => [when, at]),
    [["before", 337]],
  );
  assert.match(
    String(found && describeSaturation(found)),
    /^queue rose to \d+ from 337\/s on, before the break at 413\/s;/,
  );
});

test("what rises with the load, and what time changes, did not move", () => {
  for (const levelOf of [(rate: number) => 3 + rate / 50, () => 7, (_: number, trial: number) => 100 + 10 * trial]) {
    const found = tried(usual, levelOf);
    assert.deepEqual([found?.moved, found?.still], [[], ["queue"]]);
    assert.deepEqual(found && describeSaturation(found), ["no observed metric moved with the break at 413/s (queue)"]);
  }
});

test("a ceiling is named, but not of what is done per second", () => {
  const capped = (rate: number) => Math.min(1, rate / 400);
  assert.deepEqual(
    tried(usual, capped)?.moved.map(({ kind }) => kind),
    ["ceiling"],
  );
  assert.deepEqual(tried(usual, capped, { isRate: true })?.moved, []);
  assert.deepEqual(
    tried(usual, (rate) => Math.max(0, 400 - rate))?.moved.map(({ kind }) => kind),
    ["floor"],
  );
});

test("what warmed up while the load climbed has no ceiling: it stays when the load falls", () => {
  const warming = tried(usual, (rate, trial) => (trial < 4 ? rate : 340));
  assert.deepEqual(warming?.moved, []);
});

test("too few readings are said, with their number", () => {
  const found = tried(usual.slice(2), (rate) => rate, { samples: [{ atMs: 5_000, value: 1 }] });
  assert.deepEqual(found?.untold, [
    { name: "queue", reason: "1 readings in 1 trials that held and 0 that failed; 4 and 1 are needed" },
  ]);
  assert.match(String(found && describeSaturation(found)), /^not known for queue: 1 readings/);
});

test("without a trial that failed, or a metric, there is no answer", () => {
  assert.equal(
    tried(
      [
        [100, true],
        [150, true],
      ],
      () => 1,
    ),
    null,
  );
  assert.equal(searchSaturation([], searched(1).result, []), null);
});
