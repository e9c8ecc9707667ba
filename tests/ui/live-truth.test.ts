import assert from "node:assert/strict";
import { test } from "node:test";
import type { Page } from "playwright-core";
import type { RunRow } from "../../src/api/contract/runs.ts";
import type { Result } from "../../src/report/result/result-schema.ts";
import { browserOfFile, needsBrowser, openPage, seriousFaults } from "../support/browser.ts";
import type { Cleanup } from "../support/test-process.ts";
import { waitUntil } from "../support/wait-until.ts";
import { SimulatedMaster } from "./simulated-master.ts";

const browser = browserOfFile();
const zone = "Asia/Tokyo";
const failing = { verdict: "failed", reasons: ["p95 was 40 ms (limit < 20 ms)"] } as const;
const passing = { verdict: "passed", reasons: [] } as const;

/** A page that listens to a run of a minute. */
async function watched(t: Cleanup, options: { readonly timezoneId?: string } = {}) {
  const master = await SimulatedMaster.start(t, { endpoints: 3, workers: 2, windows: 60 });
  const opened = await openPage(await browser(t), master.url, options);
  await waitUntil("the page listens", () => master.isHeard);
  master.tick();
  await opened.page.locator(".cards").waitFor();
  return { master, ...opened };
}

const verdict = (page: Page) => page.getByRole("region", { name: "Verdict" });
const card = (page: Page, position: number) => page.locator(`.card:nth-child(${position})`);

function withoutRequests(result: Result): Result {
  const { total } = result;
  const responseTimeMs = { min: 0, mean: 0, max: 0, stddev: 0, percentiles: { "50": 0, "95": 0, "99": 0, "100": 0 } };
  const none = { requests: 0, failures: 0, requestsPerSecond: 0, failureKinds: {}, responseTimeMs };
  const thresholds = result.thresholds.map((threshold) => ({ ...threshold, value: null, passed: false }));
  return { ...result, total: { ...total, ...none }, endpoints: [], iterations: 0, thresholds };
}

test("a reset is a view: cards and tables begin anew, verdict and thresholds do not", needsBrowser, async (t) => {
  const { master, page, faults } = await watched(t);
  const { result } = master.report;
  const threshold = { metric: "response_time", expression: "p(95)<20", value: 40, passed: false, close: false };
  const whole = { ...result, thresholds: [threshold] };
  const anew = { ...withoutRequests(result), verdict: "passed" as const, thresholds: [{ ...threshold, passed: true }] };
  anew.total = { ...anew.total, requests: 7 };
  master.report = { ...master.report, result: whole };
  master.result = { result: whole, standing: failing, since: { atMs: 30_000, result: anew } };
  master.tick();
  await card(page, 1).getByText("7 requests").waitFor();
  await page.getByText(/since the statistics were reset at 00:30/).waitFor();
  await verdict(page).getByText("Failing so far: p95 was 40 ms").waitFor();
  await verdict(page).getByText("does not hold:").waitFor({ state: "attached" });
  await waitUntil("the title", async () => (await page.title()).startsWith("✗ "));
  assert.deepEqual(faults, []);
});

test("before the first request there is no verdict and no figure, nor after a reset", needsBrowser, async (t) => {
  const { master, page } = await watched(t);
  const result = withoutRequests(master.report.result);
  const windows = { ...master.report.windows, startMs: [], widthMs: [], users: [], iterations: [] };
  master.report = { ...master.report, result, windows, standing: null };
  master.result = { result, standing: null };
  await page.reload();
  await waitUntil("the page listens", () => master.isHeard);
  master.say();
  await verdict(page).getByText("No requests yet").waitFor();
  assert.equal(await verdict(page).locator(".failed, .passed").count(), 0);
  for (const position of [1, 2, 3]) assert.match((await card(page, position).innerText()).trim(), /^–/);
  assert.doesNotMatch(await page.locator(".cards").innerText(), /\d\.\d/);
  for (const name of ["Requests by endpoint", "Percentiles by endpoint, ms"]) {
    if (name.startsWith("Perc")) await page.getByRole("link", { name: "Endpoints" }).click();
    const foot = page.getByRole("region", { name }).locator("tfoot");
    assert.doesNotMatch(await foot.innerText(), /\d\.\d/, name);
  }
  await waitUntil("the title", async () => (await page.title()).startsWith("● "));
});

test(
  "while the master is gone its verdict is grey with its age, nothing can be pressed, and all comes back",
  needsBrowser,
  async (t) => {
    const { master, page } = await watched(t);
    master.result = { standing: failing };
    master.tick();
    await verdict(page).getByText("Failing so far").waitFor();
    await page.route("**/api/**", (route) => route.abort());
    master.cut();
    await verdict(page)
      .getByText(/\d+ s ago: Failing so far/)
      .waitFor();
    const colourOf = (css: string) => page.evaluate<string>(`getComputedStyle(document.querySelector("${css}")).color`);
    assert.equal(await colourOf(".verdict .word"), await colourOf(".masthead > .muted"));
    for (const name of ["Pause", "Stop"])
      assert.ok(await page.getByRole("button", { name, exact: true }).first().isDisabled());
    await page.getByText(/Stop cannot reach the master.*muster master --resume synthetic/s).waitFor();
    await page.locator("summary").click();
    for (const button of await page.locator(".menu-body button").all()) assert.ok(await button.isDisabled());
    await waitUntil("the title", async () => (await page.title()).startsWith("! connection lost"));
    assert.deepEqual(await seriousFaults(page), []);
    await page.unroute("**/api/**");
    await waitUntil("the page listens again", () => master.isHeard);
    master.tick();
    await verdict(page)
      .getByText(/^✗ Failing so far/)
      .waitFor();
    assert.ok(await page.getByRole("button", { name: "Stop", exact: true }).first().isEnabled());
    assert.equal(await page.locator(".banner").count(), 0);
  },
);

test("a change of the verdict is told once, and the tab shows it with the progress", needsBrowser, async (t) => {
  const { master, page } = await watched(t);
  const told = page.locator('[aria-live="polite"]').first();
  const icon = () => page.locator('link[rel="icon"]').getAttribute("href");
  master.state = { elapsedMs: 3_600_000 };
  master.tick();
  await waitUntil("a passing run half-way", async () => (await page.title()).startsWith("✓ 50 % "));
  const passed = await icon();
  assert.match(passed ?? "", /^data:image\/svg/);
  master.result = { standing: failing };
  master.tick();
  await waitUntil("a failing run", async () => (await page.title()).startsWith("✗ 50 % "));
  assert.notEqual(await icon(), passed);
  const text = "Failing so far: p95 was 40 ms (limit < 20 ms)";
  await waitUntil("the news", async () => (await told.textContent()) === text);
  // The same verdict with another figure is no news.
  master.result = { standing: { ...failing, reasons: ["p95 was 41 ms (limit < 20 ms)"] } };
  master.tick();
  await verdict(page).getByText("was 41 ms").waitFor();
  assert.equal(await told.textContent(), text);
  master.result = { standing: passing };
  master.tick();
  await waitUntil("the news", async () => (await told.textContent()) === "Passing so far");
});

test(
  "a lost worker is on its card as it is in the verdict, also when another has taken its place",
  needsBrowser,
  async (t) => {
    const { master, page } = await watched(t);
    await card(page, 5).getByText("✓ none lost").waitFor();
    const { result } = master.report;
    const workers = result.workers.map((worker, position) => ({ ...worker, lost: position === 0 }));
    const text = "worker 1 (host, pid 7) was lost after 30.0 s";
    const lost: Result = {
      ...result,
      workers,
      warnings: [text],
      events: [{ atMs: 30_000, kind: "worker-lost", text }],
    };
    master.result = { result: lost };
    master.tick();
    await verdict(page).getByText(text).waitFor();
    await card(page, 5).getByText("✗ 1 lost").waitFor();
  },
);

test("plan and axis follow a change, a pause and a resume; a jump is a step", needsBrowser, async (t) => {
  const { master, page } = await watched(t);
  const chart = page.getByRole("application", { name: /^Users and iterations/ });
  const isPlanned = (users: number) =>
    chart.getAttribute("aria-label").then((name) => name?.includes(`planned ${users}.`));
  master.plan({ atMs: [0, 40_000, 40_000, 300_000], users: [50, 50, 80, 80], ratePerSecond: null });
  await waitUntil("the plan of 80 users", () => isPlanned(80));
  // The axis ends where the plan does now: there stands its last point.
  // Pressed to the left, a cursor that is not there yet comes from the end.
  await chart.press("ArrowLeft");
  const endOfAxis = async () => {
    await chart.press("ArrowRight");
    return await page.locator(".chart", { hasText: "Users and iterations" }).locator(".legend").innerText();
  };
  await waitUntil("an axis of five minutes", async () => /05:00/.test(await endOfAxis()));
  master.plan({ atMs: [0, 40_000, 40_000], users: [50, 50, 0], ratePerSecond: null, isEndless: true });
  await waitUntil("the plan of the pause", () => isPlanned(50));
});

test("all times are the reader's, and the zone is named: history, logs, a stored run", needsBrowser, async (t) => {
  const { master, page } = await watched(t, { timezoneId: zone });
  const row: RunRow = {
    ...{ id: "synthetic", name: null, tags: [], test: "shop", profile: "standard", host: "http://127.0.0.1:8000" },
    ...{ createdAt: "2026-11-23T18:00:00.000Z", startedAt: "2026-11-23T18:00:00.000Z", state: "finished" },
    ...{ activeAt: "2026-11-23T18:01:00.000Z", verdict: "passed", durationMs: 60_000, users: 5, workers: 2 },
    ...{ requests: 10, failures: 0, requestsPerSecond: 1, p95Ms: 4 },
  };
  const interrupted = { ...row, id: "20261123-180000-abcd", state: "interrupted", verdict: null };
  master.runs = [interrupted, row];
  await page.goto(`${master.url}#/history`);
  const runs = page.getByRole("region", { name: "Stored runs" });
  await runs.getByText(`started (${zone})`).waitFor();
  await runs.getByText("2026-11-24 03:00:00").first().waitFor();
  await runs.getByText("! interrupted").waitFor();
  await runs.getByText(`muster master --resume ${interrupted.id}`).waitFor();
  assert.deepEqual(await seriousFaults(page), []);
  await page.goto(`${master.url}#/logs`);
  await page.getByText(`times in ${zone}`).waitFor();
  await page.locator(".logs time").getByText("09:00:01").waitFor();
  await page.goto(`${master.url}#/runs/synthetic`);
  await page.getByText("2026-11-24 03:00:00 UTC+9").first().waitFor();
  await waitUntil(
    "the title of the stored run",
    async () => (await page.title()) === "● synthetic / standard · muster",
  );
  await page.goto(`${master.url}#/logs`);
  await waitUntil("the title of the run that goes on", async () => /^\S \d+ % /.test(await page.title()));
});
