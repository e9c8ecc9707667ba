import assert from "node:assert/strict";
import { test } from "node:test";
import { describeLoad, loadFindings } from "../../../src/analysis/load/load-findings.ts";
import type { ScenarioLoad } from "../../../src/analysis/load/scenario-load.ts";
import type { LossPolicy } from "../../../src/core/run.ts";
import { loadOf } from "./load-fixture.ts";

interface Circumstances {
  readonly losses?: readonly string[];
  readonly onWorkerLoss?: LossPolicy;
}

function found(load: readonly ScenarioLoad[], { losses = [], onWorkerLoss }: Circumstances = {}) {
  const findings = loadFindings({ load, losses, onWorkerLoss: onWorkerLoss ?? "rebalance" });
  return findings.map((finding) => [finding.kind, finding.severity, describeLoad(finding)]);
}

const lost = "worker 2 (host-a, pid 7) was lost after 12.3 s (sent nothing for 10 s)";

test("what a lost worker left undone is named with its cause, and spoils the result", () => {
  const load = loadOf({ planned: 1_800, made: 1_270 });
  const reason = `29 % of the planned load was not generated (1270 of 1800 iterations): ${lost}`;
  assert.deepEqual(found([load], { losses: [lost] }), [["shortfall", "invalid", reason]]);
  assert.deepEqual(found([load], { losses: [lost], onWorkerLoss: "continue" }), [["shortfall", "warned", reason]]);
});

test("what lost workers leave behind is accepted up to half of the plan, or whatever it is if the user says so", () => {
  const outcomes = (made: number, onWorkerLoss: LossPolicy) => {
    return found([loadOf({ planned: 1_000, made })], { losses: [lost], onWorkerLoss });
  };
  assert.equal(outcomes(500, "continue")[0]?.[1], "warned");
  assert.deepEqual(outcomes(490, "continue"), [
    [
      "shortfall",
      "invalid",
      `51 % of the planned load was not generated (490 of 1000 iterations): ${lost}; --on-worker-loss=continue accepts at most 50 %`,
    ],
  ]);
  assert.equal(outcomes(10, "continue-any")[0]?.[1], "warned");
  assert.equal(found([loadOf({ planned: 1_000, made: 10 })], { onWorkerLoss: "continue-any" })[0]?.[1], "invalid");
});

test("each scenario is judged by itself", () => {
  const loads = [loadOf({ scenario: "readers" }), loadOf({ scenario: "hooks", planned: 100, made: 60, late: 40 })];
  assert.deepEqual(found(loads), [
    [
      "shortfall",
      "invalid",
      "40 % of the planned load of hooks was not generated (60 of 100 iterations): workers that stalled, or were more than two seconds late, skipped iterations",
    ],
  ]);
});

test("up to 2 % is tolerated, and so is what a lost worker could not report", () => {
  assert.deepEqual(found([loadOf({ made: 980 })]), []);
  assert.equal(found([loadOf({ made: 979 })]).length, 1);
  assert.deepEqual(found([loadOf({ made: 950, unreported: 30 })]), []);
  assert.deepEqual(found([loadOf({ planned: 10, made: 9 })]), [], "one iteration may fall on either side of the end");
  assert.deepEqual(found([loadOf({ planned: 1_000, made: 920, isRandom: true })]), [], "so few are due now and then");
  assert.equal(found([loadOf({ planned: 1_000, made: 860, isRandom: true })]).length, 1);
});

test("users are missing when they add up to more than two seconds of all of them", () => {
  const users = (made: number, seconds: number) => [loadOf({ unit: "userSeconds", planned: 100, made, seconds })];
  assert.deepEqual(found(users(70, 5)), []);
  assert.equal(found(users(70, 10))[0]?.[1], "invalid");
  assert.match(
    String(found(users(70, 10), { losses: [lost] })),
    /^shortfall,invalid,30 % of the planned load was not generated \(70 of 100 user-seconds\): worker 2/,
  );
});

test("half a second of all users is too much if it is known that a worker was lost or stood still", () => {
  const users = (over: Partial<ScenarioLoad>) => loadOf({ unit: "userSeconds", planned: 100, seconds: 10, ...over });
  assert.deepEqual(found([users({ made: 90 })]), [], "they may have started late");
  assert.equal(found([users({ made: 90 })], { losses: [lost] })[0]?.[1], "invalid");
  assert.equal(found([users({ made: 90, late: 10 })])[0]?.[1], "invalid");
  assert.deepEqual(found([users({ made: 96, late: 10 })]), []);
});

test("more than the plan is a warning: a pass under more load stands", () => {
  const [finding] = found([loadOf({ made: 1_200 })], { losses: [lost] });
  assert.deepEqual(finding?.slice(0, 2), ["surplus", "warned"]);
  assert.match(
    String(finding?.[2]),
    /^20 % more than the planned load was generated \(1200 of 1000 iterations\): worker 2/,
  );
  assert.deepEqual(found([loadOf({ made: 1_020 })]), []);
});

test("of many losses the first three are told", () => {
  const losses = ["a was lost", "b was lost", "c was lost", "d left", "e left"];
  assert.match(
    String(found([loadOf({ made: 1 })], { losses })),
    /a was lost; b was lost; c was lost; 2 more workers were lost or left$/,
  );
});
