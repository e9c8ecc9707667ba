import assert from "node:assert/strict";
import { test } from "node:test";
import type { Page } from "playwright-core";
import type { LiveSearch } from "../../src/api/contract/live.ts";
import { browserOfFile, needsBrowser, openPage, seriousFaults, untilChartsAreDrawn } from "../support/browser.ts";
import { casesByDepth } from "../support/depth.ts";
import { waitUntil } from "../support/wait-until.ts";
import { SimulatedMaster } from "./simulated-master.ts";

const fileBrowser = browserOfFile();

const search: LiveSearch = {
  now: "trial 4: 320/s, measured for 5 of 12 s",
  known: "213/s held, 480/s failed",
  trials: [
    { number: 2, outcome: "passed", text: "213/s held, p95 120 ms" },
    { number: 3, outcome: "failed", text: "480/s failed, p95 812 ms: p95 < 500 ms" },
  ],
};

for (const [[where, look], declare] of casesByDepth(1, [
  ["in dark", { colorScheme: "dark" }],
  ["on a telephone", { viewport: { width: 390, height: 844 } }],
] as const)) {
  declare(
    `${where}, the live page draws a run as it grows, in every view, and axe finds nothing serious`,
    async (t) => {
      const master = await SimulatedMaster.start(t, { endpoints: 12, workers: 3, windows: 60 });
      const { page, faults } = await openPage(await fileBrowser(t), master.url, look);
      await page.getByText("● running").waitFor();
      await waitUntil("the page listens", () => master.isHeard);
      master.search = search;
      master.tick();
      await untilChartsAreDrawn(page);
      await page.getByText("Searching for the capacity").waitFor();
      const status = page.getByRole("region", { name: "Capacity search" });
      await status.getByText("trial 4: 320/s, measured for 5 of 12 s").waitFor();
      assert.deepEqual(await status.getByRole("listitem").allTextContents(), [
        "✗ trial 3: 480/s failed, p95 812 ms: p95 < 500 ms",
        "✓ trial 2: 213/s held, p95 120 ms",
      ]);
      await page.goto(`${master.url}#/logs`);
      await page.getByText(master.earlierLine.message).waitFor();
      for (const view of ["overview", "endpoints", "failures", "checks", "workers", "ratios", "logs", "history"]) {
        await page.goto(`${master.url}#/${view}`);
        await page.locator(`nav a[aria-current][href="#/${view}"]`).waitFor();
        assert.deepEqual(await seriousFaults(page), [], view);
        assert.equal(await page.evaluate("document.documentElement.scrollWidth - innerWidth"), 0, view);
      }
      // The menu lies over what stands below, at any width.
      await page.goto(`${master.url}#/overview`);
      await page.locator("summary").click();
      await page.getByRole("button", { name: "Change" }).waitFor();
      assert.ok(await page.evaluate(changeIsOnTop), "the menu is cut off");
      // Opened on a view without the charts of the overview, the axis is that of the run all the same.
      await page.goto(`${master.url}#/workers`);
      await page.reload();
      const chart = page.locator(".chart", { hasText: "Requests/s of each worker" });
      await chart.locator("canvas").waitFor();
      await chart.getByRole("application").press("ArrowLeft");
      await chart
        .locator(".legend")
        .getByText(/00:5\d/)
        .waitFor();
      assert.deepEqual(faults, []);
    },
    needsBrowser,
  );
}

test("a lost connection is said, what was known stays, and the page comes back by itself", needsBrowser, async (t) => {
  const master = await SimulatedMaster.start(t, { endpoints: 2, workers: 1, windows: 60 });
  const { page } = await openPage(await fileBrowser(t), master.url);
  await waitUntil("the page listens", () => master.isHeard);
  master.tick();
  await page.locator(".chart canvas").first().waitFor();
  await page.route("**/api/live", (route) => route.abort());
  master.cut();
  await page.getByText(/connection to the master lost \d+ s ago/).waitFor();
  assert.ok((await rows(page)) > 0);
  await page.unroute("**/api/live");
  await waitUntil("the page listens again", () => master.isHeard);
  await page.getByText(/connection to the master lost/).waitFor({ state: "detached" });
});

function rows(page: Page): Promise<number> {
  return page.getByRole("region", { name: "Requests by endpoint" }).locator("tbody tr").count();
}

/** Whether a press in the middle of the menu's button would reach it. */
const changeIsOnTop = `(() => {
  const button = document.querySelector(".menu-body button");
  document.querySelector(".menu summary").scrollIntoView({ block: "start" });
  const { left, top, width, height } = button.getBoundingClientRect();
  return document.elementFromPoint(left + width / 2, top + height / 2) === button;
})()`;
