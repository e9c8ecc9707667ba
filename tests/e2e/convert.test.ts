import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import type { Browser } from "playwright-core";
import { needsBrowser, startBrowser } from "../support/browser.ts";
import { completedRun, MusterProcess } from "../support/muster-process.ts";
import { StaleValuesService } from "../support/stale-values-service.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

/** Logs in and buys something, as a person does, and writes what the browser recorded. */
async function record(browser: Browser, url: string, file: string): Promise<void> {
  const context = await browser.newContext({ recordHar: { path: file } });
  const page = await context.newPage();
  await page.goto(`${url}/login`);
  await page.locator("[name=user]").fill("ada");
  await page.locator("[name=password]").fill("a b&c");
  await page.getByText("Log in").click();
  await page.locator("#buy").click();
  await page.getByText("paid").waitFor();
  await context.close();
}

test("what Chromium recorded replays against a service that refuses stale values", needsBrowser, async (t) => {
  const service = await StaleValuesService.start(t);
  const browser = await startBrowser(t);
  const folder = await temporaryFolder(t);
  for (const name of ["first.har", "second.har"]) await record(browser, service.url, join(folder, name));
  assert.deepEqual([service.refused, service.paid], [[], 2]);

  const convert = new MusterProcess(t, ["convert", "first.har", "second.har", "--out", "shop.ts"], { cwd: folder });
  assert.equal((await convert.ended()).code, 0, convert.stderr);
  const text = await readFile(join(folder, "shop.ts"), "utf8");
  const iterations = text
    .replace(/load: .*/, "load: iterations({ users: 3, perUser: 2 }),")
    .replace("closed", "iterations");
  await writeFile(join(folder, "shop.ts"), iterations.replace(/pause: .*\n/, "").replace("between, ", ""));
  const { code, result } = await completedRun(t, [join(folder, "shop.ts")]);
  assert.deepEqual([service.refused, service.paid], [[], 2 + 3 * 2], text);
  assert.deepEqual([code, result.errors], [0, []], text);
});
