// `npm run bench:page-heap`: the heap of a tab that watches a run for 24 hours. The run is simulated, with 200 endpoints and 100
// workers: every second is sent as its window, every minute all the rest as well, and the clock of the page follows.
// `-- HOURS` sets another length.

import { chromiumPath } from "../scripts/optional-tools.ts";
import { formatClock } from "../src/core/duration.ts";
import { openPage, startBrowser } from "../tests/support/browser.ts";
import { waitUntil } from "../tests/support/wait-until.ts";
import { SimulatedMaster } from "../tests/ui/simulated-master.ts";

const hours = Number(process.argv[2] ?? 24);
const limitMb = 60;
const endings: (() => unknown)[] = [];
const cleanup = { after: (end: () => unknown) => endings.unshift(end) };

if (chromiumPath() === null) throw new Error("chromium is not installed");
const master = await SimulatedMaster.start(cleanup, { endpoints: 200, workers: 100, windows: 600 });
const browser = await startBrowser(cleanup);
const { page } = await openPage(browser, "about:blank");
await page.clock.install();
await page.goto(`${master.url}#/overview`);
await waitUntil("the page listens", () => master.isHeard);
master.tick();
await page.clock.runFor(1_000);
await page.locator("table").first().waitFor();
const session = await page.context().newCDPSession(page);
await session.send("HeapProfiler.enable");
let highest = 0;
for (let minute = 0; minute <= hours * 60; minute += 1) {
  for (let second = 0; second < 59; second += 1) master.tickWindow();
  const shown = formatClock(master.elapsedMs);
  master.tick();
  await page.clock.runFor(59_000);
  await waitUntil(`the page shows ${shown}`, async () => {
    await page.clock.runFor(100);
    return (await page.locator(".progress .number").textContent())?.includes(shown);
  });
  if (minute % 60 !== 0) continue;
  await session.send("HeapProfiler.collectGarbage");
  const { usedSize } = await session.send("Runtime.getHeapUsage");
  highest = Math.max(highest, usedSize / 1e6);
  if (minute % 240 === 0) console.log(`after ${String(minute / 60).padStart(2)} h: ${(usedSize / 1e6).toFixed(1)} MB`);
}
console.log(`highest ${highest.toFixed(1)} MB; the limit is ${limitMb} MB`);
for (const end of endings) await end();
if (highest > limitMb) process.exitCode = 1;
