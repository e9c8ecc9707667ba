import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { judgeThreshold } from "../../src/analysis/judged-threshold.ts";
import { ThresholdSpans } from "../../src/analysis/threshold-spans.ts";
import { type UnjudgedTime, unjudgedTimes } from "../../src/analysis/unjudged-time.ts";
import { breachOf, decide } from "../../src/analysis/verdict.ts";
import { describeThreshold } from "../../src/core/thresholds/describe.ts";
import { parseThresholds, type Threshold, type ThresholdDefinition } from "../../src/core/thresholds/threshold.ts";
import { RunTotals } from "../../src/stats/run-totals.ts";
import { UsersBySecond } from "../../src/stats/users-by-second.ts";
import type { Window } from "../../src/stats/windows.ts";
import { record, reportOf } from "../stats/recorder-events.ts";
import { caseCount } from "../support/depth.ts";
import { assertProperty } from "../support/property.ts";
import { group, request } from "./measurements.ts";

/** A second with requests of one duration in ms, by one worker with 2 users. */
function second(number: number, ms: number, requests = 10, failed = 0): Window {
  const totals = new RunTotals();
  totals.add(
    reportOf(record(Array.from({ length: requests }, (_, i) => request(i % 2 ? "/a" : "/b", ms, i < failed)))),
  );
  const users = new UsersBySecond();
  users.add(number * 1_000, 1_000, 2, []);
  return { startMs: number * 1_000, widthMs: 1_000, totals, users };
}

function threshold(metric: string, definition: ThresholdDefinition, rampEndMs = 0): Threshold {
  return parseThresholds({ [metric]: definition }, { rampEndMs, durationMs: 600_000 })[0] as Threshold;
}

function runOf(spans: readonly Window[], durationMs = spans.length * 1_000) {
  const totals = new RunTotals();
  for (const span of spans) totals.merge(span.totals);
  return { totals, durationMs, users: 2, peakUsers: 2 };
}

/** The outcome of a threshold in a run of these seconds. */
function finalOf(one: Threshold, seconds: readonly Window[], endMs = seconds.length * 1_000) {
  const spans = new ThresholdSpans([one]);
  for (const span of seconds) spans.add(span);
  spans.finish(endMs);
  return spans.final(one, runOf(seconds, endMs));
}

/** 60 s in which requests take 10 ms, but `ms` from second 30 to before second 40. */
const bump = (ms: number) => Array.from({ length: 60 }, (_, i) => second(i, i >= 30 && i < 40 ? ms : 10));

test("groups are judged per window and after a time, each by its own samples", () => {
  const slow = (number: number): Window => {
    const window = second(number, 10);
    const ms = number >= 30 && number < 40 ? 400 : 100;
    window.totals.add(
      reportOf(record([group("buy", ms, 50, ms > 100), group("buy::pay", 10, 0), group("other", 900, 0)])),
    );
    return window;
  };
  const seconds = Array.from({ length: 60 }, (_, number) => slow(number));
  const judgedValue = (metric: string, definition: ThresholdDefinition) =>
    finalOf(threshold(metric, definition), seconds).value;
  assert.equal(judgedValue("group_duration{group:buy}", { threshold: "max<100", window: "10s" }), 450);
  assert.equal(judgedValue("group_active_time{group:buy}", { threshold: "avg<100", window: "10s" }), 400);
  assert.equal(judgedValue("group_duration{group:::buy::pay}", { threshold: "max<1", window: "10s" }), 10);
  assert.equal(judgedValue("group_duration{group!=other}", { threshold: "max<1", window: "10s" }), 450);
  assert.equal(judgedValue("group_failures{group:buy}", { threshold: "rate<0.1", window: "10s" }), 1);
  assert.equal(judgedValue("group_duration{group:buy}", { threshold: "max<100", after: "45s" }), 150);
  assert.equal(judgedValue("group_duration{group:none}", { threshold: "max<100", window: "10s" }), null);
});

test("a window finds a failure that the whole run hides, with the time of the worst one", () => {
  const one = threshold("response_time", { threshold: "avg<50", window: "10s" });
  const whole = threshold("response_time", "avg<150" as unknown as ThresholdDefinition);
  assert.equal(judgeThreshold(whole, runOf(bump(500))).passed, true);
  const outcome = finalOf(one, bump(500));
  assert.deepEqual([outcome.passed, outcome.value], [false, 500]);
  assert.deepEqual(outcome.span, {
    fromMs: 0,
    windows: { widthMs: 10_000, judged: 51, broken: 19, worstStartMs: 30_000 },
  });
  assert.equal(
    describeThreshold(one, outcome),
    "mean response time was 500 ms in the 10s from 00:30, the worst of 19 such windows of 51 (limit < 50 ms)",
  );
  assert.equal(finalOf(one, bump(20)).passed, true);
});

test("the worst window of a minimum rate is the one with the lowest", () => {
  const quiet = Array.from({ length: 30 }, (_, i) => second(i, 10, i >= 10 && i < 15 ? 0 : 10));
  const outcome = finalOf(threshold("requests", { threshold: "rate>8", window: "5s" }), quiet);
  assert.deepEqual([outcome.value, outcome.span?.windows?.worstStartMs], [0, 10_000]);
});

test("with after, neither the requests nor the time of the ramp count", () => {
  const seconds = Array.from({ length: 20 }, (_, i) => second(i, i < 5 ? 900 : 10, i < 5 ? 1 : 10));
  const slow = finalOf(threshold("response_time", { threshold: "max<100", after: "ramp" }, 4_300), seconds);
  assert.deepEqual([slow.passed, slow.value, slow.span], [true, 10, { fromMs: 5_000, windows: null }]);
  assert.equal(finalOf(threshold("requests", { threshold: "rate>9", after: "ramp" }, 4_300), seconds).value, 10);
  assert.equal(finalOf(threshold("users", { threshold: "max>1", after: "5s" }), seconds).value, 2);
  assert.equal(finalOf(threshold("response_time", { threshold: "max<100", after: "4s" }), seconds).passed, false);
});

test("with after, a pause before that time, or around it, changes no rate", () => {
  // A load of 60 s with 10 requests/s, which pauses from 5 s to 65 s.
  const seconds = bump(10).map((_, number) => second(number < 5 ? number : number + 60, 10));
  for (const after of ["3s", "10s", "70s", "100s"]) {
    const one = threshold("requests", { threshold: "rate>9", after });
    const spans = new ThresholdSpans([one]);
    for (const span of seconds) spans.add(span);
    spans.finish(120_000);
    const run = { ...runOf(seconds), pauses: [{ fromMs: 5_000, toMs: 65_000 }] };
    assert.equal(spans.final(one, run).value, 10, after);
  }
});

test("window and after combine; a window that overlaps the ramp does not count", () => {
  const seconds = Array.from({ length: 20 }, (_, i) => second(i, i < 5 ? 900 : 10));
  const outcome = finalOf(
    threshold("response_time", { threshold: "max<100", window: "10s", after: "ramp" }, 5_000),
    seconds,
  );
  assert.equal(outcome.passed, true);
  assert.deepEqual(outcome.span, {
    fromMs: 5_000,
    windows: { widthMs: 10_000, judged: 6, broken: 0, worstStartMs: 5_000 },
  });
});

test("without a full window, and in a window without data, it fails unless its noData says passes", () => {
  const short = [second(0, 10), second(1, 10)];
  const one = threshold("response_time", { threshold: "max<100", window: "5s" });
  const outcome = finalOf(one, short);
  assert.deepEqual([outcome.passed, outcome.value, outcome.noData], [false, null, true]);
  assert.equal(
    describeThreshold(one, outcome),
    "no data for max response time: there was no full window of 5s (limit < 100 ms)",
  );
  assert.equal(
    finalOf(threshold("response_time", { threshold: "max<100", window: "5s", noData: "passes" }), short).passed,
    true,
  );
  const gap = Array.from({ length: 30 }, (_, i) => second(i, 10, i < 10 || i >= 20 ? 5 : 0));
  assert.equal(finalOf(one, gap).noData, true);
  assert.equal(
    finalOf(threshold("response_time", { threshold: "max<100", window: "5s", noData: "passes" }), gap).passed,
    true,
  );
});

test("a selector narrows a window too, and dropped iterations count in those without one", () => {
  const seconds = Array.from({ length: 10 }, (_, i) => second(i, 10, 10, 1));
  const rate = (metric: string) => finalOf(threshold(metric, { threshold: "rate<0.05", window: "5s" }), seconds).value;
  assert.equal(rate("failures{name:/b}"), 0.2);
  assert.equal(rate("failures{name:/a}"), 0);
  assert.equal(rate("failures"), 0.1);
});

test("property: windows are judged alike whatever the order and split of the reports", () => {
  const times = fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 6, maxLength: 40 });
  assertProperty(
    fc.property(times, fc.integer({ min: 0, max: 5 }), (ms, shift) => {
      const seconds = ms.flatMap((one, i) => [second(i, one, 3), second(i, one + 1, 2)]);
      const one = threshold("response_time", { threshold: "p(90)<50", window: "5s" });
      const spans = new ThresholdSpans([one]);
      const late = seconds.filter((_, i) => i % 6 === shift);
      for (const span of seconds) {
        if (!late.includes(span)) spans.add(span);
        if (span.startMs > 0) spans.close(second(span.startMs / 1_000 - 1, 1), []);
      }
      for (const span of late) spans.add(span);
      spans.finish(ms.length * 1_000);
      const expected = Array.from({ length: ms.length - 4 }, (_, start) =>
        judgeThreshold(
          one,
          runOf(seconds.filter(({ startMs }) => startMs >= start * 1_000 && startMs < (start + 5) * 1_000)),
        ),
      );
      const outcome = spans.final(one, runOf(seconds));
      assert.equal(outcome.span?.windows?.judged, expected.length);
      assert.equal(outcome.span?.windows?.broken, expected.filter(({ passed }) => !passed).length);
      assert.equal(outcome.value, Math.max(...expected.map(({ value }) => value ?? 0)));
    }),
    { factor: 0.2 },
  );
});

test("in a long run each window is judged once, and final windows use no memory", () => {
  const one = threshold("response_time", { threshold: "max<100", window: "1m" });
  const spans = new ThresholdSpans([one]);
  const seconds = caseCount(600);
  for (let number = 0; number < seconds; number++) {
    spans.add(second(number, number === 300 ? 500 : 10, 2));
    spans.close(second(number, 10, 2), []);
  }
  spans.finish(seconds * 1_000);
  const { windows } = spans.final(one, runOf([])).span ?? {};
  assert.deepEqual(windows, { widthMs: 60_000, judged: seconds - 59, broken: 60, worstStartMs: 241_000 });
});

test("during a run the latest full window is evaluated, and may end the run", () => {
  const one = threshold("response_time", { threshold: "avg<50", window: "5s", abortOnFail: true });
  const spans = new ThresholdSpans([one]);
  const seconds = bump(500);
  const breachAt = seconds.findIndex((span) => {
    spans.add(span);
    spans.close(span, []);
    return breachOf([one], spans) !== null;
  });
  assert.equal(breachAt, 30);
  const { verdict, reasons } = decide([one], runOf(seconds), null, undefined, spans);
  assert.equal(verdict, "failed");
  assert.match(reasons.join(), /no full window/);
});

/** A window of `width` seconds with `requests` requests of 10 ms. */
function wide(number: number, width: number, requests: number): Window {
  const users = new UsersBySecond();
  users.add(number * 1_000, width * 1_000, 2, []);
  return { ...second(number, 10, requests), widthMs: width * 1_000, users };
}

test("a report of two seconds reads in no window as if nothing was sent in one of them", () => {
  const one = threshold("requests", { threshold: "rate>9", window: "5s" });
  for (let at = 0; at < 18; at++) {
    const reports = Array.from({ length: 20 }, (_, i) => (i === at ? wide(at, 2, 20) : second(i, 10)));
    const outcome = finalOf(one, reports.toSpliced(at + 1, 1), 20_000);
    assert.deepEqual([outcome.passed, outcome.value, outcome.span?.windows?.judged], [true, 10, 16], `at ${at}`);
  }
});

test("a report of several seconds joins the reports that other workers made of them", () => {
  const one = threshold("requests", { threshold: "rate>19", window: "3s" });
  const seconds = Array.from({ length: 12 }, (_, i) => second(i, 10));
  const other = [...seconds.slice(0, 4), wide(4, 4, 40), ...seconds.slice(8)];
  for (const reports of [
    [...seconds, ...other],
    [...other, ...seconds],
  ]) {
    const { passed, value } = finalOf(one, reports, 12_000);
    assert.deepEqual([passed, value], [true, 20]);
  }
});

test("a report that goes on after the end of the load does not lengthen the last window", () => {
  const one = threshold("requests", { threshold: "rate>9", window: "5s" });
  const reports = [...Array.from({ length: 11 }, (_, i) => second(i, 10)), wide(11, 4, 10)];
  assert.deepEqual(finalOf(one, reports, 12_000).value, 10);
});

test("a report that began before the judged part is left out, with its time", () => {
  const reports = [wide(0, 5, 2), ...Array.from({ length: 10 }, (_, i) => second(i + 5, 10))];
  const rolling = finalOf(threshold("requests", { threshold: "rate>9", window: "5s", after: "4s" }), reports, 15_000);
  assert.deepEqual([rolling.passed, rolling.span?.windows?.unjudged], [true, 1]);
  assert.equal(finalOf(threshold("requests", { threshold: "rate>9", after: "4s" }), reports, 15_000).value, 10);
});

test("windows that touch missing reports or a pause are left out, and counted", () => {
  const one = threshold("requests", { threshold: "rate>9", window: "5s" });
  const seconds = Array.from({ length: 30 }, (_, i) => second(i, 10, i >= 10 && i < 12 ? 0 : 10));
  const spans = new ThresholdSpans([one]);
  for (const span of seconds) spans.add(span);
  spans.finish(30_000, [{ fromMs: 10_000, toMs: 12_000 }]);
  const { windows } = spans.final(one, runOf(seconds)).span ?? {};
  assert.deepEqual(windows, { widthMs: 5_000, judged: 20, broken: 0, worstStartMs: 0, unjudged: 6 });
});

test("a floor neither ends nor fails a run whose users start again after a pause", () => {
  const one = threshold("requests", { threshold: "rate>9", window: "2s", abortOnFail: true });
  const events = [
    { kind: "paused", atMs: 10_000 },
    { kind: "resumed", atMs: 20_000 },
  ];
  const perSecond = [
    ...Array<number>(10).fill(10),
    ...Array<number>(10).fill(0),
    2,
    4,
    6,
    8,
    ...Array<number>(9).fill(10),
  ];
  const judged = (pauses: readonly UnjudgedTime[]) => {
    const spans = new ThresholdSpans([one]);
    const unjudged = unjudgedTimes({ missing: [], events, pauses, startSkewsMs: [] });
    const breaches = perSecond.map((requests, number) => {
      const window = second(number, 10, requests);
      spans.add(window);
      spans.close(window, unjudged);
      return breachOf([one], spans);
    });
    spans.finish(perSecond.length * 1_000, unjudged);
    return [breaches.every((breach) => breach === null), spans.final(one, runOf([])).passed];
  };
  assert.deepEqual(judged([{ fromMs: 10_000, toMs: 24_000 }]), [true, true]);
  assert.deepEqual(judged([]), [false, false], "if the users started again at once, it would be the service");
});

test("a threshold none of whose windows can be judged makes the run invalid, not failed", () => {
  const one = threshold("requests", { threshold: "rate>9", window: "5s" });
  const seconds = Array.from({ length: 10 }, (_, i) => second(i, 10, 1));
  const spans = new ThresholdSpans([one]);
  for (const span of seconds) spans.add(span);
  spans.finish(10_000, [{ fromMs: 0, toMs: 10_000 }]);
  const { verdict, reasons } = decide([one], runOf(seconds), null, undefined, spans);
  assert.deepEqual([verdict, reasons.length], ["invalid", 1]);
  assert.match(reasons.join(), /none of 6 windows of 5s could be judged/);
});

test("a floor ends no run that has not begun, and is not measured from before the load", () => {
  const floor = { threshold: "rate>9", abortOnFail: true };
  const given = [threshold("requests", floor), threshold("requests", { ...floor, window: "2s" })];
  const spans = new ThresholdSpans(given);
  const nothing = (number: number): Window => ({ ...second(number, 10, 0), totals: new RunTotals() });
  assert.equal(breachOf(given, spans), null);
  for (let number = 0; number < 12; number++) {
    const span = number < 5 ? nothing(number) : second(number, 10);
    spans.add(span);
    spans.close(span, []);
    assert.equal(breachOf(given, spans), null, `second ${number}`);
  }
  spans.close(nothing(12), []);
  assert.match(breachOf(given, spans) ?? "", /requests rate was 8.57\/s/);
});

test("seconds of a lost worker and of a pause count neither as sent nor as time while the run continues", () => {
  const one = threshold("requests", { threshold: "rate>9", abortOnFail: true });
  const spans = new ThresholdSpans([one]);
  const unjudged = [{ fromMs: 3_200, toMs: 8_000 }];
  for (let number = 0; number < 12; number++) {
    spans.close(second(number, 10, number >= 3 && number < 8 ? 4 : 10), unjudged);
    assert.equal(breachOf([one], spans), null, `second ${number}`);
  }
  assert.equal(spans.current(one).value, 10);
});

test("seconds in which no user ran are no load: a plan that rests, or that is steered to nothing, breaks no floor", () => {
  const floor = threshold("requests", { threshold: "rate>9", window: "3s", abortOnFail: true });
  const whole = threshold("requests", { threshold: "rate>9", abortOnFail: true });
  const spans = new ThresholdSpans([floor, whole]);
  for (let number = 0; number < 20; number++) {
    const rest = { ...second(number, 10), totals: new RunTotals(), users: new UsersBySecond() };
    const window = number >= 8 && number < 12 ? rest : second(number, 10);
    spans.add(window);
    spans.close(window, []);
    assert.equal(breachOf([floor, whole], spans), null, `second ${number}`);
  }
  spans.finish(20_000);
  const { windows } = spans.final(floor, runOf([])).span ?? {};
  assert.deepEqual([windows?.judged, windows?.broken, windows?.unjudged], [12, 0, 6]);
});

/** 24 s of a run: /late, if `isLate`, is first requested 0.6 s into second 10, and then 10 times a second. */
function lateScenario(isLate = true): Window[] {
  return Array.from({ length: 24 }, (_, number) => {
    const window = second(number, 10);
    const count = number < 10 || !isLate ? 0 : number === 10 ? 4 : 10;
    window.totals.add(reportOf(record(Array.from({ length: count }, () => request("/late", 10)))));
    return window;
  });
}

/** Closes the windows one after the other, and returns the second in which a threshold ended the run. */
function breachedIn(given: readonly Threshold[], seconds: readonly Window[]) {
  const spans = new ThresholdSpans(given);
  const breached = seconds.findIndex((window) => {
    spans.add(window);
    spans.close(window, []);
    return breachOf(given, spans) !== null;
  });
  return { spans, breached };
}

test("a floor on what a later scenario requests is judged from its first request on", () => {
  const floor = { threshold: "rate>=10", abortOnFail: true };
  const whole = threshold("requests{name:/late}", floor);
  const windowed = threshold("requests{name:/late}", { ...floor, threshold: "rate>7", window: "2s" });
  const { spans, breached } = breachedIn([whole, windowed], lateScenario());
  assert.equal(breached, -1);
  // Its first second has 4 requests: that is not all of the second.
  assert.equal(spans.current(whole).value, 10);
  spans.finish(24_000);
  const { windows } = spans.final(windowed, runOf(lateScenario())).span ?? {};
  assert.deepEqual([windows?.judged, windows?.broken, windows?.unjudged], [12, 0, 11]);
});

test("a floor on requests that stop still ends the run, and one on requests that never come fails", () => {
  const floor = threshold("requests{name:/late}", { threshold: "rate>7", window: "2s", abortOnFail: true });
  const stops = lateScenario().map((window, number) => (number < 20 ? window : second(number, 10)));
  assert.equal(breachedIn([floor], stops).breached, 20);
  const never = lateScenario(false);
  const { spans, breached } = breachedIn([floor], never);
  assert.equal(breached, -1);
  spans.finish(24_000);
  const { windows } = spans.final(floor, runOf(never)).span ?? {};
  assert.deepEqual([windows?.judged, windows?.broken, windows?.worstStartMs], [23, 23, 0]);
});
