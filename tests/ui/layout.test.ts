import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import type { Page } from "playwright-core";
import { renderHtml } from "../../src/report/page/html.ts";
import { browserOfFile, needsBrowser, openPage, seriousFaults } from "../support/browser.ts";
import { layoutFaults } from "../support/layout-faults.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { waitUntil } from "../support/wait-until.ts";
import { oddReport } from "./odd-report.ts";
import { runRow } from "./run-row.ts";
import { SimulatedMaster } from "./simulated-master.ts";
import { syntheticReport } from "./synthetic-report.ts";

const fileBrowser = browserOfFile();
const report = oddReport(syntheticReport({ minutes: 5, endpoints: 12, workers: 4, windows: 300 }));
const narrow = { width: 390, height: 844 };
/** At 200 %, a page has half of the pixels of its screen. */
const zoomed = { width: 640, height: 400 };
const usual = { width: 1_280, height: 800 };
const wide = { width: 2_560, height: 1_300 };
/** What A4 leaves between the margins of the page, at 96 px per inch. */
const paper = { width: 703, height: 1_030 };

test("a report with long names and huge numbers: nothing is cut off or over each other", needsBrowser, async (t) => {
  const file = path.join(await temporaryFolder(t), "report.html");
  await writeFile(file, renderHtml(report));
  const { page, faults } = await openPage(await fileBrowser(t), pathToFileURL(file).href, { viewport: usual });
  await page.locator(".chart canvas").first().waitFor();
  assert.deepEqual(await seriousFaults(page), []);
  for (const size of [wide, usual, zoomed, narrow]) {
    await page.setViewportSize(size);
    await untilChartsFit(page);
    assert.deepEqual(await layoutFaults(page), [], `${size.width} px`);
  }
  // As it was drawn on the narrow screen.
  await page.emulateMedia({ media: "print" });
  await page.setViewportSize(paper);
  assert.deepEqual(await layoutFaults(page, { isPaper: true }), []);
  const [chart, canvas] = await widths(page);
  assert.ok(chart !== undefined && canvas !== undefined && canvas > 0.95 * chart - 30, `${canvas} of ${chart} px`);
  assert.equal(await page.getByRole("list", { name: "More thresholds" }).isVisible(), true);
  assert.deepEqual(faults, []);
});

test("one line per threshold, the worst first, and the first chart on the first screen", needsBrowser, async (t) => {
  const file = path.join(await temporaryFolder(t), "report.html");
  // The findings of a search or a soak come before the charts of the load.
  await writeFile(file, renderHtml({ ...report, findings: [] }));
  const { page } = await openPage(await fileBrowser(t), pathToFileURL(file).href, { viewport: usual });
  await page.locator(".chart canvas").first().waitFor();
  await assertFirstChartIsSeen(page);
  const lines = page.getByRole("list", { name: "Thresholds", exact: true }).getByRole("listitem");
  const texts = (await lines.allTextContents()).map((text) => text.replace(/ of \S+/, " of …"));
  assert.deepEqual(texts, [
    "✗does not hold: p99 92.0 ms < 46+100 %",
    "✗does not hold: p95 of … 700 ms < 500+40 %",
    "✗does not hold: errors 1.2 % < 1 %+20 %",
    "✓holds: p95 41.2 ms < 45 (close: 39.0 to 47.0)−8.4 %",
    "✓holds: req/s 60 > 52+15 %",
  ]);
  await page.getByText("8 more, which hold").click();
  assert.equal(await page.getByRole("list", { name: "More thresholds" }).getByRole("listitem").count(), 8);
  const tops = await lines.evaluateAll((all) => all.map((line) => (line as { offsetTop?: number }).offsetTop));
  assert.equal(new Set(tops).size, 5);
});

test("every view of the live page: nothing is cut off or over each other", needsBrowser, async (t) => {
  const master = await SimulatedMaster.start(t, { endpoints: 12, workers: 3, windows: 60, change: oddReport });
  const node = "worker 12";
  const word = "a-word-that-does-not-end-".repeat(8);
  master.logs = [
    { at: 2_000, level: "error", node, message: word },
    { at: 3_000, level: "warn", node: "master", message: "several words ".repeat(20) },
  ];
  const named = { test: `${"a-test-of-a-large-company-".repeat(4)}`, name: word.slice(0, 60), tags: ["nightly", word] };
  master.runs = [1, 2, 3].map((day) => runRow(day, { id: `2026-11-0${day}-${"abcdef".repeat(3)}`, ...named }));
  const { page, faults } = await openPage(await fileBrowser(t), master.url, { viewport: usual });
  await waitUntil("the page listens", () => master.isHeard);
  master.tick();
  await page.locator(".chart canvas").first().waitFor();
  await assertFirstChartIsSeen(page);
  for (const view of ["overview", "endpoints", "failures", "checks", "workers", "ratios", "logs", "history"]) {
    await page.goto(`${master.url}#/${view}`);
    await page.locator(`nav a[aria-current][href="#/${view}"]`).waitFor();
    if (view === "logs") await page.getByText(word).waitFor();
    if (view === "history")
      await page.getByRole("region", { name: "Stored runs" }).locator("tbody tr").first().waitFor();
    for (const size of view === "overview" ? [narrow, zoomed, usual, wide] : [narrow, usual]) {
      await page.setViewportSize(size);
      await untilChartsFit(page);
      assert.deepEqual(await layoutFaults(page), [], `${view} at ${size.width} px`);
    }
  }
  assert.deepEqual(faults, []);
});

async function assertFirstChartIsSeen(page: Page): Promise<void> {
  const bottom: number = await page.evaluate(`document.querySelector(".chart").getBoundingClientRect().bottom`);
  assert.ok(bottom <= usual.height, `the first chart ends ${bottom - usual.height} px below the first screen`);
}

/** The widths of the first chart and of its canvas. */
function widths(page: Page): Promise<number[]> {
  return page.evaluate(`[".chart", ".chart canvas"].map((name) => document.querySelector(name)?.clientWidth)`);
}

/** Charts are drawn again after the size has changed. */
async function untilChartsFit(page: Page): Promise<void> {
  await waitUntil("charts as wide as their boxes", async () => {
    return await page.evaluate(`[...document.querySelectorAll(".canvas")].every(
      (box) => box.firstElementChild === null || Math.abs(box.clientWidth - box.querySelector("canvas").clientWidth) < 2)`);
  });
}
