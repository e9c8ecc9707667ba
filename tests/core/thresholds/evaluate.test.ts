import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { TrendView } from "../../../src/core/thresholds/evaluate.ts";
import { evaluate, type Measured, steady } from "./measured.ts";

const responseTimes: TrendView = { avg: 30, min: 1, max: 100, med: 20, count: 7, percentile: (p) => p * 10 };
const measured: Measured = {
  trends: { response_time: responseTimes, "response_time /jobs": steady(5), schedule_lag: steady(Number.NaN) },
  counters: { requests: { count: 600, ratePerSecond: 60 }, dropped_iterations: { count: 0, ratePerSecond: 0 } },
  rates: { failures: { rate: 0.02, count: 12, total: 600 }, checks: { rate: 1, count: 4, total: 4 } },
  gauges: { users: { value: 50, min: 0, max: 120 } },
};

const evaluations: [metric: string, expression: string, value: number, passed: boolean][] = [
  ["response_time", "avg<31", 30, true],
  ["response_time", "min>1", 1, false],
  ["response_time", "max<=100", 100, true],
  ["response_time", "med>=21", 20, false],
  ["response_time", "count==7", 7, true],
  ["response_time", "p(99.9)<999", 999, false],
  ["response_time{name:/jobs}", "p(99)!=5", 5, false],
  ["http_req_duration", "p(50)===500", 500, true],
  ["requests", "count>599", 600, true],
  ["requests", "rate>60", 60, false],
  ["dropped_iterations", "count===0", 0, true],
  ["dropped_iterations", "rate<1", 0, true],
  ["failures", "rate<0.01", 0.02, false],
  ["failures", "count<13", 12, true],
  ["checks", "rate>=1", 1, true],
  ["users", "value>=50", 50, true],
  ["vus", "max>100", 120, true],
];

describe("evaluating a threshold", () => {
  for (const [metric, expression, value, passed] of evaluations) {
    test(`${metric} ${expression} ${passed ? "passes" : "fails"} at ${value}`, () => {
      const { outcome } = evaluate(metric, expression, measured);
      assert.deepEqual(outcome, { metric, expression, value, passed, noData: false });
    });
  }

  const empty: Measured = {
    trends: { response_time: steady(0, 0) },
    rates: { failures: { rate: 0, count: 0, total: 0 } },
  };
  for (const [metric, expression, where] of [
    ["service_time", "p(95)<500", empty],
    ["response_time", "p(95)<500", empty],
    ["response_time", "count<500", empty],
    ["requests", "count<500", empty],
    ["failures", "rate<0.01", empty],
    ["failures", "count===0", empty],
    ["checks", "rate<=1", empty],
    ["users", "max<5", empty],
    ["schedule_lag", "avg!=5", measured],
  ] as const) {
    test(`${metric} ${expression} fails without data`, () => {
      const { outcome } = evaluate(metric, expression, where);
      assert.deepEqual(outcome, { metric, expression, value: null, passed: false, noData: true });
    });
  }
});
