import assert from "node:assert/strict";
import { test } from "node:test";
import type { Page } from "playwright-core";
import { browserOfFile, needsBrowser, openPage, seriousFaults } from "../support/browser.ts";
import { layoutFaults } from "../support/layout-faults.ts";
import type { Cleanup } from "../support/test-process.ts";
import { waitUntil } from "../support/wait-until.ts";
import { SimulatedMaster } from "./simulated-master.ts";

const browser = browserOfFile();

async function opened(t: Cleanup, visitor: SimulatedMaster["visitor"], width = 1_280) {
  const master = await SimulatedMaster.start(t, { endpoints: 3, workers: 2, windows: 60 });
  master.visitor = visitor;
  const one = await openPage(await browser(t), master.url, { viewport: { width, height: 800 } });
  await waitUntil("the page listens", () => master.isHeard);
  master.tick();
  await one.page.locator(".cards").waitFor();
  return { master, ...one };
}

const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true });

test("who may only look sees no control, and why", needsBrowser, async (t) => {
  for (const width of [1_280, 390]) {
    const { master, page, faults } = await opened(t, { role: "look", isLoggedIn: true }, width);
    await page.getByText("role look: may not steer").waitFor();
    for (const name of ["Pause", "Stop"]) assert.equal(await button(page, name).count(), 0, name);
    assert.equal(await page.getByText("Steer ▾").count(), 0);
    assert.deepEqual(await layoutFaults(page), [], `${width}`);
    await page.getByRole("link", { name: "Workers" }).click();
    await page.getByRole("region", { name: "Workers", exact: true }).getByText("host-1").waitFor();
    assert.equal(await button(page, "drain").count(), 0);
    master.state = { state: "finished", phase: "finished", canStart: true };
    master.tick();
    await page.getByText("role look: may not start runs").waitFor();
    assert.equal(await page.getByRole("link", { name: "New run" }).count(), 0);
    await page.goto(`${master.url}#/start`);
    await page.getByText(/Starting a run.* needs a token of the role start.* role look/).waitFor();
    assert.deepEqual(await seriousFaults(page), []);
    assert.deepEqual(faults, []);
  }
});

test("who may steer may stop and drain, and start nothing", needsBrowser, async (t) => {
  const { master, page, faults } = await opened(t, { role: "steer", isLoggedIn: false });
  await button(page, "Stop").first().waitFor();
  await page.getByText("Steer ▾").waitFor();
  assert.equal(await button(page, "Log out").count(), 0);
  await page.getByRole("link", { name: "Workers" }).click();
  await button(page, "drain").first().waitFor();
  master.state = { state: "finished", phase: "finished", canStart: true };
  master.tick();
  await page.getByText("role steer: may not start runs").waitFor();
  assert.deepEqual(faults, []);
});

test("a logout ends the session and leads to the login page", needsBrowser, async (t) => {
  const { page } = await opened(t, { role: "start", isLoggedIn: true });
  await button(page, "Log out").press("Enter");
  await page.getByText("Token").waitFor();
  assert.equal(new URL(page.url()).pathname, "/");
});

test("a session that has ended elsewhere is said, with the way back", needsBrowser, async (t) => {
  const { master, page } = await opened(t, { role: "start", isLoggedIn: true });
  master.endSession();
  await page.getByText(/the session of this page has ended/).waitFor();
  assert.ok(await button(page, "Stop").first().isDisabled());
  assert.deepEqual(await seriousFaults(page), []);
  await page.getByRole("link", { name: "log in again" }).click();
  await page.getByText("Token").waitFor();
});
