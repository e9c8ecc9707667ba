import assert from "node:assert/strict";
import { test } from "node:test";
import type { RunEventKind } from "../../../src/core/run.ts";
import { markdownSummary } from "../../../src/report/files/markdown-summary.ts";
import { earlyEndLine } from "../../../src/report/text/early-end-line.ts";
import { plainStyle } from "../../../src/report/text/style.ts";
import { terminalSummary } from "../../../src/report/text/terminal-summary.ts";
import { usual } from "../result-fixture.ts";

const endedBy = (kind: RunEventKind, text: string, reasons: string[] = []) => ({
  ...{ ...usual, verdict: "passed" as const, reasons },
  events: [{ atMs: 12_000, kind, text }],
});
const byLimit = endedBy("max-requests", "all 100 requests (maxRequests) were made");

test("what ended the load before its plan is told with the verdict, in the terminal and the Markdown summary", () => {
  const line = "ended early, at 00:12: all 100 requests (maxRequests) were made";
  assert.equal(earlyEndLine(byLimit), line);
  const [, verdict, ...lines] = terminalSummary(byLimit, plainStyle, 80).split("\n");
  assert.match(verdict ?? "", /PASSED/);
  assert.ok(lines.slice(0, 3).includes(`  ${line}`), lines.join("\n"));
  assert.match(markdownSummary(byLimit), /^- ended early, at 00:12: all 100 requests \(maxRequests\) were made$/m);
  assert.equal(earlyEndLine(endedBy("stopped", "the load was stopped")), "ended early, at 00:12: the load was stopped");
  assert.match(
    earlyEndLine(endedBy("data-empty", 'no row of data "a" is left: 9 were used; the load ends with it')) ?? "",
    /^ended early/,
  );
});

test("an end at the end of the plan, or that a reason tells already, is not told", () => {
  assert.equal(earlyEndLine(usual), null);
  assert.equal(earlyEndLine(endedBy("data-empty", 'no row of data "a" is left: 9 were used')), null);
  assert.equal(earlyEndLine(endedBy("shape-ended", "the shape function ended the load")), null);
  const message = "the test stopped the run: sold out";
  assert.equal(earlyEndLine(endedBy("stopped-by-test", `${message} (user 3 of Buyer)`, [message])), null);
  const reason =
    "a user stopped the load after 00:12: it is not known whether the rest of the plan would have met this";
  assert.equal(earlyEndLine(endedBy("stopped", "the load was stopped", [reason])), null);
});
