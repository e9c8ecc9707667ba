import assert from "node:assert/strict";
import { test } from "node:test";
import { ThresholdSpans } from "../../src/analysis/threshold-spans.ts";
import { breachOf, decide } from "../../src/analysis/verdict.ts";
import { exitCodes } from "../../src/core/errors.ts";
import { parseThresholds } from "../../src/core/thresholds/threshold.ts";
import { iteration, measured, request } from "./measurements.ts";

const thresholds = parseThresholds({ response_time: ["p(95)<500", "max<10000"], failures: "rate<0.01" });
const good = [iteration, request("/", 100), request("/", 200)];

test("passed: every threshold holds", () => {
  const { verdict, exitCode, reasons, thresholds: outcomes } = decide(thresholds, measured(good), null);
  assert.deepEqual([verdict, exitCode, reasons], ["passed", 0, []]);
  assert.deepEqual(
    outcomes.map(({ metric, expression, passed }) => [metric, expression, passed]),
    [
      ["response_time", "p(95)<500", true],
      ["response_time", "max<10000", true],
      ["failures", "rate<0.01", true],
    ],
  );
});

test("passed: a run without thresholds that measured something", () => {
  assert.equal(decide([], measured([request("/", 1)]), null).verdict, "passed");
  assert.equal(decide([], measured([iteration]), null).verdict, "passed", "iterations without requests are data");
});

test("failed: each missed threshold is a reason, in the order written", () => {
  const run = measured([...good, request("/", 900, true)]);
  const { verdict, exitCode, reasons } = decide(thresholds, run, null);
  assert.deepEqual([verdict, exitCode], ["failed", exitCodes.thresholdFailed]);
  assert.equal(reasons.length, 2);
  assert.match(reasons[0] ?? "", /^p\(95\) of response_time was 900 ms \(limit < 500 ms\)$/);
  assert.match(reasons[1] ?? "", /^error rate was 33\.3 % \(limit < 1 %\)$/);
});

test("failed: a threshold without data, as it proves nothing", () => {
  const unmet = parseThresholds({ "response_time{name:/other}": "p(95)<500", checks: "rate>0.5" });
  const { verdict, reasons, thresholds: outcomes } = decide(unmet, measured(good), null);
  assert.equal(verdict, "failed");
  assert.ok(reasons.every((reason) => reason.startsWith("no data for ")));
  assert.ok(outcomes.every((outcome) => outcome.noData && outcome.value === null && !outcome.passed));
});

test("invalid: neither an iteration nor a request, whatever the thresholds say", () => {
  const { verdict, exitCode, reasons } = decide(thresholds, measured([]), null);
  assert.deepEqual([verdict, exitCode], ["invalid", exitCodes.invalid]);
  assert.match(reasons.join(), /too little data/);
  const droppedOnly = measured([{ kind: "iteration", counter: "droppedIterations" }]);
  assert.equal(decide([], droppedOnly, null).verdict, "invalid");
});

test("an early end may also make a run invalid: workers were lost", () => {
  const earlyEnd = { verdict: "invalid", exitCode: exitCodes.invalid, reason: "worker 2 was lost" } as const;
  const { verdict, exitCode, reasons } = decide(thresholds, measured(good), earlyEnd);
  assert.deepEqual([verdict, exitCode, reasons], ["invalid", exitCodes.invalid, ["worker 2 was lost"]]);
});

test("failed: iterations that were dropped are in the error budget", () => {
  const dropped = Array.from({ length: 10 }, () => ({ kind: "iteration", counter: "droppedIterations" }) as const);
  const { verdict, reasons } = decide(thresholds, measured([...good, ...dropped]), null);
  assert.equal(verdict, "failed");
  assert.match(reasons.join(), /^error rate was 83\.3 %/);
});

for (const [cause, exitCode] of Object.entries({
  "too few workers": exitCodes.tooFewWorkers,
  "a signal": exitCodes.signalled,
  "setup threw": exitCodes.testCodeThrew,
})) {
  test(`aborted by ${cause}: its exit code and reason, whatever was measured; thresholds are still shown`, () => {
    for (const run of [measured(good), measured([request("/", 9_000, true)]), measured([])]) {
      const verdict = decide(thresholds, run, { verdict: "aborted", exitCode, reason: cause });
      assert.deepEqual([verdict.verdict, verdict.exitCode, verdict.reasons], ["aborted", exitCode, [cause]]);
      assert.equal(verdict.thresholds.length, 3);
    }
  });
}

test("close: where the percentile's interval holds the bound; decided by its value all the same", () => {
  const times = [...Array(94).fill(100), ...Array(6).fill(600)] as number[];
  const run = measured(times.map((ms) => request("/", ms)));
  const judged = decide(parseThresholds({ response_time: ["p(95)<500", "p(50)<500", "max<500"] }), run, null);
  assert.deepEqual(
    judged.thresholds.map(({ passed, close }) => [passed, close]),
    [
      [false, true],
      [true, false],
      [false, false],
    ],
  );
});

test("a breach: only of thresholds that abort, once their delay is over, and not for want of data", () => {
  const abort = { abortOnFail: true, delayAbortEval: "10s" };
  const given = parseThresholds({
    checks: { threshold: "rate>0.9", ...abort },
    iterations: "count>100",
    failures: { threshold: "rate<0.1", ...abort },
  });
  const failing = measured([request("/", 1, true)]);
  assert.equal(breachOf(given, { ...failing, durationMs: 9_999 }, new ThresholdSpans(given)), null);
  assert.equal(
    breachOf(given, { ...failing, durationMs: 10_000 }, new ThresholdSpans(given)),
    "error rate was 100 % (limit < 10 %)",
  );
  assert.equal(breachOf(given, { ...measured(good), durationMs: 10_000 }, new ThresholdSpans(given)), null);
});

test("a threshold whose selector met nothing says so, with the nearest that was there", () => {
  const run = measured([iteration, request("/jobs", 100), request("/health", 10)]);
  const of = (metric: string, expression: string) => decide(parseThresholds({ [metric]: expression }), run, null);
  const misspelt = of("response_time{name:/jbos}", "p(95)<500");
  const why = "no request matched name:/jbos; nearest seen: /jobs";
  assert.deepEqual(misspelt.reasons, [`no data for response_time{name:/jbos} (limit p(95) < 500 ms): ${why}`]);
  assert.equal(misspelt.thresholds[0]?.unmatched, why);
  assert.match(
    of("requests{name:/zzzzzzzzz}", "count>1").reasons.join(),
    /name:\/zzzzzzzzz; seen: \/health and 1 more$/,
  );
  assert.match(of("requests{method:PATCH}", "count>1").reasons.join(), /no request matched method:PATCH; /);
  assert.match(of("requests{kind:search}", "count>1").reasons.join(), /no request matched kind:search$/);
  // That nothing had a status is what such a threshold is about; so is one that was met.
  for (const metric of ["requests{status:5xx}", "requests{name:/jobs}", "requests{name!=/jobs}", "requests"])
    assert.equal(of(metric, "count<9").thresholds[0]?.unmatched, undefined, metric);
  assert.equal(of("requests{name:/jbos}", "count<9").thresholds[0]?.unmatched, why, "though it holds");
});
