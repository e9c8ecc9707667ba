import assert from "node:assert/strict";
import { test } from "node:test";
import { csvRow, rawCsvRow } from "../../../src/report/files/csv-text.ts";

test("no text of a CSV file is a formula of a spreadsheet; numbers stay", () => {
  const formulas = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "＋1", "－1", "＠x"];
  for (const text of formulas) assert.match(csvRow([text]), /^"?'/, JSON.stringify(text));
  assert.equal(csvRow([-1, "1-1", "/jobs", "a=b", "N/A", ""]), "-1,1-1,/jobs,a=b,N/A,\r\n");
});

test("a text cannot become two cells where spreadsheets take semicolons or tabs for separators", () => {
  assert.equal(csvRow(["a;=1", "b\t=1"]), '"a;=1","b\t=1"\r\n');
});

test("raw rows are those of Locust", () => {
  assert.equal(rawCsvRow(["=1", "a;b", 'say "x"', "a,b", -1]), '=1,a;b,"say ""x""","a,b",-1\r\n');
});
