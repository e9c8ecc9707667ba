import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import type { Browser } from "playwright-core";
import { sampleCollection } from "../cli/actions/convert/postman/fixture.ts";
import { needsBrowser, startBrowser } from "../support/browser.ts";
import { deepTest } from "../support/depth.ts";
import { completedRun, MusterProcess, MusterRun } from "../support/muster-process.ts";
import { sampleApiOfFile } from "../support/sample-api.ts";
import { StaleValuesService } from "../support/stale-values-service.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { patienceMs, waitUntil } from "../support/wait-until.ts";

/** Logs in and buys something, as a person does, and writes what the browser recorded. */
async function record(browser: Browser, url: string, file: string): Promise<void> {
  const context = await browser.newContext({ recordHar: { path: file } });
  context.setDefaultTimeout(patienceMs);
  const page = await context.newPage();
  await page.goto(`${url}/login`);
  await page.locator("[name=user]").fill("ada");
  await page.locator("[name=password]").fill("a b&c");
  await page.getByText("Log in").click();
  await page.locator("#buy").click();
  await page.getByText("paid").waitFor();
  await context.close();
}

deepTest(
  "what Chromium recorded replays against a service that refuses stale values",
  async (t) => {
    const service = await StaleValuesService.start(t);
    const browser = await startBrowser(t);
    const folder = await temporaryFolder(t);
    for (const name of ["first.har", "second.har"]) await record(browser, service.url, join(folder, name));
    assert.deepEqual([service.refused, service.paid], [[], 2]);

    const convert = new MusterProcess(t, ["convert", "first.har", "second.har", "--out", "shop.ts"], { cwd: folder });
    assert.equal((await convert.ended()).code, 0, convert.stderr);
    const text = await readFile(join(folder, "shop.ts"), "utf8");
    const iterations = text
      .replace(/load: .*/, "load: iterations({ users: 3, perUser: 2 }),")
      .replace("closed", "iterations");
    await writeFile(join(folder, "shop.ts"), withoutPauses(iterations));
    const { code, result } = await completedRun(t, [join(folder, "shop.ts"), "--target=p95=1m"]);
    assert.deepEqual([service.refused, service.paid], [[], 2 + 3 * 2], text);
    assert.deepEqual([code, result.errors], [0, []], text);
  },
  needsBrowser,
);

const sampleApi = sampleApiOfFile();

test("a Postman collection with variables, credentials and scripts becomes a test that passes", async (t) => {
  const api = await sampleApi();
  const folder = await temporaryFolder(t, { "c.json": JSON.stringify(sampleCollection) });
  const convert = new MusterProcess(t, ["convert", "c.json", "--out", "collection.ts"], { cwd: folder });
  assert.equal((await convert.ended()).code, 0, convert.stderr);
  const file = join(folder, "collection.ts");
  await writeFile(
    file,
    withoutPauses(await readFile(file, "utf8"))
      .replace(/load: .*/, "load: iterations({ users: 2, perUser: 3 }),")
      .replace("closed", "iterations"),
  );
  const env = { ADMIN_TOKEN: "plot-palette-admin", BASE_URL: api.url };
  const { code, result } = await completedRun(t, [file, "--target=p95=1m"], env);
  assert.deepEqual([code, result.errors], [0, []]);
  const { routes } = await api.counts();
  const counts = Object.entries(routes).map(([route, { requests }]) => `${requests} ${route}`);
  assert.deepEqual(counts.filter((line) => !line.includes("_control")).toSorted(), [
    "2 DELETE /jobs/:id",
    "2 GET /admin/jobs",
    "2 GET /health",
    "2 GET /jobs/:id",
    "2 POST /jobs",
  ]);
});

test("the OpenAPI description of the sample API becomes a test that has no failures against it", async (t) => {
  const api = await sampleApi();
  const folder = await temporaryFolder(t);
  const description = fileURLToPath(new URL("../../examples/plot-palette/api/openapi.yaml", import.meta.url));
  const convert = new MusterProcess(t, ["convert", description, "--out", "api.ts"], { cwd: folder });
  assert.equal((await convert.ended()).code, 0, convert.stderr);
  const words = [`--host=${api.url}`, "--users=5", "--spawn-rate=50", "--run-time=10m"];
  const file = join(folder, "api.ts");
  await writeFile(
    file,
    (await readFile(file, "utf8")).replace(/pause: .*/, 'pause: constant("20ms"),').replace("between", "constant"),
  );
  const env = { ADMIN_TOKEN: "plot-palette-admin" };
  const run = await MusterRun.start(t, ["run", file, ...words], env);
  const served = async () => Object.keys((await api.counts()).routes);
  const routes = ["POST /jobs", "GET /jobs/:id", "DELETE /jobs/:id", "GET /templates/:id", "GET /admin/stats"];
  await waitUntil(`requests of ${routes.join(", ")}`, async () => {
    const made = await served();
    return routes.every((route) => made.includes(route));
  });
  run.kill("SIGTERM");
  const { code, result } = await run.finished();
  assert.deepEqual([code, result.errors], [105, []]);
  assert.ok(!(await served()).includes("DELETE /admin/jobs"));
});

function withoutPauses(text: string): string {
  return text
    .replace(/pause: .*\n/, "")
    .replace("between, ", "")
    .replaceAll(/ *await vu\.sleep\(.*\n/g, "");
}
