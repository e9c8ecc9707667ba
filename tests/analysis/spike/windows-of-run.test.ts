import assert from "node:assert/strict";
import { test } from "node:test";
import type { DelayedTime } from "../../../src/analysis/health/generator-delay.ts";
import { noAnalyses } from "../../../src/analysis/run-analyses.ts";
import { spikeFailures, spikeResult } from "../../../src/analysis/spike/spike-result.ts";
import { spikeWindows } from "../../../src/analysis/spike/windows-of-run.ts";
import { withAnalyses } from "../../../src/analysis/verdict.ts";
import { valueAt } from "../../../src/core/plan/plan.ts";
import { carriedPlan, type Steering } from "../../../src/core/plan/steering.ts";
import { parseThresholds } from "../../../src/core/thresholds/threshold.ts";
import type { Window } from "../../../src/stats/windows.ts";
import { measuredWindow } from "../measured-windows.ts";

const passed = { verdict: "passed", exitCode: 0, reasons: [], thresholds: [] } as const;
const thresholds = parseThresholds({
  response_time: ["p(95)<100", "p(99)<200"],
  failures: "rate<0.01",
  requests: "rate>1000",
  users: "max>100",
});
const arrivals = { points: [{ atMs: 0, value: 50 }], durationMs: 60_000 };
const run = { thresholds, arrivals, endMs: 60_000 };
/** A run of 40 s that was cut short by its user, and of which nothing was changed. */
const spiked = { ...run, carried: carriedPlan(arrivals, []), plannedEndMs: 60_000 };

function seconds(windows: readonly Window[], over: Partial<typeof run> | { arrivals: null } = {}) {
  return spikeWindows(windows, { ...run, ...over });
}

test("a second: requests due, ended, failed and in time, and whether the targets on times and failures held", () => {
  const calm = measuredWindow(0, { times: Array(50).fill(20) });
  const slow = measuredWindow(1_000, { times: [...Array(30).fill(20), ...Array(15).fill(150), ...Array(5).fill(900)] });
  const failing = measuredWindow(2_000, { times: Array(50).fill(20), failures: [["5xx", 10]] });
  const [first, second, third] = seconds([calm, slow, failing]);
  assert.deepEqual(
    [first, second, third].map((one) => [one?.offered, one?.requests, one?.failures, one?.good, one?.targetsHeld]),
    [
      [50, 50, 0, 50, true],
      [50, 50, 0, 45, false],
      [50, 50, 10, 40, false],
    ],
  );
  assert.ok(Math.abs((first?.timesMs?.p95 ?? 0) - 20) < 0.1);
  assert.deepEqual([first?.firstFailure, third?.firstFailure], [null, "5xx"]);
});

test("a number of values that only the whole run reaches breaks no second, and none is a time", () => {
  const counts = parseThresholds({ response_time: ["p(95)<100", "count>1000", "count<90000"], failures: "count<20" });
  const [calm, slow] = seconds(
    [measuredWindow(0, { times: Array(50).fill(20) }), measuredWindow(1_000, { times: Array(50).fill(150) })],
    { thresholds: counts },
  );
  assert.deepEqual([calm?.good, calm?.targetsHeld, slow?.good, slow?.targetsHeld], [50, true, 0, false]);
});

test("a request that timed out is late and failed, and is subtracted once", () => {
  const window = measuredWindow(0, {
    times: [...Array(40).fill(20), ...Array(10).fill(5_000)],
    failures: [["timeout", 10]],
  });
  assert.equal(seconds([window])[0]?.good, 40);
});

test("a second without any response fails the targets if responses were due", () => {
  const calm = (startMs: number) => measuredWindow(startMs, { times: Array(50).fill(20) });
  const windows = [calm(0), calm(1_000), measuredWindow(2_000, { times: [], users: 9 }), calm(4_000)];
  assert.deepEqual(
    seconds(windows).map(({ requests, targetsHeld }) => [requests, targetsHeld]),
    [
      [50, true],
      [50, true],
      [0, false],
      [0, false],
      [50, true],
    ],
  );
  // A second without a window says nothing about users; there may have been none.
  assert.deepEqual(
    seconds(windows, { arrivals: null }).map(({ targetsHeld }) => targetsHeld),
    [true, true, false, true, true],
  );
});

test("a wide window is split into equal seconds, and windows after the load's end are left out", () => {
  const wide = measuredWindow(0, { times: Array(150).fill(20), widthMs: 3_000 });
  assert.deepEqual(
    seconds([wide, measuredWindow(3_000, { times: [20] })], { endMs: 3_500 }).map(({ requests }) => requests),
    [50, 50, 50],
  );
});

test("a service that does not recover fails the run; one that does, does not", () => {
  const spikes = [{ riseMs: 20_000, peakMs: 20_000, dropMs: 22_000 }];
  const planned = { spikes, baselineFromMs: 0, timeScale: 0.02 };
  const outcome = (timeOf: (second: number) => number) =>
    spikeResult(
      Array.from({ length: 40 }, (_, i) => measuredWindow(i * 1_000, { times: Array(50).fill(timeOf(i)) })),
      planned,
      spiked,
    );
  const well = outcome((second) => (second >= 20 && second < 22 ? 500 : 20));
  assert.deepEqual(spikeFailures(well), []);
  assert.equal(well.spikes[0]?.recovery.kind, "recovered");
  const ill = outcome((second) => (second >= 20 ? 500 : 20));
  assert.deepEqual(spikeFailures(ill), [
    "the service had not returned to its baseline 18 s after the spike and will not recover without intervention (metastable)",
  ]);
  const early = spikeResult([measuredWindow(0, { times: [20] })], planned, spiked);
  assert.deepEqual([early.baseline, early.spikes, spikeFailures(early)], [null, [], []]);
});

/** What becomes of a spike from 20 to 22 s, if the load of the run was carried out in this way. */
function judged(steering: readonly Steering[], timeOf: (second: number) => number, endMs = 60_000, plannedMs = 60_000) {
  const plan = {
    points: [20_000, 22_000].flatMap((atMs, i) => [
      { atMs, value: [50, 100][i] as number },
      { atMs, value: [100, 50][i] as number },
    ]),
    durationMs: plannedMs,
  };
  const withCarried = carriedPlan({ ...plan, points: [{ atMs: 0, value: 50 }, ...plan.points] }, steering);
  return spikeResult(
    Array.from({ length: endMs / 1_000 }, (_, i) =>
      measuredWindow(i * 1_000, { times: Array(50).fill(timeOf(i)) }),
    ).filter(({ startMs }) => valueAt(withCarried.plan ?? plan, startMs) > 0),
    { spikes: [{ riseMs: 20_000, peakMs: 20_000, dropMs: 22_000 }], baselineFromMs: 0, timeScale: 0.1 },
    { thresholds, arrivals: withCarried.plan, carried: withCarried, endMs, plannedEndMs: withCarried.runMs(plannedMs) },
  );
}

test("a pause before a spike delays it: it is looked for where it was", () => {
  const steering = [
    { kind: "pause", atMs: 8_000 },
    { kind: "resume", atMs: 20_000 },
  ] as const;
  const forEver = judged(steering, (second) => (second >= 32 ? 500 : 20), 72_000);
  const [spike] = forEver.spikes;
  assert.deepEqual([spike?.riseMs, spike?.dropMs, spike?.detectMs], [32_000, 34_000, 0]);
  assert.deepEqual(forEver.baseline?.p95Ms.toFixed(0), "20");
  assert.match(spikeFailures(forEver).join(), /not returned to its baseline 38 s after the spike/);
  const brief = judged(steering, (second) => (second >= 32 && second < 36 ? 500 : 20), 72_000);
  assert.deepEqual([brief.spikes[0]?.recovery, brief.notJudged], [{ kind: "recovered", afterMs: 2_000 }, undefined]);
});

test("a spike whose load was not as planned is not judged, and neither passes nor fails", () => {
  const pause = (atMs: number) => ({ kind: "pause", atMs }) as const;
  const resume = (atMs: number) => ({ kind: "resume", atMs }) as const;
  const rate = (atMs: number) => ({ kind: "rate", atMs, target: 10 }) as const;
  const cases: [Steering[], number, RegExp][] = [
    [[pause(21_000), resume(30_000)], 69_000, /^the spike was not judged: the load was paused during it$/],
    [[pause(21_000)], 40_000, /: the load was paused during it$/],
    [[pause(5_000)], 40_000, /: the load was paused before it$/],
    [[rate(5_000)], 60_000, /: the load was changed before it$/],
    [[rate(21_000)], 60_000, /: the load was changed during it$/],
    [[], 15_000, /: the run was ended before it$/],
    [[], 21_000, /: the run was ended during it$/],
    [[], 24_000, /: the run was ended 2 s after the drop$/],
    [[pause(30_000), resume(40_000)], 70_000, /: the load was paused 8 s after the drop$/],
    [[rate(30_000)], 60_000, /: the load was changed 8 s after the drop$/],
  ];
  for (const [steering, endMs, reason] of cases) {
    const result = judged(steering, (second) => (second >= 20 ? 500 : 20), endMs);
    assert.match(String(result.notJudged), reason);
    assert.deepEqual(spikeFailures(result), []);
    const { verdict, exitCode, reasons } = withAnalyses(passed, { ...noAnalyses, spike: result }, true);
    assert.deepEqual([verdict, exitCode, reasons], ["invalid", 110, result.notJudged]);
  }
});

test("a recovery that was watched counts, whatever became of the load after it", () => {
  for (const [steering, endMs] of [
    [[{ kind: "pause", atMs: 40_000 }], 45_000],
    [[{ kind: "rate", atMs: 40_000, target: 1 }], 60_000],
    [[], 45_000],
  ] as const) {
    const result = judged(steering, (second) => (second >= 20 && second < 30 ? 500 : 20), endMs);
    assert.deepEqual(
      [result.spikes[0]?.recovery, result.notJudged],
      [{ kind: "recovered", afterMs: 8_000 }, undefined],
    );
    assert.equal(withAnalyses(passed, { ...noAnalyses, spike: result }, true).verdict, "passed");
  }
});

test("a service that came back at the very end of the observation is not judged; one that did not has failed", () => {
  const back = judged([], (second) => (second >= 20 && second < 40 ? 500 : 20), 42_000, 42_000);
  assert.match(String(back.notJudged), /the service was back for 2 s at the end; 3 s are needed/);
  const gone = judged([], (second) => (second >= 20 ? 500 : 20));
  assert.equal(gone.notJudged, undefined);
  assert.equal(spikeFailures(gone).length, 1);
});

test("a service that is not back after its spike has failed, unless the generator stood still meanwhile", () => {
  const result = judged([], (second) => (second >= 20 ? 500 : 20), 60_000);
  const stall = (fromMs: number, stalledMs: number) => {
    return { worker: "worker 1", fromMs, toMs: fromMs + 1_000, stalledMs, delayMs: 0 };
  };
  const verdictWith = (...stalls: readonly DelayedTime[]) =>
    withAnalyses(passed, { ...noAnalyses, spike: result }, true, stalls);
  assert.equal(verdictWith().verdict, "failed");
  const short = Array.from({ length: 30 }, (_, second) => stall(20_000 + second * 1_000, 200));
  assert.equal(verdictWith(...short).verdict, "failed", "many short stalls explain no second");
  assert.equal(
    verdictWith(stall(3_000, 2_000)).verdict,
    "failed",
    "a stall before the spike explains nothing after it",
  );
  assert.equal(verdictWith(...short, stall(30_000, 2_000)).verdict, "invalid");
  assert.match(verdictWith(stall(30_000, 2_000)).reasons.join(), /stalled for 2 s/);
});
