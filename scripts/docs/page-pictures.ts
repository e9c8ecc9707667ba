// `node scripts/bootstrap.mjs scripts/docs/page-pictures.ts`: takes the pictures of the web page and of the HTML report in docs/images, at
// three widths, of a run of a minute against the sample API, which misbehaves on the way. Needs chromium.

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { openPage, startBrowser } from "../../tests/support/browser.ts";
import { SampleApi } from "../../tests/support/sample-api.ts";
import { WebMaster } from "../../tests/support/web-master.ts";
import { palettePng } from "./palette-png.ts";

const images = fileURLToPath(new URL("../../docs/images/", import.meta.url));
const picturedTest = fileURLToPath(new URL("pictured-test.ts", import.meta.url));
const usual = { viewport: { width: 1280, height: 880 }, colorScheme: "light" } as const;
const dark = { ...usual, colorScheme: "dark" } as const;
const narrow = { ...usual, viewport: { width: 390, height: 844 } } as const;
const wide = { ...usual, viewport: { width: 2560, height: 1440 } } as const;
/** Charts are drawn some frames after their data are there. */
const drawnMs = 600;

const endings: (() => unknown)[] = [];
const cleanup = { after: (end: () => unknown) => void endings.unshift(end) };
try {
  await takePictures();
} finally {
  for (const end of endings) await end();
}

async function takePictures(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "muster-pictures-"));
  cleanup.after(() => rm(folder, { recursive: true, force: true }));
  const api = await SampleApi.start(cleanup);
  await api.misbehave({ latencyLognormal: { medianMs: 18, sigma: 0.6 }, errorRate: 0.004 });
  const words = ["run", picturedTest, `--host=${api.url}`, "--workers=3", "--ui"];
  const master = await WebMaster.start(cleanup, words, { env: { MUSTER_DATA_DIR: folder } });
  const browser = await startBrowser(cleanup);

  const { page } = await openPage(browser, master.url, usual);
  await page.locator("form.start canvas").waitFor();
  await save(page, "page-start-light");

  // One to compare with.
  const { id: first } = (await master.post("/api/runs", { durationMs: 30_000 })).json;
  await master.until("finished");
  const { id } = (await master.post("/api/runs", {})).json;
  await page.goto(`${master.url}/#/overview`);
  await secondsInto(master, 35);
  await api.misbehave({ latencyLognormal: { medianMs: 70, sigma: 0.7 }, errorRate: 0.03 });
  await secondsInto(master, 50);
  await save(page, "page-live-light");
  await picture(browser, `${master.url}/#/overview`, "page-live-dark", dark);
  await picture(browser, `${master.url}/#/overview`, "page-live-narrow", narrow);
  await picture(browser, `${master.url}/#/overview`, "page-live-wide", wide);
  await picture(browser, `${master.url}/#/workers`, "page-workers-dark", dark);
  await master.until("finished");
  // The service as it was at first, but slower.
  await api.misbehave({ latencyLognormal: { medianMs: 26, sigma: 0.6 }, errorRate: 0.004 });
  const { id: slower } = (await master.post("/api/runs", { durationMs: 30_000 })).json;
  await master.until("running");
  await master.until("finished");
  await picture(browser, `${master.url}/#/history`, "page-history-light", usual);
  await picture(browser, `${master.url}/#/compare/${first}/${slower}`, "page-compare-light", usual);
  const report = `${master.url}/api/runs/${id}/files/html`;
  await picture(browser, report, "report-light", usual);
  await picture(browser, report, "report-dark", dark);
  await picture(browser, report, "report-narrow", narrow);
  await picture(browser, report, "report-wide", wide);
}

async function secondsInto(master: WebMaster, seconds: number): Promise<void> {
  for (let tries = 0; tries < 600; tries += 1) {
    const { elapsedMs } = (await master.get<{ elapsedMs: number }>("/api/state")).json;
    if (elapsedMs >= seconds * 1_000) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(`the run has not come to ${seconds} s`);
}

async function picture(browser: Browser, url: string, name: string, options: BrowserContextOptions): Promise<void> {
  const { page } = await openPage(browser, url, options);
  await save(page, name);
  await page.context().close();
}

async function save(page: Page, name: string): Promise<void> {
  await page.locator("canvas, table").first().waitFor();
  // A page that was opened during a run has its report a moment later.
  await page.getByText("no requests yet").first().waitFor({ state: "hidden" });
  await page.waitForTimeout(drawnMs);
  await writeFile(join(images, `${name}.png`), palettePng(await page.screenshot()));
  console.log(`docs/images/${name}.png`);
}
