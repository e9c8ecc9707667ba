import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { usualMinimalChange } from "../../src/analysis/comparison/figure-scale.ts";
import { comparisonReport } from "../../src/report/comparison/comparison-report.ts";
import { fileSource } from "../../src/report/hdr/file-source.ts";
import { readHistogramFile, unitOf } from "../../src/report/hdr/histogram-file.ts";
import { LineFile } from "../../src/report/hdr/line-file.ts";
import { comparisonHtml, sideBySideHtml } from "../../src/report/page/html.ts";
import { steadyBaseline } from "../report/comparison-fixture.ts";
import { browserOfFile, needsBrowser, openPage, seriousFaults, untilChartsAreDrawn } from "../support/browser.ts";
import { casesByDepth } from "../support/depth.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const fileBrowser = browserOfFile();

for (const [colorScheme, declare] of casesByDepth(1, ["light", "dark"] as const)) {
  declare(
    `a comparison as a page, in ${colorScheme}: what has changed, both runs over each other, with the network off`,
    async (t) => {
      const names = ["/jobs", "/<script>alert(1)</script>"];
      const observed = (avg: number) => [{ name: "heap", unit: "bytes", count: 9, min: 1, avg, max: 2 * avg }];
      const before = { ...steadyBaseline({ names }), observed: observed(2_000_000) };
      const later = steadyBaseline({ names, meanMs: 52, seconds: 50 }, { id: "later", name: "release-7" });
      const after = { ...later, observed: observed(3_000_000) };
      const report = comparisonReport(before, after, { minimal: usualMinimalChange, maxRegression: 0.1 });
      const file = path.join(await temporaryFolder(t), "comparison.html");
      await writeFile(file, comparisonHtml(report, before, after));
      const look = { colorScheme, offline: true };
      const { page, faults } = await openPage(await fileBrowser(t), pathToFileURL(file).href, look);
      await untilChartsAreDrawn(page);
      assert.match(
        (await page.locator(".verdict").textContent()) ?? "",
        /Worse than before.*release-7.*differ in length/s,
      );
      assert.deepEqual(await page.locator(".chart h3").allTextContents(), [
        "Requests/s",
        "Failures/s",
        "Response time p50, ms",
        "Response time p95, ms",
        "Response time p99, ms",
        "Response time by percentile, ms",
      ]);
      // 40 requests a second: sections of the runs have enough of them.
      const p95 = page.locator(".chart", { hasText: "Response time p95, ms" });
      await p95.getByText("points of at least 100 requests").waitFor();
      assert.equal(await p95.getByText("fewer than 100 requests").count(), 0);
      const table = page.getByRole("region", { name: "Changes by endpoint" });
      const row = table.getByRole("row").filter({ hasText: "/jobs" });
      assert.match((await row.textContent()) ?? "", /GET \/jobs52\.\d \+30 % ✗/);
      const heap = page.getByRole("region", { name: "Observed of the service" }).getByRole("row").nth(1);
      assert.equal(await heap.textContent(), "heap2.0 MB3.0 MB4.0 MB6.0 MB");
      const differences = page.getByRole("region", { name: "Differences" }).getByRole("row");
      assert.match(
        (await differences.nth(1).textContent()) ?? "",
        /p\d+ ms[\d.,]+[\d.,]+\+30 %✗ worse: \+\d+ % to \+\d+ %$/,
      );
      assert.ok((await differences.locator("svg circle").count()) >= 10);
      await page.getByRole("combobox", { name: "endpoint" }).selectOption("GET /jobs");
      assert.deepEqual(await seriousFaults(page), []);
      assert.deepEqual(faults, []);
    },
    needsBrowser,
  );
}

test(
  "a comparison with a file of another tool as a page: what the file does not say is left out",
  needsBrowser,
  async (t) => {
    const text = fileURLToPath(new URL("../report/hdr/fixtures/wrk2.txt", import.meta.url));
    using file = new LineFile(text);
    const content = readHistogramFile(file);
    const before = fileSource(file, content, unitOf(text, content, undefined), []);
    const after = steadyBaseline();
    const report = comparisonReport(before, after, { minimal: usualMinimalChange, maxRegression: null });
    const page = path.join(await temporaryFolder(t), "comparison.html");
    await writeFile(page, comparisonHtml(report, before, after));
    const browser = await fileBrowser(t);
    const opened = await openPage(browser, pathToFileURL(page).href, { offline: true });
    await untilChartsAreDrawn(opened.page);
    const verdict = (await opened.page.locator(".verdict").textContent()) ?? "";
    assert.match(verdict, /before: .*wrk2\.txt.*no noise estimate, as .*wrk2\.txt has no intervals/s);
    assert.equal(await opened.page.locator("h1").textContent(), "plot-palette / standard");
    assert.deepEqual(opened.faults, []);
  },
);

for (const [viewport, declare] of casesByDepth(1, [
  { width: 1280, height: 800 },
  { width: 390, height: 844 },
])) {
  declare(
    `three runs side by side at ${viewport.width} px: each with its change from the one before, in the same charts`,
    async (t) => {
      const runs = [
        steadyBaseline({ names: ["/jobs", "/templates"] }, { name: "release-6" }),
        steadyBaseline(
          { names: ["/jobs", "/templates"], meanMs: 52 },
          { id: "b", name: "release-7", verdict: "failed" },
        ),
        steadyBaseline({ names: ["/jobs"], meanMs: 30 }, { id: "c", verdict: null }),
      ] as const;
      const settings = { minimal: usualMinimalChange, maxRegression: null };
      const comparisons = [comparisonReport(runs[0], runs[1], settings), comparisonReport(runs[1], runs[2], settings)];
      const file = path.join(await temporaryFolder(t), "runs.html");
      await writeFile(file, sideBySideHtml(runs, comparisons));
      const look = { offline: true, viewport };
      const { page, faults } = await openPage(await fileBrowser(t), pathToFileURL(file).href, look);
      await untilChartsAreDrawn(page);
      const facts = page.getByRole("region", { name: "Runs" }).getByRole("row");
      assert.deepEqual(await facts.nth(0).getByRole("columnheader").allTextContents(), [
        "run",
        "release-6",
        "release-7",
        "c",
      ]);
      assert.match((await facts.nth(1).textContent()) ?? "", /^verdict✓ passed✗ failed○ no result$/);
      assert.match(
        (await facts.filter({ hasText: "p50 ms" }).textContent()) ?? "",
        /^p50 ms40\.\d52\.\d \+30 % ✗30\.\d -42 % ✓$/,
      );
      const endpoints = page.getByRole("region", { name: "Response time p95 by endpoint" }).getByRole("row");
      assert.match((await endpoints.nth(2).textContent()) ?? "", /^GET \/templates[\d.]+[\d.]+ \+30 % ✗–$/);
      await page.getByRole("combobox", { name: "endpoint" }).selectOption("GET /templates");
      assert.deepEqual(await seriousFaults(page), []);
      assert.equal(await page.evaluate("document.documentElement.scrollWidth - innerWidth"), 0);
      assert.deepEqual(faults, []);
    },
    needsBrowser,
  );
}
