import assert from "node:assert/strict";
import { test } from "node:test";
import { count } from "../../src/report/numbers.ts";
import { browserOfFile, needsBrowser, openPage } from "../support/browser.ts";
import { waitUntil } from "../support/wait-until.ts";
import { SimulatedMaster } from "./simulated-master.ts";

const fileBrowser = browserOfFile();

test(
  "of 200 endpoints, rows in sight follow each second; those out of sight are exact once it ends",
  needsBrowser,
  async (t) => {
    const master = await SimulatedMaster.start(t, { endpoints: 200, workers: 2, windows: 60 });
    const { page, faults } = await openPage(await fileBrowser(t), `${master.url}#/endpoints`);
    await waitUntil("the page listens", () => master.isHeard);
    const rows = page.getByRole("region", { name: "Requests by endpoint" }).locator("tbody tr");
    const requestsAt = (row: number) => rows.nth(row).locator("td").nth(1).textContent();
    const expected = (row: number) => count(master.grown.endpoints[row]?.requests ?? 0);
    await rows.nth(199).waitFor({ state: "attached" });
    for (let second = 0; second < 3; second++) {
      master.tick();
      const shown = [0, 1, 5].map(expected);
      await waitUntil("the rows in sight", async () => {
        const texts = await Promise.all([0, 1, 5].map(requestsAt));
        return texts.join() === shown.join();
      });
    }
    const sent = master.grown.endpoints.map(({ requests }) => count(requests));
    await waitUntil("all rows", async () => {
      const texts = await rows.locator("td:nth-child(2)").allTextContents();
      return texts.join() === sent.join();
    });
    // A row that comes into sight is up to date at once.
    master.tick();
    await rows.nth(199).scrollIntoViewIfNeeded();
    await waitUntil("the last row", async () => (await requestsAt(199)) === expected(199));
    await page.getByRole("searchbox", { name: "Requests by endpoint" }).fill("/items/150");
    await waitUntil("the filter", async () => (await rows.count()) === 1 && (await requestsAt(0)) === expected(150));
    assert.deepEqual(faults, []);
  },
);
