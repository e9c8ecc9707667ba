import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { renderHtml } from "../../src/report/page/html.ts";
import type { OwnSeries, RunReport } from "../../src/report/page/model.ts";
import { browserOfFile, needsBrowser, openPage, seriousFaults } from "../support/browser.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { syntheticReport } from "./synthetic-report.ts";

const fileBrowser = browserOfFile();

test("metrics of the test are charts on the time axis of the page", needsBrowser, async (t) => {
  const report = syntheticReport({ minutes: 1, endpoints: 1, workers: 1, windows: 60 });
  const { startMs, widthMs } = report.windows;
  const series: OwnSeries[] = [
    { kind: "counter", name: "orders", values: startMs.map((_, second) => second % 5), p95: null },
    { kind: "trend", name: "cart_size", values: startMs.map(() => 3), p95: startMs.map(() => 9) },
    {
      ...{ kind: "trend", name: "rare", values: startMs.map(() => 3), p95: startMs.map(() => 9) },
      few: startMs.map((_, second) => (second < 30 ? 0 : 1)),
    },
    { kind: "observed", name: "heap", unit: "bytes", values: startMs.map(() => 5_000_000), p95: null },
  ];
  const own: RunReport = { ...report, own: { startMs, widthMs, series } };
  const file = path.join(await temporaryFolder(t), "report.html");
  await writeFile(file, renderHtml(own));
  const { page, faults } = await openPage(await fileBrowser(t), pathToFileURL(file).href);
  const metrics = page.getByRole("region", { name: "Metrics", exact: true });
  assert.deepEqual(await metrics.locator("h3").allTextContents(), [
    "orders: per second",
    "cart_size: p50 and p95",
    "rare: p50 and p95",
    "heap: observed, bytes",
  ]);
  const heap = metrics.getByRole("application", { name: /^heap/ });
  await heap.locator("canvas").waitFor();
  await heap.press("ArrowRight");
  await metrics.locator(".legend").nth(3).getByText("observed, bytes 5.0 MB").waitFor();
  const chart = metrics.getByRole("application", { name: /^cart_size/ });
  await chart.locator("canvas").waitFor();
  await chart.press("ArrowRight");
  await metrics.locator(".legend").nth(1).getByText("p95 9").waitFor();
  assert.equal(await metrics.locator(".legend").nth(1).getByText("fewer than").count(), 0);
  await metrics.locator(".legend").nth(2).getByText("both of fewer than 100").waitFor();
  assert.deepEqual(await seriousFaults(page), []);
  assert.deepEqual(faults, []);
});
