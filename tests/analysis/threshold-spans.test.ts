import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { judgeThreshold } from "../../src/analysis/judged-threshold.ts";
import { ThresholdSpans } from "../../src/analysis/threshold-spans.ts";
import { breachOf, decide } from "../../src/analysis/verdict.ts";
import { describeThreshold } from "../../src/core/thresholds/describe.ts";
import { parseThresholds, type Threshold, type ThresholdDefinition } from "../../src/core/thresholds/threshold.ts";
import { RunTotals } from "../../src/stats/run-totals.ts";
import { UsersBySecond } from "../../src/stats/users-by-second.ts";
import type { Window } from "../../src/stats/windows.ts";
import { record, reportOf } from "../stats/recorder-events.ts";
import { assertProperty } from "../support/property.ts";
import { request } from "./measurements.ts";

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
    "avg of response_time was 500 ms in the 10s from 00:30, the worst of 19 such windows of 51 (limit < 50 ms)",
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
    "no data for response_time: there was no full window of 5s (limit max < 100 ms)",
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
        spans.advance(span.startMs);
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
    { factor: 0.6 },
  );
});

test("in a run of hours each window is judged once, and final windows use no memory", () => {
  const one = threshold("response_time", { threshold: "max<100", window: "1m" });
  const spans = new ThresholdSpans([one]);
  for (let number = 0; number < 2_000; number++) {
    spans.add(second(number, number === 1_000 ? 500 : 10, 2));
    spans.advance((number + 1) * 1_000);
  }
  spans.finish(2_000_000);
  const { windows } = spans.final(one, runOf([])).span ?? {};
  assert.deepEqual(windows, { widthMs: 60_000, judged: 1_941, broken: 60, worstStartMs: 941_000 });
});

test("during a run the latest full window is evaluated, and may end the run", () => {
  const one = threshold("response_time", { threshold: "avg<50", window: "5s", abortOnFail: true });
  const spans = new ThresholdSpans([one]);
  const seconds = bump(500);
  const breachAt = seconds.findIndex((span, i) => {
    spans.add(span);
    spans.advance((i + 1) * 1_000);
    return breachOf([one], runOf(seconds.slice(0, i + 1)), spans) !== null;
  });
  assert.equal(breachAt, 30);
  const { verdict, reasons } = decide([one], runOf(seconds), null, undefined, spans);
  assert.equal(verdict, "failed");
  assert.match(reasons.join(), /no full window/);
});
