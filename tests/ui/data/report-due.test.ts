import assert from "node:assert/strict";
import { test } from "node:test";
import { isReportDue } from "../../../src/ui/data/report-due.ts";

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
