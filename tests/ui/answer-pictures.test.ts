import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { type TestContext, test } from "node:test";
import { pathToFileURL } from "node:url";
import type { Page } from "playwright-core";
import { renderHtml } from "../../src/report/page/html.ts";
import type { RunReport } from "../../src/report/page/model.ts";
import { browserOfFile, needsBrowser, openPage, seriousFaults } from "../support/browser.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import {
  absorbed,
  drifting,
  found,
  notJudged,
  withCapacity,
  withDrift,
  withSpike,
} from "./pictures/answered-reports.ts";

const fileBrowser = browserOfFile();

test("a capacity search shows its answer, and each trial with how it ended", needsBrowser, async (t) => {
  const findings = await opened(t, withCapacity(found));
  assert.match((await findings.locator(".answer .card").first().textContent()) ?? "", /^380 \/scapacity$/);
  const p95 = findings.getByRole("img", { name: /^p95 in ms by load/ });
  assert.match((await p95.getAttribute("aria-label")) ?? "", /trial 4, 400 iterations\/s: nothing measured, void/);
  assert.equal(await p95.locator("circle, .stroke").count(), found.trials.length);
  await p95.getByText("knee 320").waitFor();
  await p95.getByText("7: not judged").waitFor();
});

test("a spike shows its base, its peak, its absorption and its recovery", needsBrowser, async (t) => {
  const findings = await opened(t, withSpike(absorbed));
  const picture = findings.getByRole("img", { name: /^Spike: p95/ });
  const texts = await picture.locator(".span text").allTextContents();
  assert.deepEqual(texts, [
    "base p95 40.0 ms",
    "spike 30 s, p99 up to 1,240 ms",
    "✓ absorbed after 20 s",
    "✓ recovered after 12 s",
  ]);
});

test(
  "a soak shows its line and where it crosses its target; one that was not judged says so",
  needsBrowser,
  async (t) => {
    const findings = await opened(t, withDrift(drifting));
    const picture = findings.getByRole("img", { name: /^p95 of all requests/ });
    await picture.getByText("07:15").waitFor();
    assert.match((await picture.locator(".fitted.failed").first().getAttribute("d")) ?? "", /^M\d/);
    const untold = await opened(t, withDrift(notJudged));
    await untold.getByText("– not judged: 11 points after the warm-up; 24 are needed").waitFor();
  },
);

/** Opens a report in the light and, on a telephone, in the dark; returns its findings there. */
async function opened(t: TestContext, report: RunReport) {
  const file = path.join(await temporaryFolder(t), "report.html");
  await writeFile(file, renderHtml(report));
  const look = async (width: number, colorScheme: "light" | "dark") => {
    const url = pathToFileURL(file).href;
    const { page, faults } = await openPage(await fileBrowser(t), url, {
      viewport: { width, height: 800 },
      colorScheme,
    });
    await page.locator("#findings .plane").first().waitFor();
    assert.deepEqual(await seriousFaults(page), []);
    assert.equal(await overflow(page), 0);
    assert.deepEqual(faults, []);
    return page.locator("#findings");
  };
  await look(390, "dark");
  return look(1_280, "light");
}

function overflow(page: Page): Promise<number> {
  return page.evaluate("document.documentElement.scrollWidth - innerWidth");
}
