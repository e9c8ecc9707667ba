import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import type { RunReport } from "../../src/report/page/model.ts";
import type { Result } from "../../src/report/result/result-schema.ts";
import { browserOfFile, needsBrowser, openPage, seriousFaults } from "../support/browser.ts";
import { casesByDepth } from "../support/depth.ts";
import { layoutFaults } from "../support/layout-faults.ts";
import { waitUntil } from "../support/wait-until.ts";
import { absorbed, drifting, found, withCapacity, withDrift, withSpike } from "./pictures/answered-reports.ts";
import { runRow } from "./run-row.ts";
import { SimulatedMaster } from "./simulated-master.ts";

interface Situation {
  readonly name: string;
  /** What the page must say in it. */
  readonly says: RegExp;
  readonly view?: string;
  /** Makes the situation before the page is opened. */
  readonly make: (master: SimulatedMaster) => void;
  /** What happens once the page is open. */
  readonly next?: (master: SimulatedMaster, page: Page) => Promise<void>;
}

const standing = (...reasons: string[]) => ({ verdict: "failed" as const, reasons });
const change = (master: SimulatedMaster, changes: Partial<Result>) => {
  const result = { ...master.report.result, ...changes };
  master.report = { ...master.report, result };
  master.result = { ...master.result, result };
};
const ended = (master: SimulatedMaster, report: RunReport) => {
  const { result } = report;
  master.report = { ...report, state: "finished", standing: null };
  master.result = { result, standing: null };
  master.state = { state: "finished", phase: "finished", canStart: true };
};
const lost = { atMs: 30_000, kind: "worker-lost", text: "worker 1 (host, pid 7) was lost after 30.0 s" };

/** Those of which other tests say less come first. */
const situations: readonly Situation[] = [
  {
    name: "a soak has found a drift",
    says: /Failing so far: p95 of all requests rises/,
    make: (master) => {
      master.result = { standing: standing("p95 of all requests rises 14 % per hour") };
    },
  },
  {
    name: "the load is over, and users finish",
    says: /requests; the load is over/,
    make: (master) => {
      master.state = { state: "stopping", phase: "stopping" };
    },
  },
  {
    name: "a capacity search has answered",
    says: /380 \/s/,
    make: (master) => ended(master, withCapacity(found)),
  },
  {
    name: "a spike is over",
    says: /recovered after 12 s/,
    make: (master) => ended(master, withSpike(absorbed)),
  },
  {
    name: "a soak is over",
    says: /07:15/,
    make: (master) => ended(master, withDrift(drifting)),
  },
  {
    name: "a worker was lost",
    says: /1 lost/,
    make: (master) => {
      const workers = master.report.result.workers.map((worker, position) => ({ ...worker, lost: position === 0 }));
      change(master, { workers, warnings: [lost.text], events: [lost] });
    },
  },
  {
    name: "an open load is at the end of its users",
    says: /waiting for a free user/,
    make: (master) => {
      const { result } = master.report;
      const slow = (one: Result["total"]) => ({ ...one, responseTimeMs: { ...one.responseTimeMs, mean: 400 } });
      const endpoints = result.endpoints.map((one) => ({ ...one, ...slow(one) }));
      change(master, { total: slow(result.total), endpoints, droppedIterations: 40 });
    },
  },
  {
    name: "no request was made yet",
    says: /No requests yet/,
    make: (master) => {
      const { total } = master.report.result;
      change(master, { total: { ...total, requests: 0, failures: 0 }, endpoints: [], iterations: 0 });
      master.result = { ...master.result, standing: null };
      master.report = { ...master.report, standing: null };
    },
  },
  {
    name: "statistics were reset",
    says: /since the statistics were reset at 00:30/,
    make: (master) => {
      master.result = {
        standing: standing("error rate was 2 %"),
        since: { atMs: 30_000, result: master.report.result },
      };
    },
  },
  {
    name: "the master has gone",
    says: /connection to the master lost/,
    make: () => {},
    next: async (master, page) => {
      await page.route("**/api/**", (route) => route.abort());
      master.cut();
    },
  },
  {
    name: "History has an interrupted run",
    view: "history",
    says: /interrupted/,
    make: (master) => {
      master.runs = [runRow(2, { id: "killed", state: "interrupted", verdict: null }), runRow(1, { id: "one" })];
    },
  },
  {
    name: "the log has many lines",
    view: "logs",
    says: /times in/,
    make: (master) => {
      master.logs = [1, 2, 3].map((at) => ({ at: at * 1_000, level: "warn", node: "worker 1", message: "slow" }));
    },
  },
];

const fileBrowser = browserOfFile();

for (const [{ name, says, view = "overview", make, next }, declare] of casesByDepth(2, situations)) {
  declare(
    `when ${name}: it is said, axe and the console are silent, nothing overlaps, and the keyboard reaches all`,
    async (t) => {
      const master = await SimulatedMaster.start(t, { endpoints: 3, workers: 2, windows: 60 });
      make(master);
      const { page, faults } = await openPage(await fileBrowser(t), `${master.url}#/${view}`, {
        viewport: { width: 1280, height: 800 },
      });
      await waitUntil("the page listens", () => master.isHeard);
      master.tick();
      await page.locator("main").waitFor();
      await next?.(master, page);
      await page.getByText(says).first().waitFor({ state: "attached" });
      assert.deepEqual(await seriousFaults(page), []);
      assert.deepEqual(await layoutFaults(page), []);
      await assertKeyboardReachesAll(page);
      // A request that the test itself has refused is one in the console.
      assert.deepEqual(
        faults.filter((fault) => !/ERR_FAILED|ERR_INCOMPLETE_CHUNKED|ERR_CONNECTION/.test(fault)),
        [],
      );
    },
    needsBrowser,
  );
}

const controls = `[...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex='0']")]
  .filter((one) => !one.disabled && one.checkVisibility())`;

/** Presses Tab until the focus is back at the start; each control of the page must have had it, and have shown it. */
async function assertKeyboardReachesAll(page: Page): Promise<void> {
  await page.evaluate(`document.activeElement?.blur(); window.scrollTo(0, 0)`);
  const count: number = await page.evaluate(`${controls}.length`);
  await page.evaluate("void (window.focused = new Map())");
  for (let press = 0; press < count + 5; press++) {
    await page.keyboard.press("Tab");
    await page.evaluate(`(() => {
      const one = document.activeElement;
      const { outlineStyle, outlineWidth } = getComputedStyle(one);
      window.focused.set(one, outlineStyle !== "none" && parseFloat(outlineWidth) > 0);
    })()`);
  }
  const missed: string[] = await page.evaluate(`${controls}
    .filter((one) => window.focused.get(one) !== true)
    .map((one) => (window.focused.has(one) ? "focus not seen: " : "not reached: ") + one.outerHTML.slice(0, 120))`);
  assert.deepEqual(missed, []);
}
