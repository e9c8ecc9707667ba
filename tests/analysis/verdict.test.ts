import assert from "node:assert/strict";
import { test } from "node:test";
import { ThresholdSpans } from "../../src/analysis/threshold-spans.ts";
import { breachOf, decide } from "../../src/analysis/verdict.ts";
import { exitCodes } from "../../src/core/errors.ts";
import { parseThresholds } from "../../src/core/thresholds/threshold.ts";
import { measuredWarnings } from "../../src/report/result/measured-warnings.ts";
import { UsersBySecond } from "../../src/stats/users-by-second.ts";
import type { RecorderEvent } from "../stats/recorder-events.ts";
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
  const own: RecorderEvent[] = [
    { kind: "check", name: "stored", passed: true },
    { kind: "metric", name: "rows", metric: { kind: "counter", sum: 3 } },
    { kind: "sample", series: "trend", name: "query", micros: 5_000 },
  ];
  // A test that measures without requests.
  for (const event of own) assert.equal(decide([], measured([iteration, event]), null).verdict, "passed", event.kind);
  const aboutIterations = parseThresholds({ iterations: "count>0" });
  assert.equal(decide(aboutIterations, measured([iteration]), null).verdict, "passed");
});

test("invalid: iterations that measured nothing, even if thresholds pass without data", () => {
  const lenient = parseThresholds({ response_time: { threshold: "p(95)<500", noData: "passes" }, users: "max>0" });
  for (const given of [[], lenient]) {
    const { verdict, exitCode, reasons } = decide(given, measured([iteration]), null);
    assert.deepEqual([verdict, exitCode], ["invalid", exitCodes.invalid]);
    assert.match(
      reasons.join(),
      /^nothing was measured: no request was completed, and no check or metric was recorded$/,
    );
  }
});

test("invalid: requests that were not awaited, so that none was completed", () => {
  const run = measured([iteration]);
  run.totals.unawaited.set("browse", 38);
  assert.deepEqual(decide([], run, null).reasons, [
    "nothing was measured: no request was awaited, and no check or metric was recorded",
  ]);
});

const started: RecorderEvent = { kind: "iteration", counter: "startedUsers" };
const neverStarted: RecorderEvent = { kind: "iteration", counter: "failedStarts" };

test("invalid: requests of onStart alone prove nothing, but a threshold that they fail is a failure", () => {
  const logIn = request("/login", 100);
  const { verdict, reasons } = decide(thresholds.slice(0, 2), measured([logIn, neverStarted, neverStarted]), null);
  assert.deepEqual(
    [verdict, reasons],
    ["invalid", ["no iteration began: none of 2 users ever started, because their onStart threw or did not end"]],
  );
  assert.equal(decide([], measured([logIn, started]), null).verdict, "invalid", "no time for an iteration");
  const failed = decide(thresholds, measured([logIn, neverStarted]), null);
  assert.equal(failed.verdict, "failed");
  assert.match(failed.reasons[0] ?? "", /^error rate was 50 %/);
  assert.match(failed.reasons[1] ?? "", /^no iteration began: the only user never started/);
  assert.match(
    decide([], measured([neverStarted]), null).reasons.join(),
    /too little data.*the only user never started/,
  );
});

test("invalid: more than one user in a hundred never started; fewer are a warning", () => {
  const users = (failed: number) => [
    ...good,
    ...Array<RecorderEvent>(200 - failed).fill(started),
    ...Array<RecorderEvent>(failed).fill(neverStarted),
  ];
  const many = decide([], measured(users(3)), null);
  assert.deepEqual(
    [many.verdict, many.reasons],
    [
      "invalid",
      ["the load was less than planned: 3 of 200 users never started, because their onStart threw or did not end"],
    ],
  );
  const few = measured(users(2));
  assert.equal(decide([], few, null).verdict, "passed");
  assert.deepEqual(measuredWarnings(few.totals), [
    "2 of 200 users never started, because their onStart threw or did not end",
  ]);
  assert.deepEqual(measuredWarnings(measured(users(3)).totals), [], "it is the reason already");
  const strict = parseThresholds({ failed_starts: "count==0" });
  assert.equal(decide(strict, few, null).verdict, "failed");
});

test("code that ended before its requests is listed, the worst first", () => {
  const unawaited = (task: string, requests: number): RecorderEvent => ({ kind: "unawaited", task, requests });
  const some = measured([...good, unawaited("browse", 1), unawaited("Shopper.onStop", 21_000)]);
  assert.deepEqual(measuredWarnings(some.totals), [
    "onStop of Shopper ended before its 21,000 requests: await each request, or return it",
    'task "browse" ended before one of its requests: await each request, or return it',
  ]);
});

test("failed: each missed threshold is a reason, in the order written", () => {
  const run = measured([...good, request("/", 900, true)]);
  const { verdict, exitCode, reasons } = decide(thresholds, run, null);
  assert.deepEqual([verdict, exitCode], ["failed", exitCodes.thresholdFailed]);
  assert.equal(reasons.length, 2);
  assert.match(reasons[0] ?? "", /^p95 was 900 ms \(limit < 500 ms\)$/);
  assert.match(reasons[1] ?? "", /^error rate was 33\.3 % \(limit < 1 %\)$/);
});

test("failed: a threshold without data, because it proves nothing", () => {
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

test("failed: dropped iterations count in the error budget", () => {
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

test("close: the percentile's interval contains the bound; its value still decides", () => {
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

test("a breach: only of thresholds that abort, after their delay, and not without data", () => {
  const abort = { abortOnFail: true, delayAbortEval: "10s" };
  const given = parseThresholds({
    checks: { threshold: "rate>0.9", ...abort },
    iterations: "count>100",
    failures: { threshold: "rate<0.1", ...abort },
  });
  const after = (events: readonly RecorderEvent[], seconds: number) => {
    const spans = new ThresholdSpans(given);
    for (let number = 0; number < seconds; number++) {
      const users = new UsersBySecond();
      spans.close({ startMs: number * 1_000, widthMs: 1_000, totals: measured(events).totals, users }, []);
    }
    return breachOf(given, spans);
  };
  assert.equal(after([request("/", 1, true)], 9), null);
  assert.equal(after([request("/", 1, true)], 10), "error rate was 100 % (limit < 10 %)");
  assert.equal(after(good, 10), null);
});

test("a threshold whose selector matched nothing reports that, with the nearest value seen", () => {
  const run = measured([iteration, request("/jobs", 100), request("/health", 10)]);
  const of = (metric: string, expression: string) => decide(parseThresholds({ [metric]: expression }), run, null);
  const misspelt = of("response_time{name:/jbos}", "p(95)<500");
  const why = "no request matched name:/jbos; nearest seen: /jobs";
  assert.deepEqual(misspelt.reasons, [`no data for p95 of /jbos (limit < 500 ms): ${why}`]);
  assert.equal(misspelt.thresholds[0]?.unmatched, why);
  assert.match(
    of("requests{name:/zzzzzzzzz}", "count>1").reasons.join(),
    /name:\/zzzzzzzzz; seen: \/health and 1 more$/,
  );
  assert.match(of("requests{method:PATCH}", "count>1").reasons.join(), /no request matched method:PATCH; /);
  assert.match(of("requests{kind:search}", "count>1").reasons.join(), /no request matched kind:search$/);
  // A threshold on a status may match nothing; one that matched has no note.
  for (const metric of ["requests{status:5xx}", "requests{name:/jobs}", "requests{name!=/jobs}", "requests"])
    assert.equal(of(metric, "count<9").thresholds[0]?.unmatched, undefined, metric);
  assert.equal(of("requests{name:/jbos}", "count<9").thresholds[0]?.unmatched, why, "though it holds");
});

test("a measure that contains others is found by name and kind, and by its kind alone is said to be left out", () => {
  const run = measured([iteration, request("checkout", 100, false, "(CALL)"), request("/pay", 10)]);
  const of = (metric: string) => decide(parseThresholds({ [metric]: "count==1" }), run, null);
  for (const metric of ["requests{name:checkout}", "requests{name:checkout,method:CALL}", "requests"]) {
    const { thresholds, reasons } = of(metric);
    assert.deepEqual([thresholds[0]?.unmatched, reasons], [undefined, []], metric);
  }
  assert.equal(
    of("requests{method:CALL}").thresholds[0]?.unmatched,
    "only measures that contain measured work matched method:CALL: these count where their name is selected",
  );
});
