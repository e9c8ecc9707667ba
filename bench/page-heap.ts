// `npm run bench:page-heap -- HOURS`: the heap of a tab that watches a run for so long, by default for 24 h, which takes 15
// minutes. The run is simulated, with 200 endpoints and 100 workers: a hundred times as fast as time, each second is sent as
// its window, and each minute as all its events.

import { setTimeout as delay } from "node:timers/promises";
import { chromiumPath } from "../scripts/optional-tools.ts";
import { openPage, startBrowser } from "../tests/support/browser.ts";
import { waitUntil } from "../tests/support/wait-until.ts";
import { SimulatedMaster } from "../tests/ui/simulated-master.ts";

const hours = Number(process.argv[2] ?? 24);
const limitMb = 60;
const burst = 10;
const burstMs = 100;
/** The page requests a report every 15 s of its own time, which drops the windows before it: a busy machine must not delay it. */
const mostWindows = 1_500;
const endings: (() => unknown)[] = [];
const cleanup = { after: (end: () => unknown) => endings.unshift(end) };

if (chromiumPath() === null) throw new Error("chromium is not installed");
const master = await SimulatedMaster.start(cleanup, { endpoints: 200, workers: 100, windows: 600 });
const browser = await startBrowser(cleanup);
const { page } = await openPage(browser, `${master.url}#/overview`);
await waitUntil("the page listens", () => master.isHeard);
master.tick();
await page.locator("table").first().waitFor();
const session = await page.context().newCDPSession(page);
await session.send("HeapProfiler.enable");
let highest = 0;
let reported = { reports: 0, second: 0 };
for (let second = 0; second <= hours * 3_600; second += 1) {
  if (second % 60 === 0) master.tick();
  else master.tickWindow();
  if (second % burst === 0) await delay(burstMs);
  if (master.reports > reported.reports) reported = { reports: master.reports, second };
  if (second - reported.second > mostWindows) {
    await waitUntil("the page requests a report", () => master.reports > reported.reports, 600_000);
  }
  if (second % 1_800 !== 0) continue;
  await session.send("HeapProfiler.collectGarbage");
  // The values of typed arrays are outside of the heap of objects.
  const { usedSize, backingStorageSize } = await session.send("Runtime.getHeapUsage");
  const usedMb = (usedSize + backingStorageSize) / 1e6;
  highest = Math.max(highest, usedMb);
  console.log(`after ${(second / 3_600).toFixed(1).padStart(4)} h: ${usedMb.toFixed(1)} MB`);
}
console.log(`highest ${highest.toFixed(1)} MB; the limit is ${limitMb} MB`);
for (const end of endings) await end();
if (highest > limitMb) process.exitCode = 1;
