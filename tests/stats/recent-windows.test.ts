import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { RecentWindows } from "../../src/stats/recent-windows.ts";
import { RunTotals } from "../../src/stats/run-totals.ts";
import { UsersBySecond } from "../../src/stats/users-by-second.ts";
import type { Window } from "../../src/stats/windows.ts";
import { request } from "../analysis/measurements.ts";
import { assertProperty } from "../support/property.ts";
import { record, reportOf } from "./recorder-events.ts";

/** Requests of one worker's 2 users in the seconds from `second` on. */
function delta(second: number, requests: number, seconds = 1): Window {
  const totals = new RunTotals();
  totals.add(reportOf(record(Array.from({ length: requests }, () => request("/jobs", 10)))));
  const [startMs, widthMs] = [second * 1_000, seconds * 1_000];
  const users = new UsersBySecond();
  users.add(startMs, widthMs, 2, [["a", 2]]);
  return { startMs, widthMs, totals, users };
}

/** The calls of the listener: second, width in seconds, requests, users. */
function closings(recent: RecentWindows): [number, number, number, number][] {
  const told: [number, number, number, number][] = [];
  recent.subscribe(({ startMs, widthMs, totals, users }) =>
    told.push([startMs / 1_000, widthMs / 1_000, totals.merged().requests, users.peak]),
  );
  return told;
}

test("a window closes when every worker has reported past it, with all that they reported", () => {
  const recent = new RecentWindows();
  const told = closings(recent);
  recent.add(delta(0, 3));
  recent.close(0);
  assert.deepEqual(told, []);
  recent.add(delta(0, 4));
  recent.add(delta(1, 1));
  recent.close(1_000);
  assert.deepEqual(told, [[0, 1, 7, 4]]);
  assert.equal(recent.closedToMs, 1_000);
});

test("a window waits for a silent worker, and one without reports closes empty when nothing is awaited any more", () => {
  const recent = new RecentWindows();
  const told = closings(recent);
  recent.add(delta(1, 5));
  recent.close(0);
  assert.deepEqual(told, []);
  recent.close(2_000);
  assert.deepEqual(told, [
    [0, 1, 0, 0],
    [1, 1, 5, 2],
  ]);
});

test("a late report is merged without notification, and one that is too late is left out", () => {
  const recent = new RecentWindows();
  recent.add(delta(0, 2));
  recent.close(1_000);
  const told = closings(recent);
  recent.add(delta(0, 3));
  assert.equal(recent.merged(0, 1_000).merged().requests, 5);
  for (let second = 1; second < 100; second++) recent.add(delta(second, 1));
  recent.close(100_000);
  recent.add(delta(0, 3));
  assert.equal(told.length, 99);
  assert.equal(recent.merged(0, 10_000).merged().requests, 0);
  assert.equal(recent.merged(90_000, 100_000).merged().requests, 10);
});

test("a report of several windows closes as one, and does not reach back past closed windows", () => {
  const recent = new RecentWindows();
  const told = closings(recent);
  recent.add(delta(0, 1));
  recent.add(delta(1, 1));
  recent.close(1_000);
  recent.add(delta(2, 1));
  recent.add(delta(0, 6, 3));
  recent.close(3_000);
  assert.deepEqual(told, [
    [0, 1, 1, 2],
    [1, 2, 8, 4],
  ]);
});

test("a resumed run does not start with earlier windows", () => {
  const recent = new RecentWindows(3_600_500);
  const told = closings(recent);
  recent.close(3_602_000);
  assert.deepEqual(told, [
    [3_600, 1, 0, 0],
    [3_601, 1, 0, 0],
  ]);
});

test("in any order of reports, windows close without a gap and nothing is counted twice", () => {
  const step = fc.record({
    back: fc.integer({ min: 0, max: 6 }),
    seconds: fc.integer({ min: 1, max: 4 }),
    requests: fc.integer({ min: 0, max: 3 }),
    waitMs: fc.integer({ min: 0, max: 2_500 }),
    isReported: fc.boolean(),
  });
  assertProperty(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const recent = new RecentWindows();
      const told = closings(recent);
      let nowMs = 0;
      let sent = 0;
      for (const { back, seconds, requests, waitMs, isReported } of steps) {
        nowMs += waitMs;
        recent.add(delta(Math.max(0, Math.floor(nowMs / 1_000) - back), requests, seconds));
        sent += requests;
        recent.close(isReported ? nowMs : 0);
      }
      let endOfLast = 0;
      for (const [start, width] of told) {
        assert.equal(start, endOfLast);
        endOfLast = start + width;
      }
      assert.ok(told.reduce((sum, [, , requests]) => sum + requests, 0) <= sent);
      assert.equal(recent.closedToMs, endOfLast * 1_000);
    }),
  );
});
