import assert from "node:assert/strict";
import { test } from "node:test";
import type { LogLine } from "../../../src/api/contract/live.ts";
import { mergedLogs } from "../../../src/ui/data/merged-logs.ts";

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
