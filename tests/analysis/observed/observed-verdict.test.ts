import assert from "node:assert/strict";
import { test } from "node:test";
import { ThresholdSpans } from "../../../src/analysis/threshold-spans.ts";
import { decide } from "../../../src/analysis/verdict.ts";
import { parseThresholds } from "../../../src/core/thresholds/threshold.ts";
import type { Observed } from "../../../src/stats/observed-series.ts";
import { iteration, measured, request } from "../measurements.ts";

function observed(values: readonly number[]): Observed {
  const lastFailure = values.length > 0 ? null : { atMs: 5_000, text: "ECONNREFUSED" };
  const source = { name: "cpu", kind: "function", target: null, everyMs: 5_000, readings: 2, lastFailure } as const;
  const samples = values.map((value, at) => ({ atMs: at * 5_000, value }));
  return {
    sources: [{ ...source, failures: values.length > 0 ? 0 : 2 }],
    series: values.length === 0 ? [] : [{ name: "cpu", source: "cpu", unit: null, samples }],
  };
}

/** The verdict of a run of 10 s whose requests took 100 ms. */
function decided(values: readonly number[], limitMs = 500) {
  const thresholds = parseThresholds({ "observed{name:cpu}": "max<0.8", response_time: `p(95)<${limitMs}` });
  const spans = new ThresholdSpans(thresholds);
  spans.observe(observed(values));
  spans.finish(10_000);
  return decide(thresholds, measured([iteration, request("/", 100)]), null, { findings: [] }, spans);
}

test("a run passes or fails on what was observed", () => {
  assert.deepEqual([decided([0.2, 0.7]).verdict, decided([0.2, 0.7]).reasons], ["passed", []]);
  const failed = decided([0.2, 0.97]);
  assert.deepEqual([failed.verdict, failed.exitCode], ["failed", 99]);
  assert.deepEqual(failed.reasons, ["max of observed cpu was 0.97 (limit < 0.8)"]);
});

test("a run whose source gave nothing is invalid, unless it failed on something else, and names the source", () => {
  const reason =
    "max of observed cpu < 0.8 could not be judged: the source cpu gave no value in 2 readings, of which 2 failed, the last at 00:05: ECONNREFUSED";
  const invalid = decided([]);
  assert.deepEqual([invalid.verdict, invalid.exitCode, invalid.reasons], ["invalid", 110, [reason]]);
  const failed = decided([], 50);
  assert.deepEqual([failed.verdict, failed.reasons], ["failed", ["p95 was 100 ms (limit < 50 ms)", reason]]);
});

test("an observed value, too high in a window only, fails that window alone", () => {
  const thresholds = parseThresholds({ "observed{name:cpu}": { threshold: "max<0.8", window: "5s" } });
  const spans = new ThresholdSpans(thresholds);
  spans.observe(observed([0.2, 0.97]));
  spans.finish(10_000);
  const { reasons } = decide(thresholds, measured([iteration, request("/", 100)]), null, { findings: [] }, spans);
  assert.match(reasons[0] ?? "", /^max of observed cpu was 0\.97 in the 5s from 00:0[1-5]/);
});

test("what was observed while the load was paused fails no window", () => {
  const thresholds = parseThresholds({ "observed{name:cpu}": { threshold: "max<0.8", window: "5s" } });
  const spans = new ThresholdSpans(thresholds);
  spans.observe(observed([0.2, 0.3, 0.97, 0.3, 0.2]));
  spans.finish(25_000, [{ fromMs: 9_000, toMs: 11_000 }]);
  const { verdict } = decide(thresholds, measured([iteration, request("/", 100)]), null, { findings: [] }, spans);
  assert.equal(verdict, "passed");
});
