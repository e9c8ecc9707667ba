import { readFile } from "node:fs/promises";
import { after } from "node:test";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { chromiumPath } from "../../scripts/optional-tools.ts";
import type { Cleanup } from "./test-process.ts";
import { patienceMs, waitUntil } from "./wait-until.ts";

/** Options of a test that skip it, with a reason, if there is no browser. */
export const needsBrowser = { skip: chromiumPath() === null ? "chromium is not installed" : false };

/** Starts a headless browser with its own profile, which makes no network requests by itself. It ends with the test. */
export async function startBrowser(cleanup: Cleanup): Promise<Browser> {
  const browser = await launchBrowser();
  cleanup.after(() => browser.close());
  return browser;
}

let launched: Promise<Browser> | undefined;

/**
 * Returns a function that gives each test the one browser of its process, which its file may share with others. The pages of a test are
 * closed after it. For files whose tests run one after another. Call it at the top of the file.
 */
export function browserOfFile(): (cleanup: Cleanup) => Promise<Browser> {
  after(async () => {
    const browser = await launched;
    launched = undefined;
    await browser?.close();
  });
  return async (cleanup) => {
    launched ??= launchBrowser();
    const browser = await launched;
    cleanup.after(async () => {
      await Promise.all(browser.contexts().map((context) => context.close()));
    });
    return browser;
  };
}

function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: chromiumPath() ?? "chromium",
    headless: true,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

export interface OpenedPage {
  readonly page: Page;
  /** The errors in the console, and uncaught exceptions. */
  readonly faults: readonly string[];
}

/** Opens a page in its own context. */
export async function openPage(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<OpenedPage> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  context.setDefaultTimeout(patienceMs);
  const page = await context.newPage();
  const faults: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") faults.push(message.text());
  });
  page.on("pageerror", (error) => faults.push(error.message));
  await page.goto(url);
  return { page, faults };
}

/** An empty canvas has one colour; text alone adds a few greys. */
const fewColours = 10;

/** Resolves when every chart of the page is drawn, except for those that say that they have no data. */
export async function untilChartsAreDrawn(page: Page): Promise<void> {
  await page.locator(".chart canvas").first().waitFor();
  await waitUntil("all charts are drawn", async () => {
    const colours: number[] = await page.evaluate(`[...document.querySelectorAll(".chart canvas")].map((canvas) => {
      const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
      return new Set(new Uint32Array(data.buffer)).size;
    })`);
    return colours.every((number) => number > fewColours);
  });
}

/** The charts that say that they have no data. */
export function emptyCharts(page: Page): Promise<string[]> {
  return page
    .locator(".chart", { has: page.locator(".empty") })
    .locator("h3")
    .allTextContents();
}

let axe: string | undefined;

/** The findings of axe that are at least serious: "rule: element". */
export async function seriousFaults(page: Page): Promise<string[]> {
  axe ??= await readFile(new URL(import.meta.resolve("axe-core/axe.min.js")), "utf8");
  // Evaluated, because the policy of the page would refuse an added script element. Once for a page, whatever view it shows.
  if (await page.evaluate("!globalThis.axe")) await page.evaluate(axe);
  // What passes is not looked up, which takes most of the time on a page with large tables.
  return page.evaluate(`axe.run({ resultTypes: ["violations"] }).then(({ violations }) =>
    violations
      .filter(({ impact }) => impact === "serious" || impact === "critical")
      .flatMap(({ id, nodes }) => nodes.map(({ html }) => id + ": " + html)))`);
}
