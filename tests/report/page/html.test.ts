import assert from "node:assert/strict";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import { renderHtml } from "../../../src/report/page/html.ts";
import type { RunReport } from "../../../src/report/page/model.ts";
import { syntheticReport } from "../../ui/synthetic-report.ts";

const small = syntheticReport({ minutes: 1, endpoints: 2, workers: 3, windows: 60 });

test("the file holds the report as it is", () => {
  assert.deepEqual(embedded(renderHtml(small)), small);
});

test("names of a service cannot break out of the text or of the data", () => {
  const name = `</script><script>alert(1)</script>" onload='x' <!-- &amp;`;
  const report: RunReport = {
    ...small,
    result: { ...small.result, reasons: [name], run: { ...small.result.run, test: name } },
  };
  const html = renderHtml(report);
  assert.ok(!html.includes("alert(1)</script>"));
  assert.equal([...html.matchAll(/<script/gi)].length, 3);
  assert.equal([...html.matchAll(/<\/script/gi)].length, 3);
  assert.match(html, /<title>&lt;\/script&gt;/);
  assert.equal(embedded(html).result.run.test, name);
});

test("the file names no other place that it would load, and may load none", () => {
  const html = renderHtml(small);
  assert.match(
    html,
    /default-src 'none'; script-src( 'sha256-[\w+/=]+'){2}; style-src 'sha256-[\w+/=]+'; img-src data:"/,
  );
  for (const text of [html, unpacked(html, "code")]) {
    assert.doesNotMatch(text, /\b(?:src|href)=["']?(?:https?:)?\/\//);
    assert.doesNotMatch(text, /@import|url\(/);
  }
});

test("a day with 20 endpoints and 4 workers is less than 1 MB", () => {
  // As many windows as such a report has: a block is at least 64 s wide then.
  const html = renderHtml(syntheticReport({ minutes: 1_440, endpoints: 20, workers: 4, windows: 1_350 }));
  assert.ok(html.length < 1_000_000, `${html.length} bytes`);
});

function embedded(html: string): RunReport {
  return JSON.parse(unpacked(html, "report"));
}

function unpacked(html: string, id: "code" | "report"): string {
  const [, data = ""] = new RegExp(`id="${id}">([^<]*)<`).exec(html) ?? [];
  return gunzipSync(Buffer.from(data, "base64")).toString("utf8");
}
