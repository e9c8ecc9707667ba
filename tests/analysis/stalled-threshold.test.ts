import assert from "node:assert/strict";
import { test } from "node:test";
import { delaysOf, delayWithin, type GeneratorDelay, noDelay } from "../../src/analysis/health/generator-delay.ts";
import type { RunMeasurements } from "../../src/analysis/metric-source.ts";
import { withDelay } from "../../src/analysis/stalled-threshold.ts";
import { ThresholdSpans } from "../../src/analysis/threshold-spans.ts";
import { decide } from "../../src/analysis/verdict.ts";
import { parseThresholds, type Threshold, type ThresholdDefinition } from "../../src/core/thresholds/threshold.ts";
import type { HealthSample } from "../../src/stats/health-sample.ts";
import { IntervalRecorder } from "../../src/stats/interval-recorder.ts";
import { RunTotals } from "../../src/stats/run-totals.ts";
import { UsersBySecond } from "../../src/stats/users-by-second.ts";
import { sampleAt } from "../stats/health-fixtures.ts";
import type { RecorderEvent } from "../stats/recorder-events.ts";
import { record, reportOf } from "../stats/recorder-events.ts";
import { group, iteration, measured, request } from "./measurements.ts";

/** A worker of 10 s whose second 3 was bad. */
const worker = (name: string, bad: Partial<HealthSample>) => ({
  name,
  samples: Array.from({ length: 10 }, (_, second) => sampleAt(second, second === 3 ? bad : {})),
});
const stalled: GeneratorDelay = { stalledMs: 1_000, delayMs: 0 };
const one = (metric: string, definition: string | ThresholdDefinition) =>
  parseThresholds({ [metric]: definition })[0] as Threshold;
const isStalled = (metric: string, expression: string, run: RunMeasurements, delay = stalled) =>
  withDelay(one(metric, expression), run, delay).stalled === true;
const many = (count: number, event: RecorderEvent) => Array.from({ length: count }, () => event);

test("delays are those of the worker that stood still for longest; a healthy one has none", () => {
  const workers = [worker("worker 1", { loopDelayMaxMs: 800 }), worker("worker 2", { loopDelayMaxMs: 90 })];
  const delays = delaysOf(workers);
  assert.deepEqual(delayWithin(delays, 0, 10_000), { stalledMs: 800, delayMs: 0 });
  assert.deepEqual(delayWithin(delays, 5_000, 10_000), noDelay);
  assert.equal(delayWithin(delays, 4_000, 5_000).stalledMs, 800, "what it delayed is made up for afterwards");
});

test("timers that are late for most of the time are a delay, those of one second are not", () => {
  const late = Array.from({ length: 10 }, (_, second) => sampleAt(second, { loopDelayP99Ms: 70 + second }));
  assert.equal(delayWithin(delaysOf([{ name: "worker 1", samples: late }]), 0, 10_000).delayMs, 75);
  assert.equal(delayWithin(delaysOf([worker("worker 1", { loopDelayP99Ms: 80 })]), 0, 10_000).delayMs, 0);
});

test("groups are judged as requests are: their stalled times are left out, and their failures are the service's", () => {
  const run = measured(many(50, group("buy", 100, 0)));
  assert.equal(isStalled("group_duration", "p(95)<90", run), false, "no stall is in these times");
  assert.equal(isStalled("group_duration", "p(95)<90", run, { stalledMs: 0, delayMs: 20 }), true);
  assert.equal(isStalled("group_failures", "rate>0", run), false);
  const recorder = new IntervalRecorder();
  recorder.group("buy").recordUntimed(0, 0);
  const untimed = measured([], {}, recorder);
  assert.equal(isStalled("group_duration{group:buy}", "p(95)<90", untimed), true, "each was left out");
});

test("a floor that a stall explains is not the service's failure, a lower one is", () => {
  const run = measured(many(90, request("/", 10)));
  assert.equal(isStalled("requests", "rate>9.5", run), true);
  assert.equal(isStalled("requests", "rate>20", run), false);
  assert.equal(isStalled("requests", "rate>9.5", run, noDelay), false);
  assert.equal(isStalled("requests", "count<80", run), true, "made up for at once");
});

test("response times leave out stalled requests, so only a lasting delay explains them", () => {
  const run = measured(many(100, request("/", 150)));
  assert.equal(isStalled("response_time", "p(95)<100", run), false);
  const late = { stalledMs: 0, delayMs: 80 };
  assert.equal(isStalled("response_time", "p(95)<100", run, late), true);
  assert.equal(isStalled("response_time", "p(95)<50", run, late), false);
  assert.equal(isStalled("response_time", "p(95)<50", run, { stalledMs: 0, delayMs: 160 }), true);
  assert.equal(isStalled("response_time", "p(95)<50", run, { stalledMs: 0, delayMs: 400 }), false, "it is not in them");
  assert.equal(isStalled("response_time", "p(50)<100", run, late), false, "few requests are in a delay");
});

test("checks and error rates: as many as were made in the stall may be its own", () => {
  const checks = [
    ...many(85, { kind: "check", name: "quick", passed: true }),
    ...many(15, { kind: "check", name: "quick", passed: false }),
  ] satisfies RecorderEvent[];
  assert.equal(isStalled("checks", "rate>0.9", measured(checks)), true);
  assert.equal(isStalled("checks", "rate>0.9", measured(checks), { stalledMs: 100, delayMs: 0 }), false);
  const failing = [...many(90, request("/", 10)), ...many(10, request("/", 10, true))];
  assert.equal(isStalled("failures", "rate<0.05", measured(failing)), false, "the service answered so");
  const dropped = [...many(90, request("/", 10)), ...many(10, { kind: "iteration", counter: "droppedIterations" })];
  assert.equal(isStalled("failures", "rate<0.05", measured(dropped)), true);
});

test("a threshold all of whose requests were left out is not judged", () => {
  const recorder = new IntervalRecorder();
  recorder.endpoint("GET", "/").recordUntimed(1, 1);
  assert.equal(isStalled("response_time", "p(95)<100", measured([], {}, recorder)), true);
  assert.equal(isStalled("response_time", "p(95)<100", measured([])), false);
});

test("a run that a stall made fail is invalid and says so; one that fails otherwise too has failed", () => {
  const run = measured([iteration, ...many(90, request("/", 150))]);
  const delays = delaysOf([worker("worker 1", { loopDelayMaxMs: 1_000 })]);
  const floor = parseThresholds({ requests: "rate>9.5" });
  const { verdict, exitCode, reasons, thresholds } = decide(floor, run, null, { findings: [], delays });
  assert.deepEqual([verdict, exitCode, thresholds[0]?.stalled], ["invalid", 110, true]);
  assert.match(reasons.join("; "), /^the load generator stalled for 1 s: .*; requests rate was 9\/s/);
  const both = parseThresholds({ requests: "rate>9.5", response_time: "p(95)<100" });
  assert.equal(decide(both, run, null, { findings: [], delays }).verdict, "failed");
  assert.equal(decide(floor, run, null).verdict, "failed");
});

test("a stall after a pause counts: the duration leaves the pause out, the time of the stall does not", () => {
  const pauses = [{ fromMs: 1_000, toMs: 61_000 }];
  const run = measured([iteration, ...many(90, request("/", 150))], { pauses });
  const samples = [sampleAt(63, { loopDelayMaxMs: 1_000 })];
  const delays = delaysOf([{ name: "worker 1", samples }]);
  const floor = parseThresholds({ requests: "rate>9.5" });
  assert.equal(decide(floor, run, null, { findings: [], delays }).verdict, "invalid");
  const late = one("requests", { threshold: "rate>10.5", after: "1s" });
  const spans = new ThresholdSpans([late]);
  const users = new UsersBySecond();
  spans.add({ startMs: 62_000, widthMs: 8_000, totals: run.totals, users });
  spans.finish(70_000, [], delays);
  assert.deepEqual([spans.final(late, run).value, spans.final(late, run).stalled], [10, true]);
});

test("a window that a stall made fail is left out, and ends no run", () => {
  const floor = one("requests", { threshold: "rate>9", window: "2s", abortOnFail: true });
  const delays = delaysOf([worker("worker 1", { loopDelayMaxMs: 900 })]);
  const spans = new ThresholdSpans([floor]);
  for (let second = 0; second < 10; second++) {
    const totals = new RunTotals();
    totals.add(reportOf(record(many(second === 3 ? 1 : 10, request("/", 10)))));
    const window = { startMs: second * 1_000, widthMs: 1_000, totals, users: new UsersBySecond() };
    spans.add(window);
    spans.close(window, [], delays);
    assert.equal(spans.current(floor).passed || spans.current(floor).noData, true, `second ${second}`);
  }
  spans.finish(10_000, [], delays);
  const { windows } = spans.final(floor, measured([])).span ?? {};
  assert.deepEqual([windows?.broken, windows?.unjudged], [0, 2]);
});
