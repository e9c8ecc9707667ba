import assert from "node:assert/strict";
import { test } from "node:test";
import { usualMinimalChange } from "../../../src/analysis/comparison/figure-scale.ts";
import { type ComparisonReport, comparisonReport } from "../../../src/report/comparison/comparison-report.ts";
import { comparisonMarkdown } from "../../../src/report/files/comparison-markdown.ts";
import type { Baseline } from "../../../src/report/result/baseline.ts";
import { comparisonText } from "../../../src/report/text/comparison-text.ts";
import { plainStyle } from "../../../src/report/text/style.ts";
import { steadyBaseline } from "../comparison-fixture.ts";
import { columnsOf } from "../result-fixture.ts";

function compared(before: Baseline, after: Baseline, maxRegression: number | null = null): ComparisonReport {
  return comparisonReport(before, after, { minimal: usualMinimalChange, maxRegression });
}

const slower = steadyBaseline({ meanMs: 52 }, { id: "later" });

test("figures that are worse than the limit are named, and no others", () => {
  const report = compared(steadyBaseline(), slower, 0.1);
  assert.equal(report.outcome, "worse");
  const names = report.regressions.map(({ name, figure }) => `${name} ${figure}`);
  for (const figure of ["p50", "p95", "p99"]) assert.ok(names.includes(`/jobs ${figure}`), names.join());
  assert.equal(names.length, 6, "those of the endpoint and of all");
  assert.deepEqual(compared(steadyBaseline(), slower, 0.5).regressions, []);
  assert.deepEqual(compared(steadyBaseline(), slower).regressions, []);
  assert.deepEqual(compared(slower, steadyBaseline(), 0.1).regressions, []);
});

test("failures out of nothing are beyond any limit", () => {
  const { regressions } = compared(steadyBaseline(), steadyBaseline({ failures: 2 }), 10);
  assert.ok(regressions.some(({ figure }) => figure === "errorRate"));
});

test("differences that make the runs hard to compare are noted", () => {
  const other = steadyBaseline(
    { seconds: 30 },
    { id: "b", test: "other", profile: "soak", peakUsers: 20, workers: 1, verdict: "invalid" },
  );
  const { notes, isInvalid } = compared(steadyBaseline(), other);
  assert.deepEqual(notes, [
    "the test differs: plot-palette before, other after",
    "the profile differs: standard before, soak after",
    "the peak number of users differs: 10 before, 20 after",
    "the number of workers differs: 2 before, 1 after",
    "the runs differ in length",
    "b is invalid: its figures are the generator's, not the service's",
  ]);
  assert.equal(isInvalid, true);
  assert.deepEqual(compared(steadyBaseline(), steadyBaseline({}, { verdict: null })).notes, [
    "20261123-182345-3fa9 has no result: it is still running, or was killed",
  ]);
});

test("the text: the verdict first, a row per endpoint, a sentence per change, at most 100 columns", () => {
  const text = comparisonText(compared(steadyBaseline(), slower, 0.1), plainStyle);
  assert.match(text, /^\n✗ WORSE {2}plot-palette \/ standard → http:\/\/127\.0\.0\.1:8000\n {2}before {2}20261123/);
  assert.match(text, /\n {2}GET \/jobs +\d+\.\d \+\d\d % ✗ +/);
  assert.match(text, /\n {2}✗ GET \/jobs p50: 40\.\d → 52\.\d ms, \+30 % \(\+\d+ % to \+\d+ %\)\n/);
  assert.match(text, /\n {2}✗ --max-regression 10 %: .*GET \/jobs p50/);
  const same = comparisonText(compared(steadyBaseline(), steadyBaseline(), 0.1), plainStyle);
  assert.match(same, /^\n= NO CHANGE FOUND/);
  assert.match(same, /✓ --max-regression 10 %: nothing is worse than that\n$/);

  const long = {
    names: ["/jobs", `/${"very-long-name-".repeat(8)}`, "/喜喜喜喜喜喜喜喜喜喜喜喜喜喜喜喜喜喜喜喜喜喜喜"],
  };
  const wide = compared(
    steadyBaseline({ ...long, meanMs: 40_000 }, { name: "n".repeat(64), host: `http://${"h".repeat(120)}` }),
    steadyBaseline({ ...long, meanMs: 60_000, failures: 5 }, { test: "t".repeat(60), verdict: "aborted" }),
    0.1,
  );
  for (const line of comparisonText(wide, plainStyle).split("\n")) assert.ok(columnsOf(line) <= 100, line);
});

test("Markdown: names end neither a cell nor the code that they are shown as", () => {
  const names = ["/a|b`c", "/jobs"];
  const markdown = comparisonMarkdown(compared(steadyBaseline({ names }), steadyBaseline({ names, meanMs: 52 }), 0.1));
  assert.match(markdown, /^### ✗ WORSE: plot-palette \/ standard\n\n\*\*Worse\*\* by more than 10 %: `GET/);
  assert.ok(markdown.includes("| `GET /a\\|b'c` |"), markdown);
  const rows = markdown.split("\n").filter((line) => line.startsWith("| `"));
  assert.equal(rows.length, 3);
  for (const row of rows) assert.equal(row.replaceAll("\\|", "").split("|").length, 8);
});
