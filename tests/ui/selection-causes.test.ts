import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { type TestContext, test } from "node:test";
import { pathToFileURL } from "node:url";
import type { Page } from "playwright-core";
import { renderHtml } from "../../src/report/page/html.ts";
import { browserOfFile, needsBrowser, openPage, seriousFaults, untilChartsAreDrawn } from "../support/browser.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { waitUntil } from "../support/wait-until.ts";
import { hasCards, hasHash } from "./selected.ts";
import { twoSpeeds } from "./selection/two-speeds.ts";
import { SimulatedMaster } from "./simulated-master.ts";

const fileBrowser = browserOfFile();
const report = twoSpeeds();

test(
  "sentences of the verdict, thresholds, marks and events lead to the time and the endpoint, and Escape back",
  needsBrowser,
  async (t) => {
    const { page, faults } = await openedReport(t);
    const verdict = page.getByRole("region", { name: "Verdict" });
    await verdict
      .getByRole("list", { name: "Thresholds" })
      .getByRole("button", { name: /^errors of \/slow/ })
      .press("Enter");
    await hasHash(page, "#?from=150&to=300&endpoint=GET+%2Fslow");
    await verdict.getByText("here 33.3 %").first().waitFor();
    await page.keyboard.press("Escape");
    await hasHash(page, "");
    await page.getByRole("region", { name: "Selection" }).waitFor({ state: "detached" });
    await verdict.locator(".sentence button.choice").press("Enter");
    await hasHash(page, /^#\?from=150&to=300/);
    await page.goBack();
    await page.getByRole("region", { name: "Selection" }).waitFor({ state: "detached" });
    // A mark in a chart: with the mouse, and with Enter at the cursor.
    await untilChartsAreDrawn(page);
    const chart = page.getByRole("application", { name: /^Throughput/ });
    const plot = chart.locator(".u-over");
    const box = await plot.boundingBox();
    assert.ok(box !== null);
    await plot.click({ position: { x: box.width / 2, y: box.height / 2 } });
    await hasHash(page, /^#\?from=150&to=300/);
    await page.getByRole("button", { name: "clear selection" }).click();
    await plot.hover({ position: { x: box.width / 2 + 2, y: box.height / 2 } });
    await chart.focus();
    await page.keyboard.press("Enter");
    await hasHash(page, /^#\?from=150&to=300/);
    await page.keyboard.press("Escape");
    await hasHash(page, "");
    assert.deepEqual(await seriousFaults(page), []);
    assert.deepEqual(faults, []);
  },
);

test(
  "rows of workers, classes and errors select them; what is not kept of them is said and not shown",
  needsBrowser,
  async (t) => {
    const { page, faults } = await openedReport(t);
    await region(page, "Workers").last().getByRole("button", { name: "#2" }).press("Enter");
    await hasHash(page, "#?worker=2");
    await hasCards(page, ["2.0 req/s", "50.0 % CPU", "50.0 % loop utilisation", "7.00 ms loop delay"], 4);
    await page.getByText("Requests by endpoint are not kept by worker.").waitFor();
    assert.equal(await region(page, "Requests by endpoint").count(), 0);
    assert.equal(await page.getByRole("application", { name: /^Response time/ }).count(), 0);
    await untilChartsAreDrawn(page);
    assert.deepEqual(await seriousFaults(page), []);
    await region(page, "Ratios").last().getByRole("button", { name: "User" }).press("Enter");
    await hasHash(page, "#?class=User");
    await hasCards(page, ["20 peak users", "1.0 iterations/s"]);
    await page.getByRole("application", { name: /^Users of User/ }).waitFor();
    await page.goBack();
    await hasHash(page, "#?worker=2");
    await page.getByRole("button", { name: "Clear the worker worker #2" }).press("Enter");
    await region(page, "Failures").last().getByRole("button", { name: "503 Busy" }).press("Enter");
    await hasHash(page, "#?endpoint=GET+%2Fslow&status=5xx&error=503+Busy");
    await page.getByText(/cards and times are of all requests/).waitFor();
    await page.getByRole("button", { name: "Clear the error 503 Busy" }).waitFor();
    assert.deepEqual(await seriousFaults(page), []);
    assert.deepEqual(faults, []);
  },
);

test(
  "few requests a second are merged, which the legend says, and failures and phases are stacked over time",
  needsBrowser,
  async (t) => {
    const { page, faults } = await openedReport(t);
    await untilChartsAreDrawn(page);
    const times = page.locator(".chart", { hasText: "Response time, ms" });
    await times.getByText("points of at least 100 requests").waitFor();
    await times.getByRole("application").press("ArrowRight");
    await times.getByText(/1\d\d requests in 00:00–00:/).waitFor();
    const failures = page.locator(".chart", { hasText: "Failures/s by kind" });
    await failures.getByRole("application").press("ArrowLeft");
    await failures.getByText("5xx 1.0").waitFor();
    await page.locator(".chart", { hasText: "Phases of a request" }).waitFor();
    assert.deepEqual(faults, []);
  },
);

test("on the live page a part is selected too, is kept by its tabs, and follows the run", needsBrowser, async (t) => {
  const { page, master, faults } = await openedLive(t);
  const verdict = page.getByRole("region", { name: "Verdict" });
  await verdict
    .getByRole("list", { name: "Thresholds" })
    .getByRole("button", { name: /^errors of \/slow/ })
    .press("Enter");
  await hasHash(page, "#?from=150&to=300&endpoint=GET+%2Fslow");
  await hasCards(page, ["3.0 req/s", "33.3 % failed", "100 ms p95"]);
  await page.getByRole("link", { name: "Workers" }).click();
  await hasHash(page, "#/workers?from=150&to=300&endpoint=GET+%2Fslow");
  await region(page, "Workers").getByRole("button", { name: "#1" }).press("Enter");
  await hasHash(page, "#/workers?from=150&to=300&worker=1");
  await hasCards(page, ["1.0 req/s", "50.0 % CPU"]);
  master.tick();
  await page.getByRole("link", { name: "Failures" }).click();
  await page.getByText("Counts of failures are not kept by worker.").waitFor();
  await page.keyboard.press("Escape");
  await hasHash(page, "#/failures");
  await page.getByRole("application", { name: /^Failures\/s by kind/ }).waitFor();
  assert.deepEqual(await seriousFaults(page), []);
  assert.deepEqual(faults, []);
});

test("the live page draws the p95 by load, and the metrics of the test in their tab", needsBrowser, async (t) => {
  const { page, faults } = await openedLive(t);
  const scatter = page.locator(".chart", { hasText: "p95 by load in users, ms" });
  await scatter.locator("canvas").waitFor();
  await scatter.getByRole("application").press("ArrowRight");
  await scatter
    .locator(".legend")
    .getByText(/\d+ users/)
    .waitFor();
  await page.getByRole("link", { name: "Metrics" }).click();
  await page.getByRole("application", { name: /^orders: per second/ }).waitFor();
  assert.deepEqual(await seriousFaults(page), []);
  assert.deepEqual(faults, []);
});

async function openedReport(t: TestContext, hash = "") {
  const file = path.join(await temporaryFolder(t), "report.html");
  await writeFile(file, renderHtml(report));
  const one = await openPage(await fileBrowser(t), `${pathToFileURL(file).href}${hash}`);
  await region(one.page, "Requests by endpoint").waitFor();
  return one;
}

async function openedLive(t: TestContext) {
  const { startMs, widthMs } = report.windows;
  const orders = { kind: "counter", name: "orders", values: startMs.map(() => 3), p95: null } as const;
  const own = { startMs, widthMs, series: [orders] };
  const master = await SimulatedMaster.start(t, {
    ...{ endpoints: 2, workers: 2, windows: 300 },
    change: () => ({ ...report, own, standing: { verdict: "failed", reasons: report.result.reasons } }),
  });
  const one = await openPage(await fileBrowser(t), master.url);
  await waitUntil("the page listens", () => master.isHeard);
  master.tick();
  await region(one.page, "Requests by endpoint").waitFor();
  await one.page.getByRole("link", { name: "Metrics" }).waitFor();
  return { ...one, master };
}

function region(page: Page, name: string) {
  return page.getByRole("region", { name, exact: true });
}
