import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { type TestContext, test } from "node:test";
import { pathToFileURL } from "node:url";
import type { Page } from "playwright-core";
import { renderHtml } from "../../src/report/page/html.ts";
import { browserOfFile, needsBrowser, openPage, seriousFaults, untilChartsAreDrawn } from "../support/browser.ts";
import { layoutFaults } from "../support/layout-faults.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { randomSeconds, reportOfSeconds } from "./selection/random-run.ts";

const fileBrowser = browserOfFile();
const report = reportOfSeconds(randomSeconds(60, 11));

test(
  "rows of groups and checks select them, their tables follow the time, and what is not kept of them is said",
  needsBrowser,
  async (t) => {
    const { page, faults } = await opened(t);
    await region(page, "Groups").last().getByRole("button", { name: "order::pay" }).press("Enter");
    assert.equal(hashOf(page), "#?group=order%3A%3Apay");
    await page.getByRole("application", { name: /^Duration of the group, ms/ }).waitFor();
    await page.getByText("Requests, response times, failures and users are not kept by group.").waitFor();
    await page.getByText("Checks are kept by time only").waitFor();
    assert.equal(await region(page, "Groups").last().locator("tr.chosen").count(), 1);
    await untilChartsAreDrawn(page);
    assert.deepEqual(await seriousFaults(page), []);
    await page.evaluate("scrollTo(0, 0)");
    assert.deepEqual(await layoutFaults(page), []);
    await page.getByRole("button", { name: "Clear the group group order::pay" }).press("Enter");
    assert.equal(hashOf(page), "");
    await region(page, "Checks").last().getByRole("button", { name: "paid" }).press("Enter");
    assert.equal(hashOf(page), "#?check=paid");
    await page.getByRole("application", { name: /^Share of failed checks/ }).waitFor();
    assert.deepEqual(await seriousFaults(page), []);
    await page.keyboard.press("Escape");
    assert.equal(hashOf(page), "");
    assert.deepEqual(faults, []);
  },
);

test("workers stand beside each other, each a way to its figures", needsBrowser, async (t) => {
  const { page, faults } = await opened(t);
  const sparks = region(page, "Requests/s of each worker, side by side");
  assert.deepEqual(await sparks.getByRole("button").allTextContents(), ["#1", "#2"]);
  for (const line of await sparks.locator("path").all()) assert.match((await line.getAttribute("d")) ?? "", /^M0 .*L/);
  await sparks.getByRole("button", { name: "#2" }).press("Enter");
  assert.equal(hashOf(page), "#?worker=2");
  assert.deepEqual(faults, []);
});

test("throughput shows the chosen kind of failures, and the heat map the chosen endpoint", needsBrowser, async (t) => {
  const { page, faults } = await opened(t);
  await untilChartsAreDrawn(page);
  const throughput = page.locator(".chart", { hasText: "Throughput and failures" });
  await throughput.getByText("failures/s").waitFor();
  await region(page, "Failures").last().getByRole("button", { name: "5xx" }).first().press("Enter");
  await throughput.getByText("5xx/s").waitFor();
  const heat = page.getByRole("application", { name: /^Response time heat map/ });
  const all = await heat.getAttribute("aria-label");
  await region(page, "Requests by endpoint").getByRole("button", { name: "POST /pay" }).press("Enter");
  assert.equal(hashOf(page), "#?endpoint=POST+%2Fpay&status=5xx");
  const pay = report.result.endpoints.find(({ method, name }) => `${method} ${name}` === "POST /pay");
  await page.getByRole("application", { name: `heat map, ms. ${pay?.requests} response times` }).waitFor();
  assert.notEqual(await heat.getAttribute("aria-label"), all);
  assert.deepEqual(faults, []);
});

async function opened(t: TestContext) {
  const file = path.join(await temporaryFolder(t), "report.html");
  await writeFile(file, renderHtml(report));
  const one = await openPage(await fileBrowser(t), pathToFileURL(file).href);
  await region(one.page, "Requests by endpoint").waitFor();
  return one;
}

function region(page: Page, name: string) {
  return page.getByRole("region", { name, exact: true });
}

function hashOf(page: Page): string {
  return new URL(page.url()).hash;
}
