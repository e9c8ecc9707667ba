import { readFile } from "node:fs/promises";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { chromiumPath } from "../../scripts/optional-tools.ts";
import type { Cleanup } from "./test-process.ts";
import { waitUntil } from "./wait-until.ts";

/** For the options of a test: says why it is skipped where no browser is. */
export const needsBrowser = { skip: chromiumPath() === null ? "chromium is not installed" : false };

/** A headless browser with a profile of its own that talks to nobody by itself. It ends with the test. */
export async function startBrowser(cleanup: Cleanup): Promise<Browser> {
  const browser = await launchBrowser();
  cleanup.after(() => browser.close());
  return browser;
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
  /** What it wrote to its console as an error, and what it threw. */
  readonly faults: readonly string[];
}

/** A page in a context of its own. */
export async function openPage(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<OpenedPage> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  const faults: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") faults.push(message.text());
  });
  page.on("pageerror", (error) => faults.push(error.message));
  await page.goto(url);
  return { page, faults };
}

/** A canvas with nothing but its paper has one colour; text alone makes some greys. */
const fewColours = 10;

/** Resolves when every chart of the page is drawn, but for those that say that they have nothing to draw. */
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

/** The charts that say that they have nothing to draw. */
export function emptyCharts(page: Page): Promise<string[]> {
  return page
    .locator(".chart", { has: page.locator(".empty") })
    .locator("h3")
    .allTextContents();
}

/** What axe finds that is serious or worse: "rule: element". */
export async function seriousFaults(page: Page): Promise<string[]> {
  const axe = new URL(import.meta.resolve("axe-core/axe.min.js"));
  // Evaluated, not added as an element: that, the page's policy would refuse.
  await page.evaluate(await readFile(axe, "utf8"));
  return page.evaluate(`axe.run().then(({ violations }) =>
    violations
      .filter(({ impact }) => impact === "serious" || impact === "critical")
      .flatMap(({ id, nodes }) => nodes.map(({ html }) => id + ": " + html)))`);
}
