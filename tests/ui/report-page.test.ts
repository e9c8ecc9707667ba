import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { type TestContext, test } from "node:test";
import { pathToFileURL } from "node:url";
import type { BrowserContextOptions } from "playwright-core";
import { renderHtml } from "../../src/report/page/html.ts";
import type { RunReport } from "../../src/report/page/model.ts";
import {
  browserOfFile,
  emptyCharts,
  needsBrowser,
  openPage,
  seriousFaults,
  untilChartsAreDrawn,
} from "../support/browser.ts";
import { casesByDepth } from "../support/depth.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { syntheticReport } from "./synthetic-report.ts";

const fileBrowser = browserOfFile();

const report = syntheticReport({ minutes: 5, endpoints: 8, workers: 3, windows: 300 });

const looks: readonly (readonly [name: string, look: BrowserContextOptions])[] = [
  ["in dark", { colorScheme: "dark" }],
  ["in light", { colorScheme: "light" }],
  ["on a telephone", { viewport: { width: 390, height: 844 } }],
];
for (const [[where, look], declare] of casesByDepth(2, looks)) {
  declare(
    `${where}, charts are drawn, and axe finds nothing serious`,
    async (t) => {
      const url = await reportFile(t, report);
      const { page, faults } = await openPage(await fileBrowser(t), url, { ...look, offline: true });
      await untilChartsAreDrawn(page);
      assert.deepEqual(await emptyCharts(page), ["Schedule lag p99, ms"]);
      assert.deepEqual(await seriousFaults(page), []);
      assert.equal(await page.evaluate("document.documentElement.scrollWidth - innerWidth"), 0);
      assert.deepEqual(faults, []);
    },
    needsBrowser,
  );
}

test("a report is drawn when it is loaded, so that a browser can print it at once", needsBrowser, async (t) => {
  const context = await (await fileBrowser(t)).newContext();
  const page = await context.newPage();
  await page.addInitScript(
    `addEventListener("load", () => { window.atLoad = document.querySelector(".page h1") !== null; });`,
  );
  await page.goto(await reportFile(t, report));
  assert.equal(await page.evaluate("atLoad"), true);
  await context.close();
});

test(
  "a table is sorted by a press on its head, filtered by its box, and its row drives the charts",
  needsBrowser,
  async (t) => {
    const { page, faults } = await openPage(await fileBrowser(t), await reportFile(t, report));
    const table = page.getByRole("region", { name: "Requests by endpoint" });
    const names = () => table.locator("tbody td.name").allTextContents();
    await table.getByRole("button", { name: "requests" }).click();
    assert.deepEqual((await names()).slice(0, 2), ["POST /items/7", "GET /items/6"]);
    await table.getByRole("button", { name: "requests" }).press("Enter");
    assert.deepEqual((await names()).slice(0, 2), ["GET /items/0", "GET /items/1"]);
    assert.equal(await table.locator("th[aria-sort]").getAttribute("aria-sort"), "ascending");
    await page.getByRole("searchbox", { name: "Requests by endpoint" }).fill("post");
    assert.deepEqual(await names(), ["POST /items/3", "POST /items/7"]);
    await table.getByRole("button", { name: "POST /items/7" }).click();
    assert.equal(await page.getByRole("combobox", { name: "endpoint" }).inputValue(), "POST /items/7");
    assert.deepEqual(faults, []);
  },
);

test(
  "the failed requests of an error are shown with what was answered, also on a telephone",
  needsBrowser,
  async (t) => {
    const size = { width: 390, height: 844 };
    const { page, faults } = await openPage(await fileBrowser(t), await reportFile(t, report), { viewport: size });
    await page.locator("summary", { hasText: "GET /items/0: 503 Service Unavailable" }).click();
    await page.getByText("at 01:05, user 17 on worker 2, after 12.5 ms (waiting 12.4, receiving 0.10)").waitFor();
    const texts = await page.locator("#failures pre").allTextContents();
    assert.equal(texts.length, 2);
    assert.match(
      texts[0] ?? "",
      /^GET \/items\/0\?filter=\S+ HTTP\/1\.1\nhost: .*\nauthorization: Bearer \*\*\*\n\n503\n.*\n\nbusy$/,
    );
    assert.match(texts[1] ?? "", /<b>still<\/b> busy$/);
    assert.deepEqual(await seriousFaults(page), []);
    assert.equal(await page.evaluate("document.documentElement.scrollWidth - innerWidth"), 0);
    assert.deepEqual(faults, []);
  },
);

test("dragging over one chart zooms all of them; Escape shows the whole run", needsBrowser, async (t) => {
  const { page, faults } = await openPage(await fileBrowser(t), await reportFile(t, report));
  const chart = page.getByRole("application", { name: /^Throughput/ });
  const box = await chart.locator(".u-over").boundingBox();
  assert.ok(box !== null);
  await page.mouse.move(box.x + box.width * 0.25, box.y + 50);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.75, box.y + 50, { steps: 4 });
  await page.mouse.up();
  await page.getByText("01:15 – 03:45").waitFor();
  await chart.focus();
  await page.keyboard.press("Escape");
  await page.getByText("01:15 – 03:45").waitFor({ state: "detached" });
  // The cursor by keyboard: every chart of time says its values at that moment.
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowRight");
  const legend = page.locator(".chart", { hasText: "Response time, ms" }).locator(".legend");
  assert.match((await legend.textContent()) ?? "", /p95 \d/);
  assert.deepEqual(faults, []);
});

test("a report without any data says so instead of drawing nothing", needsBrowser, async (t) => {
  const empty = syntheticReport({ minutes: 1, endpoints: 0, workers: 0, windows: 0 });
  const nothing: RunReport = { ...empty, heat: { startMs: [], widthMs: [], bucketsMs: [], counts: [] } };
  const { page, faults } = await openPage(await fileBrowser(t), await reportFile(t, nothing));
  await page.getByRole("region", { name: "Requests by endpoint" }).getByText("no requests yet").waitFor();
  assert.ok((await page.getByText("no requests yet").count()) >= 3);
  assert.deepEqual(await seriousFaults(page), []);
  assert.deepEqual(faults, []);
});

async function reportFile(t: TestContext, of: RunReport): Promise<string> {
  const file = path.join(await temporaryFolder(t), "report.html");
  await writeFile(file, renderHtml(of));
  return pathToFileURL(file).href;
}
