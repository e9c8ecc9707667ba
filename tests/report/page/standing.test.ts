import assert from "node:assert/strict";
import { test } from "node:test";
import { standingOf } from "../../../src/report/page/standing.ts";
import type { Result } from "../../../src/report/result/result-schema.ts";
import { syntheticReport } from "../../ui/synthetic-report.ts";

const { result } = syntheticReport({ minutes: 1, endpoints: 1, workers: 1, windows: 3 });
const standing = (changes: Partial<Result>) => standingOf({ ...result, ...changes });

test("a drift fails a run that goes on although its thresholds hold", () => {
  const reasons = ["drifting: response time of GET /jobs grew"];
  assert.deepEqual(standing({ verdict: "failed", reasons, thresholds: [] }), { verdict: "failed", reasons });
});

test("what cannot be judged yet makes a run that goes on neither failed nor invalid", () => {
  const drift = { kind: "insufficient", series: [], workers: [], from: null } as unknown as Result["drift"];
  const spike = { notJudged: ["the spike was not judged: it is not over"] } as unknown as Result["spike"];
  const reasons = ["drift was not judged: there were no requests", "the spike was not judged: it is not over"];
  assert.deepEqual(standing({ verdict: "invalid", reasons, drift, spike }), { verdict: "passed", reasons: [] });
  const failed = standing({ verdict: "failed", reasons: ["error rate was 5 %", ...reasons], drift, spike });
  assert.deepEqual(failed, { verdict: "failed", reasons: ["error rate was 5 %"] });
});

test("workers that are overloaded make it invalid, and without a request it does not stand anywhere", () => {
  const reasons = ["worker 1 was overloaded"];
  assert.deepEqual(standing({ verdict: "invalid", reasons }), { verdict: "invalid", reasons });
  assert.equal(standing({ total: { ...result.total, requests: 0 } }), null);
});

test("a threshold without data yet is no reason, nor is it that the generator was late for it", () => {
  const open = { metric: "response_time", expression: "p(95)<20", value: null, passed: false, close: false };
  const late = "the load generator stalled for 0.22 s: it is not known whether the service met its targets";
  const reasons = [late, "no data for p95 (limit < 20 ms)"];
  assert.deepEqual(standing({ verdict: "invalid", reasons, thresholds: [open] }), { verdict: "passed", reasons: [] });
  const measured = { ...open, expression: "p(50)<1", value: 40 };
  const both = standing({ verdict: "invalid", reasons, thresholds: [open, measured] });
  assert.deepEqual(both, { verdict: "invalid", reasons: [late] });
});
