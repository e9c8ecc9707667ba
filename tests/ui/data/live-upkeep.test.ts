import assert from "node:assert/strict";
import { test } from "node:test";
import type { LogLine } from "../../../src/api/contract/live.ts";
import { isReportDue, longestSilenceMs, mergedLogs } from "../../../src/ui/live/live-upkeep.ts";

const heartbeatMs = 5_000;

test("a master that only sends heartbeats, such as one that waits for workers, is not lost between two of them", () => {
  for (const state of ["ready", "starting", "finished"] as const) {
    assert.ok(longestSilenceMs(state) > 2 * heartbeatMs, state);
  }
  assert.ok(longestSilenceMs(null) > 2 * heartbeatMs);
});

test("the loss of the master of an active load is noticed within a few seconds", () => {
  for (const state of ["running", "paused", "stopping"] as const) {
    assert.ok(longestSilenceMs(state) <= 5_000, state);
  }
});

const usual = { state: "running", hasFailed: false, nextAtMs: 2_000 } as const;

test("a report is loaded regularly while the load is running", () => {
  assert.ok(isReportDue(usual, 2_000));
  assert.ok(!isReportDue(usual, 1_999));
  assert.ok(!isReportDue({ ...usual, state: "paused" }, 2_000));
});

test("the report of a run that has ended is loaded again only if it could not be loaded", () => {
  assert.ok(!isReportDue({ ...usual, state: "finished" }, 2_000));
  assert.ok(isReportDue({ ...usual, state: "finished", hasFailed: true }, 2_000));
  assert.ok(!isReportDue({ ...usual, state: "finished", hasFailed: true }, 1_999));
});

const lines = (...times: readonly number[]): LogLine[] =>
  times.map((at) => ({ at, level: "info", node: "master", message: `line ${at}` }));
const merged = (ofMaster: readonly LogLine[], ofPage: readonly LogLine[], most = 10) =>
  mergedLogs(ofMaster, ofPage, most).map(({ at }) => at);

test("lines that were logged before the page connected come first, and those received meanwhile last", () => {
  assert.deepEqual(merged(lines(1, 2, 3), lines(3, 4)), [1, 2, 3, 4]);
  assert.deepEqual(merged([], lines(3, 4)), [3, 4]);
});

test("lines of a master that was restarted are after those of the one before, and not pushed out by them", () => {
  assert.deepEqual(merged(lines(7, 8), lines(1, 2, 3, 4)), [1, 2, 3, 4, 7, 8]);
  assert.deepEqual(merged(lines(7, 8), lines(1, 2, 3, 9), 4), [3, 7, 8, 9]);
});
