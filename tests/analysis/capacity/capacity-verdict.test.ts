import assert from "node:assert/strict";
import { test } from "node:test";
import type { Capacity } from "../../../src/analysis/capacity/capacity-report.ts";
import { type CapacityResult, capacityResult } from "../../../src/analysis/capacity/capacity-result.ts";
import { judgeCapacity } from "../../../src/analysis/capacity/capacity-verdict.ts";
import { nextOf } from "../../../src/analysis/capacity/search.ts";
import type { UserTrial } from "../../../src/analysis/capacity/trial.ts";
import { noAnalyses } from "../../../src/analysis/run-analyses.ts";
import { decide, withAnalyses } from "../../../src/analysis/verdict.ts";
import type { Search } from "../../../src/core/plan/search.ts";
import { parseThresholds } from "../../../src/core/thresholds/threshold.ts";
import { iteration, measured, request } from "../measurements.ts";

const limits = {
  targets: parseThresholds({ response_time: "p(95)<500" }),
  ignored: [],
  tailPercentile: 95,
  deadlineMs: 1_200_000,
  timeScale: 1,
};
const rates: Search = { kind: "arrivals", startPerSecond: 50, maxPerSecond: 900, atLeastPerSecond: null, ...limits };
const users: Search = { kind: "users", startUsers: 2, maxUsers: 1_000, spawnRate: null, ...limits };

function ofRates(capacity: Capacity, atLeastPerSecond: number | null = null): CapacityResult {
  return { ...capacityResult(rates, { events: [], reason: null }), capacity, atLeastPerSecond } as CapacityResult;
}

/**
 * A service that serves `most` requests per second: its throughput with a number of users, each of whom makes 10 requests
 * per second.
 */
function trialOf(count: number, most: number, over: Partial<UserTrial> = {}): UserTrial {
  const succeededPerSecond = (10 * count) / (1 + ((10 * count) / most) ** 2) ** 0.5;
  return {
    kind: "users",
    startMs: 0,
    settleMs: 5_000,
    measureMs: 15_000,
    users: count,
    outcome: { kind: "passed" },
    measurement: {
      offered: 100,
      achieved: 100,
      dropped: 0,
      succeededPerSecond,
      errorRate: 0,
      p95Ms: 100,
      p99Ms: 120,
      targets: [],
      sickness: null,
    },
    ...over,
  };
}

test("the verdict of a search: a capacity passes, unless more is required", () => {
  const found: Capacity = { kind: "found", ratePerSecond: 400, failsAtPerSecond: 418 };
  const open: Capacity = { kind: "at-least", ratePerSecond: 400, failsAtPerSecond: null, because: "generator-limited" };
  const cut: Capacity = { kind: "at-least", ratePerSecond: 400, failsAtPerSecond: 500, because: "deadline" };
  const cases: [CapacityResult, string, RegExp | null][] = [
    [ofRates(found), "passed", null],
    [ofRates(found, 400), "passed", null],
    [ofRates(found, 500), "failed", /holds 400 iterations\/s, but 500\/s is required/],
    [ofRates(open), "passed", null],
    [ofRates(open, 300), "passed", null],
    [
      ofRates(open, 500),
      "invalid",
      /holds 400 iterations\/s, but 500\/s was not tested: the workers could not generate more load/,
    ],
    [ofRates(cut, 450), "invalid", /reached its deadline/],
    [ofRates(cut, 600), "failed", /600\/s is required/],
    [ofRates({ kind: "below", ratePerSecond: 5 }), "failed", /fails even at 5 iterations\/s/],
    [ofRates({ kind: "unknown" }), "invalid", /found no capacity: the run ended too early/],
  ];
  for (const [result, verdict, reason] of cases) {
    const judged = judgeCapacity(result);
    assert.equal(judged.verdict, verdict, JSON.stringify(result));
    if (reason === null) assert.deepEqual(judged.reasons, []);
    else assert.match(judged.reasons.join(), reason);
  }
});

test("it is the verdict of the run, unless the run ended early", () => {
  const below = { ...noAnalyses, capacity: ofRates({ kind: "below", ratePerSecond: 5 }) };
  const run = measured([iteration, request("/", 1)]);
  const whole = withAnalyses(decide([], run, null), below, true);
  assert.deepEqual([whole.verdict, whole.exitCode], ["failed", 99]);
  const unknown = withAnalyses(decide([], run, null), { ...noAnalyses, capacity: ofRates({ kind: "unknown" }) }, true);
  assert.deepEqual([unknown.verdict, unknown.exitCode], ["invalid", 110]);
  const early = decide([], run, { verdict: "aborted", exitCode: 105, reason: "stopped by SIGINT" });
  assert.equal(withAnalyses(early, below, false), early);
});

test("users are added until the throughput no longer rises, and the law is fitted", () => {
  const events: UserTrial[] = [];
  for (let tries = 0; tries < 40; tries++) {
    const step = nextOf(users, events, tries * 20_000);
    if (step.kind !== "users") {
      assert.deepEqual(step, { kind: "end", reason: "found" });
      break;
    }
    events.push(trialOf(step.users, 400));
  }
  const result = capacityResult(users, { events, reason: "found" });
  assert.ok(result.kind === "users" && result.law.kind === "fitted" && result.law.determination > 0.9);
  assert.ok((result.peakGoodput?.succeededPerSecond ?? 0) > 380);
  assert.equal(result.holdsUsers, events.at(-1)?.users);
  assert.equal(judgeCapacity(result).verdict, "passed");
});

test("the first failure of users is reported; invalid trials are repeated, and end the search if they persist", () => {
  const failures = [{ kind: "target", name: "response_time: p(95)<500" }] as const;
  const events = [trialOf(2, 400), trialOf(3, 400), trialOf(5, 400, { outcome: { kind: "failed", failures } })];
  const result = capacityResult(users, { events, reason: "deadline" });
  assert.ok(result.kind === "users");
  assert.deepEqual([result.holdsUsers, result.firstBroken, result.law.kind], [3, failures, "insufficient"]);
  const sick = trialOf(8, 400, { outcome: { kind: "invalid", reason: "worker 1 was CPU-bound" } });
  assert.equal(nextOf(users, [...events, sick], 0).kind, "users");
  assert.deepEqual(nextOf(users, [...events, sick, sick, sick, sick], 0), { kind: "end", reason: "generator-limited" });
  const outcome = { kind: "invalid", reason: "a worker left or joined during the trial", isVoid: true } as const;
  const voided = Array.from({ length: 9 }, () => trialOf(8, 400, { outcome }));
  assert.equal(nextOf(users, [...events, ...voided, sick, ...voided], 0).kind, "users");
  assert.deepEqual(nextOf(users, events, 1_199_000), { kind: "end", reason: "deadline" });
  const nothing = judgeCapacity(capacityResult(users, { events: [sick], reason: "generator-limited" }));
  assert.deepEqual(nothing, { verdict: "invalid", reasons: ["the search found no capacity: worker 1 was CPU-bound"] });
});

test("a search over users waits for its users to start before a trial settles", () => {
  const search = { ...users, spawnRate: 20 } satisfies Search;
  const first = nextOf(search, [], 0);
  assert.deepEqual(first, { kind: "users", users: 2, spawnRate: 20, settleMs: 5_100, measureMs: 15_000 });
  assert.deepEqual(nextOf({ ...search, spawnRate: null }, [], 0), {
    ...{ kind: "users", users: 2, settleMs: 5_000, measureMs: 15_000 },
  });
  assert.equal(nextOf({ ...search, spawnRate: 0.001 }, [], 0).kind, "end", "the ramp counts towards the deadline");
});
