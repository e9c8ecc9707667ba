import assert from "node:assert/strict";
import { test } from "node:test";
import type { Page } from "playwright-core";
import { needsBrowser, openPage, seriousFaults, startBrowser, untilChartsAreDrawn } from "../support/browser.ts";
import { waitUntil } from "../support/wait-until.ts";
import { SimulatedMaster } from "./simulated-master.ts";

test("the live page draws a run as it grows, in every view, and axe finds nothing serious", needsBrowser, async (t) => {
  const master = await SimulatedMaster.start(t, { endpoints: 12, workers: 3, windows: 60 });
  const browser = await startBrowser(t);
  for (const look of [{ colorScheme: "dark" as const }, { viewport: { width: 390, height: 844 } }]) {
    const { page, faults } = await openPage(browser, master.url, look);
    await page.getByText("● running").waitFor();
    await waitUntil("the page listens", () => master.isHeard);
    master.tick();
    await untilChartsAreDrawn(page);
    for (const view of ["overview", "endpoints", "failures", "checks", "workers", "ratios", "logs", "history"]) {
      await page.goto(`${master.url}#/${view}`);
      await page.locator(`nav a[aria-current][href="#/${view}"]`).waitFor();
      assert.deepEqual(await seriousFaults(page), [], view);
      assert.equal(await page.evaluate("document.documentElement.scrollWidth - innerWidth"), 0, view);
    }
    assert.deepEqual(faults, []);
    await page.context().close();
  }
});

test("a lost connection is said, what was known stays, and the page comes back by itself", needsBrowser, async (t) => {
  const master = await SimulatedMaster.start(t, { endpoints: 2, workers: 1, windows: 60 });
  const { page } = await openPage(await startBrowser(t), master.url);
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
