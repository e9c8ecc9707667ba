import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { type TestContext, test } from "node:test";
import { pathToFileURL } from "node:url";
import type { Page } from "playwright-core";
import { renderHtml } from "../../src/report/page/html.ts";
import { buildRunReport } from "../../src/report/page/run-report.ts";
import { withRecorded } from "../report/recorded-run.ts";
import { delta, failure, requests } from "../store/store-fixture.ts";
import { browserOfFile, needsBrowser, openPage, seriousFaults, untilChartsAreDrawn } from "../support/browser.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { hasCards, hasHash } from "./selected.ts";

const fileBrowser = browserOfFile();

/** Five minutes: /slow takes 10 ms, from 02:30 on 100 ms and some of its requests fail; /steady always takes 5 ms. */
const report = withRecorded(
  [...Array(300).keys()].map((second) => {
    const isLate = second >= 150;
    const slow = requests(4, "/slow", isLate ? 100_000 : 10_000);
    const events = [...slow, ...requests(6, "/steady", 5_000), ...(isLate ? [failure("503 Busy", "/slow")] : [])];
    return delta(second, events, { users: { User: isLate ? 20 : 10 } });
  }),
  buildRunReport,
);

test(
  "a time dragged over in a chart is selected: in the URL, the cards and the tables, and the back button returns",
  needsBrowser,
  async (t) => {
    const { page, faults } = await opened(t);
    await untilChartsAreDrawn(page);
    const box = await page
      .getByRole("application", { name: /^Throughput/ })
      .locator(".u-over")
      .boundingBox();
    assert.ok(box !== null);
    await page.mouse.move(box.x + box.width * 0.1, box.y + 50);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.3, box.y + 50, { steps: 4 });
    await page.mouse.up();
    const selection = page.getByRole("region", { name: "Selection" });
    await selection.getByText("00:30–01:30").waitFor();
    await hasHash(page, "#?from=30&to=90");
    await hasCards(page, ["10.0 req/s", "0 % failed", "10.0 ms p95", "10 peak users"], 4);
    assert.deepEqual(await row(page, "GET /slow"), ["240", "0", "0 %", "10.0", "10.0", "10.0", "10.0", "10.0", "4.0"]);
    await page.getByRole("region", { name: "Requests by endpoint" }).getByRole("button", { name: "GET /slow" }).click();
    await hasHash(page, "#?from=30&to=90&endpoint=GET+%2Fslow");
    await hasCards(page, ["4.0 req/s", "0 % failed", "10.0 ms p95"]);
    assert.deepEqual(await seriousFaults(page), []);
    await page.goBack();
    await hasCards(page, ["10.0 req/s", "0 % failed"]);
    await page.goBack();
    await selection.waitFor({ state: "detached" });
    await hasCards(page, [], 5);
    await page.goForward();
    await selection.getByText("00:30–01:30").waitFor();
    assert.deepEqual(faults, []);
  },
);

test("a link opens with its selection, and each part of it is cleared by its button", needsBrowser, async (t) => {
  const { page, faults } = await opened(t, "#?from=150&to=300&endpoint=GET+%2Fslow");
  await page.getByRole("region", { name: "Selection" }).getByText("02:30–05:00").waitFor();
  await hasCards(page, ["5.0 req/s", "20.0 % failed", "100 ms p95"]);
  const moved = await page
    .getByRole("list", { name: "What moved most between here and before" })
    .locator("li")
    .allTextContents();
  assert.deepEqual(moved.slice(0, 3), [
    "GET /slow failed 0 % → 20.0 %",
    "all endpoints failed 0 % → 9.1 %",
    "all endpoints p95 10.0 ms → 100 ms",
  ]);
  const failures = page.getByRole("region", { name: "Failures", exact: true }).last();
  assert.deepEqual(await failures.locator("tbody td").allTextContents(), [
    "150",
    "20.0 %",
    "5xx",
    "GET /slow",
    "503 Busy",
  ]);
  await failures.getByRole("button", { name: "5xx" }).press("Enter");
  await hasHash(page, /&status=5xx$/);
  await page.getByRole("button", { name: "Clear the status 5xx" }).press("Enter");
  await page.getByRole("button", { name: "Clear the time 02:30–05:00" }).press("Enter");
  await hasHash(page, "#?endpoint=GET+%2Fslow");
  await hasCards(page, ["4.5 req/s", "11.1 % failed"]);
  await page.getByRole("button", { name: "clear selection" }).press("Enter");
  await page.getByRole("region", { name: "Selection" }).waitFor({ state: "detached" });
  assert.deepEqual(faults, []);
});

test("the keyboard alone selects a time, says it on a telephone too, and clears it", needsBrowser, async (t) => {
  const { page, faults } = await opened(t, "", { viewport: { width: 390, height: 844 } });
  await untilChartsAreDrawn(page);
  const chart = page.getByRole("application", { name: /^Throughput/ });
  await chart.focus();
  await page.keyboard.press("ArrowRight");
  for (let step = 0; step < 8; step++) await page.keyboard.press("Shift+ArrowRight");
  const selection = page.getByRole("region", { name: "Selection" });
  await selection.waitFor();
  await hasHash(page, /^#\?from=0&to=\d+$/);
  assert.equal(await page.evaluate("document.documentElement.scrollWidth - innerWidth"), 0);
  assert.deepEqual(await seriousFaults(page), []);
  await page.keyboard.press("Escape");
  await selection.waitFor({ state: "detached" });
  assert.deepEqual(faults, []);
});

async function opened(t: TestContext, hash = "", options: Parameters<typeof openPage>[2] = {}) {
  const file = path.join(await temporaryFolder(t), "report.html");
  await writeFile(file, renderHtml(report));
  const one = await openPage(await fileBrowser(t), `${pathToFileURL(file).href}${hash}`, options);
  await one.page.getByRole("region", { name: "Requests by endpoint" }).waitFor();
  return one;
}

/** The figures of an endpoint in the table: requests, failures, their share, min, p50, p95, p99, max, rate. */
async function row(page: Page, endpoint: string): Promise<string[]> {
  const table = page.getByRole("region", { name: "Requests by endpoint" });
  const cells = await table.locator("tbody tr", { hasText: endpoint }).locator("td.number").allTextContents();
  return cells.slice(0, 9);
}
