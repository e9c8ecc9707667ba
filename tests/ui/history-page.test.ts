import assert from "node:assert/strict";
import { browserOfFile, needsBrowser, openPage, seriousFaults } from "../support/browser.ts";
import { casesByDepth } from "../support/depth.ts";
import { layoutFaults } from "../support/layout-faults.ts";
import { waitUntil } from "../support/wait-until.ts";
import { runRow } from "./run-row.ts";
import { SimulatedMaster } from "./simulated-master.ts";

const fileBrowser = browserOfFile();

/** Runs of a test that has become slower, and of another one that has just begun. */
const values = [100, 102, 99, 101, 100, 98, 103, 150, 152, 149, 151, 150, 148, 220];
const runs = [
  runRow(20, { id: "other", test: "search", verdict: "failed", p95Ms: 900 }),
  ...values
    .map((p95Ms, day) => {
      const isRelease = day === 7 ? { name: "release-7", tags: ["nightly"], users: 20 } : {};
      return runRow(day, { p95Ms, verdict: p95Ms > 200 ? "failed" : "passed", ...isRelease });
    })
    .toReversed(),
];

for (const [look, declare] of casesByDepth(1, [
  { viewport: { width: 1280, height: 800 } },
  { viewport: { width: 390, height: 844 }, colorScheme: "dark" },
  { viewport: { width: 2560, height: 1440 } },
] as const)) {
  declare(
    `History at ${look.viewport.width} px: the trend of a test, its change points, and its runs as links`,
    async (t) => {
      const master = await SimulatedMaster.start(t, { endpoints: 2, workers: 1, windows: 60 });
      master.runs = runs;
      const { page, faults } = await openPage(await fileBrowser(t), `${master.url}#/history`, look);
      const trend = page.getByRole("region", { name: "Trend" });
      await trend.getByText("a trend needs two runs that passed or failed").waitFor();
      await trend.getByRole("combobox").selectOption("shop / default");
      const chart = trend.locator("figure", { hasText: "Response time p95, ms" });
      await chart.getByText("✗ +50 %").waitFor();
      assert.equal(await chart.getByRole("link").count(), values.length);
      assert.match((await chart.textContent()) ?? "", /150 for 7 runs, noise .*; the newest run lies outside/);
      const changes = trend.getByRole("list", { name: "Changes" });
      assert.match(
        (await changes.textContent()) ?? "",
        /✗ worse Response time p95, ms: \+50 %, to 150 since release-7 .*nightly, also: users 10 → 20 compare/,
      );
      assert.equal(await changes.getByRole("link", { name: "compare" }).getAttribute("href"), "#/compare/run-6/run-7");
      const newest = chart.getByRole("link", { name: /^run-13: 220, .*failed, outside of the noise band/ });
      await newest.focus();
      await page.keyboard.press("Enter");
      await page.waitForURL(/#\/runs\/run-13$/);
      await page.goBack();
      await chart.waitFor();
      assert.deepEqual(await seriousFaults(page), []);
      assert.equal(await page.evaluate("document.documentElement.scrollWidth - innerWidth"), 0);
      // The simulated master has no stored run to open.
      assert.deepEqual(
        faults.filter((fault) => !fault.includes("not valid JSON")),
        [],
      );
    },
    needsBrowser,
  );
}

for (const [viewport, declare] of casesByDepth(1, [
  { width: 2560, height: 1440 },
  { width: 1280, height: 800 },
  { width: 390, height: 844 },
])) {
  const { width } = viewport;
  declare(
    `the wall at ${width} px shows one run or all tests, large, and fills the screen`,
    async (t) => {
      const master = await SimulatedMaster.start(t, { endpoints: 2, workers: 1, windows: 60 });
      master.runs = runs;
      const { page, faults } = await openPage(await fileBrowser(t), `${master.url}#/wall`, { viewport });
      const verdict = page.getByRole("region", { name: "Verdict" });
      // The page may begin to listen anew after a second that was sent; more than it can draw would keep it from that.
      await waitUntil("the page shows the verdict", async () => {
        master.tick();
        const shown = verdict.getByText("Passing so far").waitFor({ timeout: 1_000 });
        return await shown.then(
          () => true,
          () => false,
        );
      });
      await page.getByText("p95 over the run").waitFor();
      const figures = (await page.locator("dl.wall-figures").textContent()) ?? "";
      assert.match(figures, /p95 ms40\.0failed.*req\/s.*users50/);
      if (width === 2560) {
        // Letters of 1 cm for each metre: a screen of 1.2 m has 21 pixels to the cm.
        const sizes = (await page.evaluate(sizesOfText)) as Record<string, number>;
        assert.ok((sizes[".wall-word"] ?? 0) >= 200, JSON.stringify(sizes));
        assert.ok((sizes["dl.wall-figures dd"] ?? 0) >= 60, JSON.stringify(sizes));
        assert.ok((sizes["dl.wall-figures dt"] ?? 0) >= 40, JSON.stringify(sizes));
        assert.ok(Number(await page.evaluate("document.querySelector('.wall').clientWidth")) >= 2_500);
      }
      assert.deepEqual(await seriousFaults(page), []);
      // The wall cuts off what is too wide for it.
      assert.deepEqual(await layoutFaults(page), [], `${width}`);
      await page.getByRole("link", { name: "all tests" }).press("Enter");
      await page.getByText("✗ 2 failed").waitFor();
      const tiles = await page.locator(".wall-tile").allTextContents();
      assert.match(tiles[0] ?? "", /✗ Failed\s*search \/ default\s*900 ms p95/);
      assert.match(tiles[1] ?? "", /✗ Failed\s*shop \/ default\s*220 ms p95 ! unusual/);
      assert.deepEqual(await seriousFaults(page), []);
      assert.deepEqual(await layoutFaults(page), [], `${width}`);
      assert.equal(await page.evaluate("document.querySelector('.wall').scrollWidth - innerWidth"), 0, `${width}`);
      assert.deepEqual(faults, []);
    },
    needsBrowser,
  );
}

/** The smallest size of the text of some elements, in pixels. */
const sizesOfText = `Object.fromEntries(
  [".wall-word", "dl.wall-figures dd", "dl.wall-figures dt"].map((selector) => [
    selector,
    Math.min(...[...document.querySelectorAll(selector)].map((one) => parseFloat(getComputedStyle(one).fontSize))),
  ]),
)`;
