// `npm run bench:live-page`: what one second of a large run costs the web page, and how much a browser loads first.
// The run is simulated: 200 endpoints, 100 workers, 600 windows drawn.

import { chromiumPath } from "../scripts/optional-tools.ts";
import { openPage, startBrowser } from "../tests/support/browser.ts";
import { firstLoadBytes } from "../tests/support/first-load.ts";
import { SimulatedMaster } from "../tests/ui/simulated-master.ts";

const updates = 20;
let before = new Map<string, number>();
const endings: (() => unknown)[] = [];
const cleanup = { after: (end: () => unknown) => endings.unshift(end) };

if (chromiumPath() === null) throw new Error("chromium is not installed");
const master = await SimulatedMaster.start(cleanup, { endpoints: 200, workers: 100, windows: 600 });
const browser = await startBrowser(cleanup);
for (const view of ["overview", "endpoints", "workers"]) {
  const { page } = await openPage(browser, `${master.url}#/${view}`);
  await page.locator("table").first().waitFor();
  const session = await page.context().newCDPSession(page);
  // Time of the thread, as other work on the machine must not count.
  await session.send("Performance.enable", { timeDomain: "threadTicks" });
  // The first updates compile.
  for (let update = -3; update < updates; update += 1) {
    if (update === 0) await session.send("Performance.getMetrics").then(remember);
    master.tick();
    await page.waitForTimeout(300);
  }
  const after = read(await session.send("Performance.getMetrics"));
  const per = (name: string) => (((after.get(name) ?? 0) - (before.get(name) ?? 0)) * 1_000) / updates;
  const [script, style, layout] = ["ScriptDuration", "RecalcStyleDuration", "LayoutDuration"].map(per);
  console.log(
    `${view.padEnd(10)} script ${script?.toFixed(1)} ms, style ${style?.toFixed(1)} ms, layout ${layout?.toFixed(1)} ms per update`,
  );
  await page.context().close();
}
console.log(`first load ${(firstLoadBytes() / 1_000).toFixed(1)} kB compressed`);
for (const end of endings) await end();

function remember(metrics: Metrics): void {
  before = read(metrics);
}

interface Metrics {
  readonly metrics: readonly { readonly name: string; readonly value: number }[];
}

function read({ metrics }: Metrics): Map<string, number> {
  return new Map(metrics.map(({ name, value }) => [name, value]));
}
