import assert from "node:assert/strict";
import { test } from "node:test";
import type { IntervalReport } from "../../src/stats/interval-report.ts";
import { UsersBySecond } from "../../src/stats/users-by-second.ts";
import { WindowSeries } from "../../src/stats/window-series.ts";
import { type RecorderEvent, record, reportOf } from "./recorder-events.ts";

function report(
  window: number,
  requests: number,
  failures = 0,
  users: Record<string, number> = {},
  windowCount = 1,
): IntervalReport {
  const events = Array.from({ length: requests }, (_, position): RecorderEvent => {
    const failure = position < failures ? ({ kind: "5xx", message: "503" } as const) : null;
    return { kind: "request", method: "GET", name: "/", micros: 5, bytesIn: 1, bytesOut: 1, failure };
  });
  const counted = Object.entries(users).map(([className, count]) => ({ className, count }));
  return reportOf(record(events), {
    window,
    windowCount,
    users: counted,
    peakUsers: counted.reduce((sum, { count }) => sum + count, 0),
  });
}

function seriesOf(...reports: readonly IntervalReport[]): WindowSeries {
  const series = new WindowSeries();
  for (const each of reports) series.add(each);
  return series;
}

test("before the first report all is zero", () => {
  const series = new WindowSeries();
  assert.deepEqual(series.ratesBefore(0, 5), { requestsPerSecond: 0, failuresPerSecond: 0 });
  assert.deepEqual([series.peakUsers, series.peaks.size], [0, 0]);
});

test("a rate is the mean of the requested windows, over all workers", () => {
  const series = seriesOf(report(0, 10), report(1, 20, 4), report(1, 30, 2), report(2, 99));
  assert.deepEqual(series.ratesBefore(2, 2), { requestsPerSecond: 30, failuresPerSecond: 3 });
  assert.deepEqual(series.ratesBefore(2, 1), { requestsPerSecond: 50, failuresPerSecond: 6 });
});

test("at the start of a run, windows before it do not lower the rate", () => {
  assert.equal(seriesOf(report(0, 40)).ratesBefore(1, 5).requestsPerSecond, 40);
});

test("the rate falls to zero when traffic does, with and without reports", () => {
  const series = seriesOf(report(0, 8), report(1, 8), report(2, 0));
  assert.equal(series.ratesBefore(2, 2).requestsPerSecond, 8);
  assert.equal(series.ratesBefore(3, 2).requestsPerSecond, 4);
  assert.equal(series.ratesBefore(4, 2).requestsPerSecond, 0);
  assert.equal(series.ratesBefore(1_000, 5).requestsPerSecond, 0);
});

test("a report that comes late counts in its own window", () => {
  const series = seriesOf(report(0, 1), report(100, 1), report(0, 6), report(30, 5));
  assert.equal(series.ratesBefore(1, 1).requestsPerSecond, 7);
  assert.equal(series.ratesBefore(31, 1).requestsPerSecond, 5);
  assert.equal(series.ratesBefore(101, 1).requestsPerSecond, 1);
});

test("a report from before the kept windows changes neither rates nor peaks", () => {
  const series = seriesOf(report(500, 3, 0, { a: 2 }), report(10, 50, 0, { a: 99 }));
  assert.equal(series.ratesBefore(11, 1).requestsPerSecond, 0);
  assert.equal(series.ratesBefore(501, 1).requestsPerSecond, 3);
  assert.deepEqual([series.peaks.get("a"), series.peakUsers], [2, 2]);
});

test("users of the same window add up over workers, those of different windows do not", () => {
  const series = seriesOf(report(0, 0, 0, { a: 3, b: 1 }), report(0, 0, 0, { a: 4 }), report(1, 0, 0, { b: 5 }));
  assert.deepEqual([series.peaks.get("a"), series.peaks.get("b")], [7, 5]);
  assert.equal(series.peakUsers, 8, "a peaked in another window than b");
});

test("a peak stays when users leave, and rises with a late report", () => {
  const series = seriesOf(report(0, 0, 0, { a: 5 }), report(1, 0, 0, { a: 1 }));
  assert.equal(series.peakUsers, 5);
  series.add(report(0, 0, 0, { a: 2 }));
  assert.deepEqual([series.peakUsers, series.peaks.get("a")], [7, 7]);
});

test("a report of several windows has its users in each of them, as in the windows of the store", () => {
  const reports = [report(0, 40, 4, { a: 4 }, 4), report(2, 6, 0, { a: 5, b: 1 }), report(3, 0, 0, { b: 2 })];
  const series = seriesOf(...reports);
  const seconds = new UsersBySecond();
  for (const { window, windowCount, peakUsers, users } of reports) {
    const byClass = users.map(({ className, count }) => [className, count] as const);
    seconds.add(window * 1_000, windowCount * 1_000, peakUsers, byClass);
  }
  assert.deepEqual([series.peakUsers, series.peaks.get("a"), series.peaks.get("b")], [10, 9, 2]);
  assert.deepEqual([seconds.peak, seconds.byClass.get("a"), seconds.byClass.get("b")], [10, 9, 2]);
  assert.equal(series.latestUsers, 6);
  assert.deepEqual(series.ratesBefore(4, 4), { requestsPerSecond: 46 / 4, failuresPerSecond: 1 });
  assert.equal(series.ratesBefore(2, 1).requestsPerSecond, 10);
});

test("a report of more windows than are kept counts in those that are", () => {
  const series = seriesOf(report(0, 1_000, 0, { a: 3 }, 1_000), report(999, 0, 0, { a: 2 }));
  assert.equal(series.peakUsers, 5);
  assert.equal(series.ratesBefore(1_000, 10).requestsPerSecond, 1);
});
