import assert from "node:assert/strict";
import { test } from "node:test";
import { metricSourceOf, type RunMeasurements } from "../../src/analysis/metric-source.ts";
import { evaluateThreshold } from "../../src/core/thresholds/evaluate.ts";
import { parseThresholds } from "../../src/core/thresholds/threshold.ts";
import { IntervalRecorder } from "../../src/stats/interval-recorder.ts";
import type { RecorderEvent } from "../stats/recorder-events.ts";
import { group, iteration, measured, request } from "./measurements.ts";

const check = (name: string, passed: boolean): RecorderEvent => ({ kind: "check", name, passed });
const run = measured([
  request("/jobs", 100),
  request("/jobs", 300, true),
  request("/jobs", 20, false, "POST"),
  request("/templates", 40),
  iteration,
  iteration,
  { kind: "iteration", counter: "failedIterations" },
  { kind: "iteration", counter: "droppedIterations" },
  check("created", true),
  check("created", false),
  check("listed", true),
  group("buy", 400, 200, true),
  group("buy::pay", 100, 0),
  group("search", 50, 0),
]);

/** The value that a threshold on `metric` is evaluated on; null without data. */
function measuredValue(metric: string, aggregation: string, of: RunMeasurements = run): number | null {
  const [threshold] = parseThresholds({ [metric]: `${aggregation}>0` });
  if (threshold === undefined) throw new Error("no threshold");
  return evaluateThreshold(threshold, metricSourceOf(of)).value;
}

const values: readonly (readonly [metric: string, aggregation: string, value: number | null])[] = [
  ["response_time", "count", 4],
  ["response_time", "min", 20],
  ["response_time", "max", 300],
  ["response_time", "avg", 115],
  ["response_time", "p(100)", 300],
  ["service_time", "max", 300],
  ["response_time{name:/templates}", "max", 40],
  ["response_time{method:POST}", "max", 20],
  ["response_time{name:/jobs,method:GET}", "min", 100],
  ["response_time{name:/templates,method:POST}", "max", null],
  ["http_req_duration{name:/jobs}", "count", 3],
  ["requests", "count", 4],
  ["requests", "rate", 0.4],
  ["requests{name:/jobs}", "count", 3],
  ["requests{name:/none}", "count", 0],
  // A dropped iteration counts in the error budget; it has neither name nor method.
  ["failures", "rate", 0.4],
  ["failures", "count", 2],
  ["failures{name:/jobs}", "count", 1],
  ["failures{name:/jobs,method:GET}", "rate", 0.5],
  ["failures{name:/templates}", "rate", 0],
  ["failures{name:/none}", "rate", null],
  ["http_req_failed{method:POST}", "rate", 0],
  ["iterations", "count", 2],
  ["dropped_iterations", "count", 1],
  ["failed_iterations", "rate", 0.5],
  ["failed_iterations", "count", 1],
  ["bytes_in{name:/templates}", "count", 100],
  ["bytes_out", "rate", 4],
  ["checks", "rate", 2 / 3],
  ["checks{check:created}", "rate", 0.5],
  ["checks{check:listed}", "rate", 1],
  ["checks{check:none}", "rate", null],
  ["group_duration", "count", 3],
  ["group_duration{group:buy}", "max", 600],
  // As k6 writes it.
  ["group_duration{group:::buy::pay}", "max", 100],
  ["group_duration{group!=buy}", "max", 100],
  ["group_duration{group:none}", "max", null],
  ["group_active_time{group:buy}", "max", 400],
  ["group_active_time", "min", 50],
  ["group_failures", "count", 1],
  ["group_failures{group:buy}", "rate", 1],
  ["group_failures{group:buy::pay}", "rate", 0],
  ["group_failures{group:none}", "rate", null],
  ["users", "value", 3],
  ["users", "max", 8],
];

for (const [metric, aggregation, value] of values) {
  test(`${aggregation} of ${metric} is ${value}`, () => {
    assert.equal(measuredValue(metric, aggregation), value);
  });
}

test("a percentile is within a thousandth of what was recorded", () => {
  const median = measuredValue("response_time", "med") ?? 0;
  assert.ok(Math.abs(median - 40) <= 0.04, `${median}`);
});

test("before the run has begun a rate per second is 0, not infinite", () => {
  assert.equal(measuredValue("requests", "rate", { ...run, durationMs: 0 }), 0);
});

test("without a request there is no time and no error rate, but a count of 0", () => {
  const empty = measured([]);
  assert.deepEqual(
    [
      measuredValue("response_time", "p(95)", empty),
      measuredValue("failures", "rate", empty),
      measuredValue("requests", "count", empty),
    ],
    [null, null, 0],
  );
});

test("a slice of the requests is read from its own record, and is empty without one", () => {
  const slow: RecorderEvent = { kind: "sample", series: "slice", name: 'class:"Buyer",status!="5xx"', micros: 70_000 };
  const run = measured([request("/", 10), slow, slow]);
  const value = (metric: string, aggregation: string) => measuredValue(metric, aggregation, run);
  assert.equal(value("response_time{status!=5xx, class:Buyer}", "max"), 70);
  assert.equal(value("requests{class:Buyer,status!=5xx}", "count"), 2);
  assert.equal(value("response_time{class:Seller}", "max"), null);
  assert.equal(value("requests{class:Seller}", "count"), 0);
  assert.equal(value("response_time", "max"), 10);
});

test("negated conditions exclude endpoints and checks", () => {
  const run = measured([request("/", 10), request("/health", 90), check("a", true), check("b", false)]);
  assert.equal(measuredValue("response_time{name!=/health}", "max", run), 10);
  assert.equal(measuredValue("response_time{name!=/}", "max", run), 90);
  assert.equal(measuredValue("requests{method!=GET}", "count", run), 0);
  assert.equal(measuredValue("checks{check!=b}", "rate", run), 1);
});

test("without an open load there is no schedule lag, with one it is in ms", () => {
  assert.equal(measuredValue("schedule_lag", "max"), null);
  const arrivals = [1_000, 3_000].map((lagMicros) => ({ kind: "arrival", lagMicros, blockedMicros: 0 }) as const);
  const open = measured(arrivals, {}, new IntervalRecorder(true));
  assert.deepEqual([measuredValue("schedule_lag", "max", open), measuredValue("schedule_lag", "avg", open)], [3, 2]);
});

test("in an open load response and service time differ", () => {
  const waited = { ...request("/jobs", 100), waitedMicros: 50_000 } as RecorderEvent;
  const open = measured([waited], {}, new IntervalRecorder(true));
  assert.equal(measuredValue("response_time", "max", open), 150);
  assert.equal(measuredValue("service_time", "max", open), 100);
});

test("with only dropped iterations the error rate is 100 %", () => {
  const dropped = measured([{ kind: "iteration", counter: "droppedIterations" }]);
  assert.equal(measuredValue("failures", "rate", dropped), 1);
});
