import assert from "node:assert/strict";
import { stat } from "node:fs/promises";
import path from "node:path";
import { pathToFileURL } from "node:url";
import {
  emptyCharts,
  needsBrowser,
  openPage,
  seriousFaults,
  startBrowser,
  untilChartsAreDrawn,
} from "../support/browser.ts";
import { deepTest } from "../support/depth.ts";
import { fixture } from "../support/fixture.ts";
import { MusterRun } from "../support/muster-process.ts";
import { sampleApiOfFile } from "../support/sample-api.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const freshApi = sampleApiOfFile();

deepTest(
  "a browser without a network shows the whole report of a run with three workers",
  async (t) => {
    const api = await freshApi();
    await api.misbehave({ latencyLognormal: { medianMs: 5, sigma: 0.5 }, errorRate: 0.02 });
    const file = path.join(await temporaryFolder(t), "report.html");
    const words = ["run", fixture("plot-palette-quick"), `--host=${api.url}`, "--workers=3", `--html=${file}`];
    const run = await MusterRun.start(t, words);
    const { result } = await run.finished();
    assert.ok((await stat(file)).size < 1_000_000);

    const browser = await startBrowser(t);
    const startedMs = performance.now();
    const { page, faults } = await openPage(browser, pathToFileURL(file).href, { offline: true });
    await untilChartsAreDrawn(page);
    t.diagnostic(`${(await stat(file)).size} bytes, drawn in ${Math.round(performance.now() - startedMs)} ms`);

    // In a closed load nothing is ever due.
    assert.deepEqual(await emptyCharts(page), ["Schedule lag p99, ms"]);
    const table = page.getByRole("region", { name: "Requests by endpoint" });
    await table.getByRole("button", { name: "requests" }).click();
    const counts = (await table.locator("tbody td:nth-child(2)").allTextContents()).map(numberOf);
    assert.deepEqual(
      counts,
      result.endpoints.map(({ requests }) => requests).sort((a, b) => b - a),
    );
    assert.equal(numberOf((await table.locator("tfoot td:nth-child(2)").textContent()) ?? ""), result.total.requests);
    const workers = page.getByRole("region", { name: "Workers", exact: true });
    assert.equal(await workers.locator("tbody tr").count(), 3);
    assert.deepEqual(await seriousFaults(page), []);
    assert.deepEqual(faults, []);
  },
  needsBrowser,
);

/** "1,204" */
function numberOf(text: string): number {
  return Number(text.replaceAll(",", ""));
}
