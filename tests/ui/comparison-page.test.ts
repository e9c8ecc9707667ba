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
import { comparisonHtml } from "../../src/report/page/html.ts";
import { steadyBaseline } from "../report/comparison-fixture.ts";
import { browserOfFile, needsBrowser, openPage, seriousFaults, untilChartsAreDrawn } from "../support/browser.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const fileBrowser = browserOfFile();

test(
  "a comparison as a page: what has changed, both runs over each other, with the network off",
  needsBrowser,
  async (t) => {
    const names = ["/jobs", "/<script>alert(1)</script>"];
    const before = steadyBaseline({ names });
    const after = steadyBaseline({ names, meanMs: 52, seconds: 50 }, { id: "later", name: "release-7" });
    const report = comparisonReport(before, after, { minimal: usualMinimalChange, maxRegression: 0.1 });
    const file = path.join(await temporaryFolder(t), "comparison.html");
    await writeFile(file, comparisonHtml(report, before, after));
    const browser = await fileBrowser(t);
    for (const colorScheme of ["light", "dark"] as const) {
      const { page, faults } = await openPage(browser, pathToFileURL(file).href, { colorScheme, offline: true });
      await untilChartsAreDrawn(page);
      assert.match(
        (await page.locator(".verdict").textContent()) ?? "",
        /Worse than before.*release-7.*differ in length/s,
      );
      assert.deepEqual(await page.locator(".chart h3").allTextContents(), [
        "Requests/s",
        "Response time p95, ms",
        "Response time p99, ms",
      ]);
      const row = page.getByRole("row").filter({ hasText: "/jobs" });
      assert.match((await row.textContent()) ?? "", /GET \/jobs52\.\d \+30 % ✗/);
      await page.getByRole("combobox", { name: "endpoint" }).selectOption("GET /jobs");
      assert.deepEqual(await seriousFaults(page), []);
      assert.deepEqual(faults, []);
    }
  },
);

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
