import assert from "node:assert/strict";
import { test } from "node:test";
import type { ScenarioLoad } from "../../../src/analysis/load/scenario-load.ts";
import { decide } from "../../../src/analysis/verdict.ts";
import { parseThresholds } from "../../../src/core/thresholds/threshold.ts";
import { iteration, measured, request } from "../measurements.ts";
import { loadOf } from "./load-fixture.ts";

const quick = { response_time: "p(95)<500" };

function verdictOf(load: ScenarioLoad, thresholds: Record<string, string>, ms = 100) {
  const run = { ...measured([iteration, request("/", ms)]), load: [load] };
  const { verdict, reasons } = decide(parseThresholds(thresholds), run, null);
  return [verdict, ...reasons];
}

test("iterations for which no user was free prove no pass, and take nothing from a failure", () => {
  const half = loadOf({ made: 500, dropped: 500 });
  const reason =
    "50 % of the planned load was not generated (500 of 1000 iterations): no user was free (maxUsers, maxDuration, or a full queue)";
  assert.deepEqual(verdictOf(half, quick), ["invalid", reason]);
  const [verdict, missed = "", dropped] = verdictOf(half, quick, 900);
  assert.deepEqual([verdict, dropped], ["failed", reason]);
  assert.match(missed, /^p95 was 900 ms/);
  assert.deepEqual(verdictOf(loadOf({ made: 990, dropped: 10 }), quick), ["passed"]);
});

test("a threshold on failures or dropped iterations says how many may be dropped, and a run without any claims nothing", () => {
  const some = loadOf({ made: 900, dropped: 100 });
  assert.deepEqual(verdictOf(some, { failures: "rate<0.2" }), ["passed"]);
  assert.deepEqual(verdictOf(some, { dropped_iterations: "count<1000" }), ["passed"]);
  assert.equal(verdictOf(some, { "failures{name:/}": "rate<0.2" })[0], "invalid");
  assert.deepEqual(verdictOf(some, {}), ["passed"]);
});

test("more than the planned load spoils a failure, and no pass", () => {
  const load = loadOf({ made: 1_300 });
  const surplus = { kind: "surplus", severity: "warned", scenario: null, load, amount: 300, losses: [] } as const;
  const thresholds = parseThresholds(quick);
  const verdict = (ms: number) =>
    decide(thresholds, measured([iteration, request("/", ms)]), null, { findings: [surplus] }).verdict;
  assert.deepEqual([verdict(100), verdict(900)], ["passed", "invalid"]);
});
