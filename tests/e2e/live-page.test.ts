import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { Page } from "playwright-core";
import type { LiveWorker } from "../../src/api/contract/live.ts";
import type { Session } from "../../src/api/contract/session.ts";
import type { Result } from "../../src/report/result/result-schema.ts";
import { needsBrowser, openPage, startBrowser } from "../support/browser.ts";
import { fixture } from "../support/fixture.ts";
import { type SampleApi, sampleApiOfFile } from "../support/sample-api.ts";
import { waitUntil } from "../support/wait-until.ts";
import { WebMaster } from "../support/web-master.ts";

const freshApi = sampleApiOfFile();

test(
  "a run is started, watched, steered, survives a lost worker and is looked back at, in a browser",
  needsBrowser,
  async (t) => {
    const { api, master, page, faults } = await openMaster(t);

    // Start: the plan is drawn as the form is edited.
    await page.locator("form.start canvas").waitFor();
    await page.getByLabel("users", { exact: true }).fill("12");
    await page.locator(".facts", { hasText: "peak users" }).getByText("12", { exact: true }).waitFor();
    await page.getByLabel("users", { exact: true }).fill("");
    await page.getByRole("button", { name: "Start" }).click();

    // Live: numbers move.
    await page.getByText("● running").waitFor();
    const first = await waitUntil("requests on the page", () => requestsOn(page));
    await waitUntil("more requests on the page", async () => (await requestsOn(page)) > first);

    // Pause: nobody works, and the numbers stand still; then all come back.
    await page.getByRole("button", { name: "Pause" }).first().click();
    await page.getByText("● paused").waitFor();
    await waitUntil("no users on the page", async () => (await usersOn(page)) === 0);
    assert.deepEqual([await stateOf(master), await workerUsers(page)], ["paused", 0]);
    const served = await waitUntil("the service to rest", async () => {
      const before = await servedBy(api);
      await page.waitForTimeout(300);
      return (await servedBy(api)) === before && before;
    });
    await waitUntil("all of it on the page", async () => (await requestsOn(page)) === served);
    await page.getByRole("button", { name: "Resume" }).first().click();
    await page.getByText("● running").waitFor();
    await waitUntil("10 users on the page", async () => (await usersOn(page)) === 10);
    await waitUntil("more requests than before", async () => (await requestsOn(page)) > served);

    // Reset: the figures of the page begin anew, those that are kept do not.
    const before = (await resultOf(master)).total.requests;
    await openMenu(page);
    await page.getByRole("button", { name: "Reset statistics" }).click();
    await page.getByText(/since the statistics were reset at \d\d:\d\d/).waitFor();
    const anew = await waitUntil("some requests since then", () => requestsOn(page));
    const whole = (await resultOf(master)).total.requests;
    assert.ok(whole >= before + anew, `${anew} on the page, ${before} before and ${whole} after the reset`);

    // Steer: 10 → 40 → 5, and the workers follow.
    for (const users of [40, 5]) {
      await steerTo(page, users);
      await waitUntil(`${users} users on the page`, async () => (await usersOn(page)) === users);
      await waitUntil(`${users} users on the workers`, async () => (await workerUsers(page)) === users);
    }

    // A worker is drained: its users run elsewhere. The menu that lay over its row goes with Escape.
    await page.keyboard.press("Escape");
    await page.goto(`${master.url}/#/workers`);
    const drained = page.getByRole("row", { name: /#3/ });
    await drained.getByRole("button", { name: "drain" }).click();
    await drained.getByText(/stopped|gone/).waitFor();
    await waitUntil("its users run elsewhere", async () => (await workerUsers(page, 3)) === 5);
    assert.equal(await workerUsers(page), 5);
    assert.equal(await drained.locator("td:nth-child(4)").textContent(), "0");

    // A worker dies: it is marked, and its users run elsewhere.
    const workers = (await master.get<LiveWorker[]>("/api/workers")).json;
    assert.equal(workers.length, 3);
    process.kill(workers.find(({ number }) => number === 2)?.pid ?? 0, "SIGKILL");
    await page.getByRole("row", { name: /#2/ }).getByText("✗ lost").waitFor();
    await waitUntil("its users run elsewhere", async () => (await workerUsers(page, 2)) === 5);

    // A reload loses nothing, and a second browser sees the same.
    const other = (await openPage(page.context().browser() ?? (await startBrowser(t)), `${master.url}/#/overview`))
      .page;
    await page.goto(`${master.url}/#/overview`);
    await page.reload();
    for (const one of [page, other]) {
      const chart = one.getByRole("application", { name: /^Users and iterations/ });
      await waitUntil("the users of before the reload", async () => {
        const [, most = "0"] = /At most (\d+) users/.exec((await chart.getAttribute("aria-label")) ?? "") ?? [];
        return Number(most) >= 40;
      });
    }

    // Stop, and the numbers are those of the API and of the service.
    await page.getByRole("button", { name: "Stop", exact: true }).click();
    for (const one of [page, other]) await one.getByText("● finished").waitFor();
    const result = await resultOf(master);
    for (const one of [page, other]) {
      await waitUntil("the final numbers", async () => (await requestsOn(one)) === result.total.requests);
    }
    // What the killed worker had not yet reported is missing, and nothing else.
    const missing = (await servedBy(api)) - result.total.requests;
    assert.ok(missing >= 0 && missing <= 500, `${missing} requests are missing`);

    // Ratios: what each task was executed.
    await page.getByRole("link", { name: "Ratios" }).click();
    const rows = page.getByRole("region", { name: "User classes and their tasks" }).getByRole("row");
    const executed = (result.tasks ?? []).flatMap(({ tasks }) => tasks.map(({ executions }) => executions));
    assert.equal(executed.length, 3);
    const shown = await rows
      .filter({ hasText: /^(list|jobs)/ })
      .locator("td:last-child")
      .allTextContents();
    assert.deepEqual(shown.map(numberOf).sort(), executed.sort());

    // History: the report of the run.
    await page.getByRole("link", { name: "History" }).click();
    await page.getByRole("region", { name: "Stored runs" }).getByRole("link").first().click();
    const total = page.getByRole("region", { name: "Requests by endpoint" }).locator("tfoot td:nth-child(2)");
    await total.waitFor();
    assert.equal(numberOf((await total.textContent()) ?? ""), result.total.requests);
    await page
      .getByText(/worker 2 .* was lost/)
      .first()
      .waitFor();
    assert.deepEqual(faults, []);
  },
);

async function openMaster(t: TestContext) {
  const api = await freshApi();
  const master = await WebMaster.start(t, ["run", fixture("browser"), `--host=${api.url}`, "--workers=3", "--ui"]);
  const { page, faults } = await openPage(await startBrowser(t), master.url);
  return { api, master, page, faults };
}

async function stateOf(master: WebMaster): Promise<string> {
  return (await master.get<Session>("/api/state")).json.state;
}

/** The stored result of the whole run. */
async function resultOf(master: WebMaster): Promise<Result> {
  const { runId } = (await master.get<Session>("/api/state")).json;
  return (await master.get<Result>(`/api/runs/${runId}`)).json;
}

async function servedBy(api: SampleApi): Promise<number> {
  return Object.values((await api.counts()).routes).reduce((sum, { requests }) => sum + requests, 0);
}

async function openMenu(page: Page): Promise<void> {
  if ((await page.locator("details.menu[open]").count()) === 0) await page.locator("summary").click();
}

async function steerTo(page: Page, users: number): Promise<void> {
  await openMenu(page);
  await page.locator(".menu-body").getByLabel("users").fill(String(users));
  await page.getByRole("button", { name: "Change" }).click();
}

/** "1,204 requests" on the first card; 0 before there is one. */
async function requestsOn(page: Page): Promise<number> {
  return numberOf((await textOf(page, ".card:nth-child(1) .muted")).replace(/ requests$/, ""));
}

async function usersOn(page: Page): Promise<number> {
  return numberOf(/^\S+/.exec(await textOf(page, ".card:nth-child(4) .value"))?.[0] ?? "0");
}

/** What the API's workers have together, but for one. */
async function workerUsers(page: Page, except = 0): Promise<number> {
  const workers = (await page.evaluate(`fetch("/api/workers").then((answer) => answer.json())`)) as LiveWorker[];
  return workers.filter(({ number }) => number !== except).reduce((sum, { users }) => sum + users, 0);
}

async function textOf(page: Page, selector: string): Promise<string> {
  const element = page.locator(selector);
  return (await element.count()) === 0 ? "" : ((await element.textContent()) ?? "");
}

/** "1,204" */
function numberOf(text: string): number {
  return Number(text.replaceAll(",", ""));
}
