import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import type { TestContext } from "node:test";
import { pathToFileURL } from "node:url";
import type { BrowserContextOptions } from "playwright-core";
import { renderHtml } from "../../src/report/page/html.ts";
import type { RunReport } from "../../src/report/page/model.ts";
import { browserOfFile, needsBrowser, openPage, seriousFaults } from "../support/browser.ts";
import { casesByDepth } from "../support/depth.ts";
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

for (const [[where, look], declare] of casesByDepth(1, [
  ["in the light", { viewport: { width: 1_280, height: 800 }, colorScheme: "light" }],
  ["on a telephone in the dark", { viewport: { width: 390, height: 800 }, colorScheme: "dark" }],
] as const)) {
  declare(
    `${where}, a capacity search shows its answer, and each trial with how it ended`,
    async (t) => {
      const findings = await opened(t, look, withCapacity(found));
      assert.match((await findings.locator(".answer .card").first().textContent()) ?? "", /^380 \/scapacity$/);
      const p95 = findings.getByRole("img", { name: /^p95 in ms by load/ });
      assert.match((await p95.getAttribute("aria-label")) ?? "", /trial 4, 400 iterations\/s: nothing measured, void/);
      assert.equal(await p95.locator("circle, .stroke").count(), found.trials.length);
      await p95.getByText("knee 320").waitFor();
      await p95.getByText("7: not judged").waitFor();
    },
    needsBrowser,
  );

  declare(
    `${where}, a spike shows its base, its peak, its absorption and its recovery`,
    async (t) => {
      const findings = await opened(t, look, withSpike(absorbed));
      const picture = findings.getByRole("img", { name: /^Spike: p95/ });
      const texts = await picture.locator(".span text").allTextContents();
      assert.deepEqual(texts, [
        "base p95 40.0 ms",
        "spike 30 s, p99 up to 1,240 ms",
        "✓ absorbed after 20 s",
        "✓ recovered after 12 s",
      ]);
    },
    needsBrowser,
  );

  declare(
    `${where}, a soak shows its line and where it crosses its target; one that was not judged says so`,
    async (t) => {
      const findings = await opened(t, look, withDrift(drifting));
      const picture = findings.getByRole("img", { name: /^p95 of all requests/ });
      await picture.getByText("07:15").waitFor();
      assert.match((await picture.locator(".fitted.failed").first().getAttribute("d")) ?? "", /^M\d/);
      const untold = await opened(t, look, withDrift(notJudged));
      await untold.getByText("– not judged: 11 points after the warm-up; 24 are needed").waitFor();
    },
    needsBrowser,
  );
}

/** Opens a report, and returns its findings. */
async function opened(t: TestContext, look: BrowserContextOptions, report: RunReport) {
  const file = path.join(await temporaryFolder(t), "report.html");
  await writeFile(file, renderHtml(report));
  const { page, faults } = await openPage(await fileBrowser(t), pathToFileURL(file).href, look);
  await page.locator("#findings .plane").first().waitFor();
  assert.deepEqual(await seriousFaults(page), []);
  assert.equal(await page.evaluate("document.documentElement.scrollWidth - innerWidth"), 0);
  assert.deepEqual(faults, []);
  return page.locator("#findings");
}
