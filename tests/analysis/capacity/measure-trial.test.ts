import assert from "node:assert/strict";
import { test } from "node:test";
import { TrialMeter } from "../../../src/analysis/capacity/measure-trial.ts";
import { judgeTrial, judgeUserTrial } from "../../../src/analysis/capacity/trial-judge.ts";
import { parseThresholds } from "../../../src/core/thresholds/threshold.ts";
import { measuredWindow, type WindowContents } from "../measured-windows.ts";

const times = { startMs: 10_000, settleMs: 2_000, measureMs: 5_000 };
const targets = parseThresholds({ response_time: "p(95)<500", failures: "rate<0.01" });

/** Seconds 9 to 20 of a run at 50 per second; `over` overrides the contents of a second. */
function measure(over: (second: number) => Partial<WindowContents>, sickness: string | null = null) {
  const meter = new TrialMeter(times);
  for (let second = 9; second < 20; second++) {
    const times = Array<number>(50).fill(60);
    const window = measuredWindow(second * 1_000, { times, lags: times.map(() => 0.1), ...over(second) });
    meter.add(window, 50);
  }
  assert.equal(meter.toMs, 17_000);
  return meter.measurement({ ratePerSecond: 50, targets }, () => sickness);
}

test("the measurement covers the time between settling and the end", () => {
  const inside = (second: number) => second >= 12 && second < 17;
  const measured = measure((second) =>
    inside(second) ? {} : { times: Array(50).fill(3_000), failures: [["5xx", 50]] },
  );
  const { offered, achieved, dropped, succeededPerSecond, errorRate, p95Ms, sickness } = measured;
  assert.deepEqual([offered, achieved, dropped, succeededPerSecond, errorRate, sickness], [250, 250, 0, 50, 0, null]);
  assert.ok(Math.abs(p95Ms - 60) < 0.1);
  const { lowMs = 0, highMs } = measured.p95IntervalMs ?? {};
  assert.ok(lowMs <= p95Ms && p95Ms <= (highMs ?? 0), "all times are equal, and so are the bounds");
  assert.deepEqual(measured.targets, [
    { name: "response_time: p(95)<500", held: true },
    { name: "failures: rate<0.01", held: true },
  ]);
  assert.deepEqual(
    measured.inFlight.map(({ at, value }) => [at, value]),
    [12, 13, 14, 15, 16, 17].map((at) => [at, 0]),
  );
  assert.deepEqual(judgeTrial(measured, 50), { kind: "passed" });
});

test("a growing queue shows as a backlog and as iterations that did not end", () => {
  const slower = measure(() => ({ times: Array(45).fill(60), lags: Array(50).fill(0.1) }));
  assert.deepEqual(
    slower.inFlight.map(({ value }) => value),
    [10, 15, 20, 25, 30, 35],
  );
  const outcome = judgeTrial(slower, 50);
  assert.ok(outcome.kind === "failed");
  assert.deepEqual(outcome.failures, [
    { kind: "fell-behind", achievedShare: 0.9 },
    { kind: "backlog", growthPerSecond: 5 },
  ]);
});

test("one or two iterations beyond an edge are not a shortfall; dropped ones are", () => {
  assert.equal(measure((second) => (second === 12 ? { times: Array(48).fill(60) } : {})).achieved, 250);
  assert.equal(measure((second) => (second === 12 ? { times: Array(47).fill(60) } : {})).achieved, 247);
  const dropping = measure(() => ({ times: Array(45).fill(60), dropped: 5, lags: Array(50).fill(0.1) }));
  assert.deepEqual([dropping.achieved, dropping.dropped], [225, 25]);
});

test("a generator that was late, or reports that it was, makes the trial invalid", () => {
  assert.match(measure(() => ({ lags: Array(50).fill(40) })).sickness ?? "", /started iterations late, by 40\.\d ms/);
  assert.match(measure(() => ({ lags: Array(30).fill(0.1) })).sickness ?? "", /failed to start 100 of 250 iterations/);
  assert.equal(measure(() => ({}), "worker 1 was CPU-bound").sickness, "worker 1 was CPU-bound");
  const meter = new TrialMeter(times);
  meter.add(measuredWindow(11_000, { times: [60], widthMs: 3_000 }), 50);
  assert.match(meter.measurement({ ratePerSecond: 50, targets }, () => null).sickness ?? "", /were so late/);
});

test("users have no offered load: the iterations that they ran are the offered ones", () => {
  const meter = new TrialMeter(times);
  for (let second = 10; second < 17; second++) {
    meter.add(measuredWindow(second * 1_000, { times: Array(30).fill(60) }), null);
  }
  const { offered, achieved, inFlight, sickness } = meter.measurement({ ratePerSecond: null, targets }, () => null);
  assert.deepEqual([offered, achieved, inFlight, sickness], [150, 150, [], null]);
});

test("users to whom the service never responds do not hold the targets", () => {
  const measurementOf = (responses: readonly number[]) => {
    const meter = new TrialMeter(times);
    for (let second = 9; second < 20; second++) meter.add(measuredWindow(second * 1_000, { times: responses }), null);
    return meter.measurement({ ratePerSecond: null, targets }, () => null);
  };
  assert.deepEqual(judgeUserTrial(measurementOf([60])), { kind: "passed" });
  const failures = ["response_time: p(95)<500", "failures: rate<0.01"].map((name) => ({ kind: "target", name }));
  assert.deepEqual(judgeUserTrial(measurementOf([])), { kind: "failed", failures });
});

test("a trial in which the generator could not send requests is invalid", () => {
  const measured = measure((second) => (second === 14 ? { failures: [["generator", 5]] } : {}));
  assert.equal(measured.sickness, "the generator ran out of files, ports or memory");
  assert.equal(judgeTrial(measured, 50).kind, "invalid");
});
