import assert from "node:assert/strict";
import { test } from "node:test";
import { overloadOf } from "../../../src/analysis/capacity/capacity-report.ts";
import type { Trial, TrialMeasurement, TrialOutcome } from "../../../src/analysis/capacity/trial.ts";
import { judgeTrial } from "../../../src/analysis/capacity/trial-judge.ts";
import { trialLength } from "../../../src/analysis/capacity/trial-length.ts";
import { Random } from "../../../src/core/random.ts";
import { autoregressive } from "../synthetic-noise.ts";

const random = new Random(5, 0);
const inFlight = (growthPerSecond: number) =>
  autoregressive(random, 30, 0.5).map((noise, at) => ({ at, value: 20 + growthPerSecond * at + 4 * noise }));

const good: TrialMeasurement = {
  offered: 6_000,
  achieved: 5_990,
  dropped: 0,
  succeededPerSecond: 199,
  errorRate: 0,
  p95Ms: 120,
  p99Ms: 200,
  targets: [
    { name: "p95 < 500 ms", held: true },
    { name: "error rate < 1 %", held: true },
  ],
  inFlight: inFlight(0),
  sickness: null,
};

const judge = (over: Partial<TrialMeasurement>): TrialOutcome => judgeTrial({ ...good, ...over }, 200);

test("a trial passes if targets hold, all iterations end, none is dropped, and no backlog grows", () => {
  assert.deepEqual(judge({}), { kind: "passed" });
  assert.deepEqual(judge({ achieved: 5_880, dropped: 6 }), { kind: "passed" });
  const targets = good.targets.map((target, i) => ({ ...target, held: i > 0 }));
  assert.deepEqual(judge({ targets }), { kind: "failed", failures: [{ kind: "target", name: "p95 < 500 ms" }] });
  assert.deepEqual(judge({ achieved: 5_400 }), {
    kind: "failed",
    failures: [{ kind: "fell-behind", achievedShare: 0.9 }],
  });
  assert.deepEqual(judge({ dropped: 60 }), { kind: "failed", failures: [{ kind: "dropped", droppedShare: 0.01 }] });
});

test("a growing backlog fails although targets hold; the normal variation of a queue does not", () => {
  const growing = judge({ inFlight: inFlight(6) });
  assert.ok(growing.kind === "failed" && growing.failures[0]?.kind === "backlog");
  assert.ok(Math.abs((growing.failures[0]?.growthPerSecond ?? 0) - 6) < 1);
  assert.equal(judge({ inFlight: inFlight(1) }).kind, "passed"); // half a percent of the rate
  assert.equal(judge({ inFlight: inFlight(-6) }).kind, "passed");
  assert.equal(judge({ inFlight: [] }).kind, "passed");
  const flat = Array.from({ length: 300 }, () => judge({ inFlight: inFlight(0) }).kind);
  assert.ok(flat.filter((kind) => kind === "failed").length <= 6);
});

test("an overloaded generator makes a trial invalid, whatever was measured", () => {
  const reason = "worker 2 was CPU-bound for 38 % of the trial";
  assert.deepEqual(judge({ sickness: reason, achieved: 10 }), { kind: "invalid", reason });
  assert.equal(judge({ offered: 0, achieved: 0 }).kind, "invalid");
});

test("a trial is as long as its percentile needs, within 15 to 60 s", () => {
  const length = (rate: number, tailPercentile: number, over = {}) =>
    trialLength("narrow", rate, { tailPercentile, p99Ms: 0, timeScale: 1, ...over });
  assert.deepEqual(length(1_000, 95), { settleMs: 5_000, measureMs: 20_000 });
  assert.deepEqual(length(10_000, 95), { settleMs: 5_000, measureMs: 15_000 });
  assert.deepEqual(length(100, 99), { settleMs: 5_000, measureMs: 60_000 });
  assert.deepEqual(length(1_000, 95, { p99Ms: 4_000 }), { settleMs: 12_000, measureMs: 20_000 });
  assert.deepEqual(length(1_000, 95, { timeScale: 0.1 }), { settleMs: 500, measureMs: 2_000 });
  const others = { tailPercentile: 95, p99Ms: 0, timeScale: 1 };
  assert.equal(trialLength("confirm", 1_000, others).measureMs, 60_000);
  assert.equal(trialLength("bracket", 100, others).measureMs, 15_000);
});

test("the kind of overload depends on goodput and times", () => {
  const trial = (over: Partial<TrialMeasurement>, outcome: TrialOutcome): Trial => ({
    kind: "trial",
    startMs: 0,
    settleMs: 5_000,
    measureMs: 15_000,
    purpose: "probe",
    ratePerSecond: 240,
    outcome,
    measurement: { ...good, ...over },
  });
  const held = [trial({}, { kind: "passed" })];
  const failed: TrialOutcome = { kind: "failed", failures: [{ kind: "target", name: "p95 < 500 ms" }] };
  const named = (over: Partial<TrialMeasurement>) => overloadOf(trial(over, failed), held);
  assert.equal(named({ p95Ms: 4_000 }), "plateau");
  assert.equal(named({ p95Ms: 4_000, succeededPerSecond: 120 }), "collapse");
  assert.equal(named({ errorRate: 0.2, succeededPerSecond: 160 }), "error-cliff");
  assert.equal(named({ errorRate: 0.9, succeededPerSecond: 20, p95Ms: 10 }), "error-cliff");
  assert.equal(named({ errorRate: 0.5, succeededPerSecond: 100, p95Ms: 10_000 }), "collapse"); // timeouts
  assert.equal(overloadOf(trial({}, { kind: "passed" }), held), "inconsistent");
  assert.equal(overloadOf(trial({}, { kind: "invalid", reason: "" }), held), null);
});
