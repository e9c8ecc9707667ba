import assert from "node:assert/strict";
import { test } from "node:test";
import { metricSourceOf } from "../../src/analysis/metric-source.ts";
import { ThresholdSpans } from "../../src/analysis/threshold-spans.ts";
import { unmatchedSelector } from "../../src/analysis/unmatched-selector.ts";
import { decide } from "../../src/analysis/verdict.ts";
import { onStopKind } from "../../src/core/measure-kind.ts";
import { evaluateThreshold } from "../../src/core/thresholds/evaluate.ts";
import { parseThresholds, type Threshold } from "../../src/core/thresholds/threshold.ts";
import { RunTotals } from "../../src/stats/run-totals.ts";
import { UsersBySecond } from "../../src/stats/users-by-second.ts";
import { record, reportOf } from "../stats/recorder-events.ts";
import { iteration, measured, request } from "./measurements.ts";

const cleanUp = (name: string, ms: number, failed = false) => request(name, ms, failed, onStopKind("DELETE"));
const events = [
  request("/jobs", 10),
  request("/jobs/:id", 20),
  request("/jobs/:id", 20, false, "DELETE"),
  cleanUp("/jobs/:id", 900, true),
  cleanUp("/logout", 800),
  iteration,
];
const run = measured(events);

function only(metric: string, expression: string): Threshold {
  const [threshold] = parseThresholds({ [metric]: expression });
  assert.ok(threshold);
  return threshold;
}

const value = (metric: string, aggregation: string) =>
  evaluateThreshold(only(metric, `${aggregation}>=0`), metricSourceOf(run)).value;

test("a threshold is about the load: what onStop requests is in none that does not name it", () => {
  assert.deepEqual(
    [value("response_time", "max"), value("requests", "count"), value("failures", "rate"), value("bytes_in", "count")],
    [20, 3, 0, value("bytes_in{hook!=onStop}", "count")],
  );
  assert.equal(value("response_time{method:DELETE}", "max"), 20);
  assert.equal(value("response_time{name:/jobs/:id}", "max"), 20);
  assert.equal(value("requests{name!=/jobs}", "count"), 2);
});

test("the tag hook selects it, and so does a name that only onStop requests", () => {
  assert.equal(value("response_time{hook:onStop}", "max"), 900);
  assert.equal(value("failures{hook:onStop}", "rate"), 0.5);
  assert.equal(value("response_time{name:/jobs/:id,hook:onStop}", "max"), 900);
  assert.equal(value("response_time{method:DELETE,hook:onStop}", "min"), 800);
  assert.equal(value("response_time{name:/logout}", "max"), 800);
  assert.equal(value("requests{name:/jobs,hook:onStop}", "count"), 0);
});

test("a part of the requests that is recorded on demand says how to select what onStop requests", () => {
  const { selector } = only("requests{name:/logout,class:Buyer}", "count>0");
  assert.equal(
    unmatchedSelector(selector, run.totals),
    "only onStop made requests that match name:/logout: name:/logout,class:Buyer,hook:onStop selects them",
  );
  assert.equal(unmatchedSelector(only("requests{name:/logout}", "count>0").selector, run.totals), null);
  const none = only("requests{name:/jobs,hook:onStop}", "count>0");
  assert.equal(unmatchedSelector(none.selector, run.totals), "no request matched name:/jobs,hook:onStop");
});

/** The window of one second in which `some` happened. */
function windowOf(startMs: number, some: typeof events) {
  const totals = new RunTotals();
  totals.add(reportOf(record(some)));
  return { startMs, widthMs: 1_000, totals, users: new UsersBySecond() };
}

test("a threshold on windows is not about onStop in seconds without load, once the load had the name", () => {
  const thresholds = parseThresholds({
    "response_time{name:/jobs/:id}": { threshold: "max<100", window: "1s" },
    "response_time{name:/logout}": { threshold: "max<100", window: "1s" },
  });
  const spans = new ThresholdSpans(thresholds);
  for (const second of [0, 1]) spans.add(windowOf(second * 1_000, [request("/jobs/:id", 20)]));
  spans.add(windowOf(2_000, [request("/jobs", 20), cleanUp("/jobs/:id", 900), cleanUp("/logout", 800)]));
  spans.finish(3_000);
  const [ofLoad, ofOnStop] = thresholds.map((threshold) => spans.final(threshold, run));
  assert.ok(ofLoad?.value === 20 || ofLoad?.noData, JSON.stringify(ofLoad));
  assert.equal(ofOnStop?.value, 800);
});

test("a run whose only requests are those of onStop has measured nothing", () => {
  const { verdict, reasons } = decide([], measured([cleanUp("/logout", 5), iteration]), null);
  assert.deepEqual([verdict, reasons], ["invalid", ["nothing was measured: only onStop made requests"]]);
});
