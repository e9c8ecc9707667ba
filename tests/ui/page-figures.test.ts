import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import type { Page } from "playwright-core";
import { count, milliseconds, millisecondsOf, percent, perSecondText } from "../../src/report/numbers.ts";
import { renderHtml } from "../../src/report/page/html.ts";
import type { Distribution, EndpointResult, Result } from "../../src/report/result/result-schema.ts";
import { formatSelection, noSelection, type Selection } from "../../src/ui/selection/selection.ts";
import { browserOfFile, needsBrowser, openPage } from "../support/browser.ts";
import { caseCount, numberFrom } from "../support/depth.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { waitUntil } from "../support/wait-until.ts";
import { randomSeconds, reportOfSeconds, type Seconds, thresholdValue } from "./selection/random-run.ts";

/* What the page shows of a selected part is what `result.json` has of a run that was nothing but this part: the part of each random
 * selection is recorded, stored and judged as a run of its own, by the code that does so for any run. */

const fileBrowser = browserOfFile();
/** Of windows and slices of one second. */
const length = 60;
const subjects: fc.Arbitrary<Partial<Selection>> = fc.oneof(
  fc.constant({}),
  fc.record({ endpoint: fc.constantFrom("GET /jobs", "POST /jobs/:id", "POST /pay") }),
  fc.record({ status: fc.constantFrom("5xx", "timeout") }),
  fc.record({ endpoint: fc.constant("GET /jobs"), status: fc.constant("5xx"), error: fc.constant("503 Busy") }),
  fc.record({ worker: fc.constantFrom(1, 2) }),
  fc.record({ userClass: fc.constantFrom("User", "Admin") }),
  fc.record({ group: fc.constantFrom("order", "order::pay", "search") }),
  fc.record({ check: fc.constantFrom("created", "paid") }),
);
const ranges = fc.option(
  fc.tuple(fc.nat(length - 1), fc.integer({ min: 1, max: length })).map(([from, width]) => ({
    ...{ fromMs: from * 1_000, toMs: Math.min(length, from + width) * 1_000 },
  })),
);

/** Each kind of subject, with and without a time, and then any. */
function selectionsOf(seed: number): Selection[] {
  const each = (subject: Partial<Selection>, range: Selection["range"]) => ({ ...noSelection, ...subject, range });
  const time = { fromMs: 13_000, toMs: 41_000 };
  const all: Partial<Selection>[] = [
    {},
    { endpoint: "POST /pay" },
    { status: "5xx" },
    { endpoint: "GET /jobs", status: "5xx", error: "503 Busy" },
    { worker: 2 },
    { userClass: "User" },
    { userClass: "Admin" },
    { group: "order::pay" },
    { check: "paid" },
  ];
  const random = fc.sample(fc.tuple(subjects, ranges), { numRuns: caseCount(8), seed });
  return [
    ...all.flatMap((subject) => [each(subject, time), each(subject, null)]),
    ...random.map(([subject, range]) => each(subject, range)),
  ];
}

test(
  "for any selection, the page shows the figures of result.json of a run of this part alone",
  needsBrowser,
  async (t) => {
    const seed = numberFrom("PROPERTY_SEED") ?? Math.floor(Math.random() * 1e9);
    t.diagnostic(`PROPERTY_SEED=${seed}`);
    const seconds = randomSeconds(length, seed);
    const report = reportOfSeconds(seconds);
    const file = path.join(await temporaryFolder(t), "report.html");
    await writeFile(file, renderHtml(report));
    const { page, faults } = await openPage(await fileBrowser(t), pathToFileURL(file).href);
    await page.getByRole("region", { name: "Requests by endpoint" }).waitFor();
    for (const selection of selectionsOf(seed)) {
      const hash = formatSelection(selection);
      await page.evaluate(`location.hash = ${JSON.stringify(`?${hash}`)}`);
      const expected = expectedOf(report.result, seconds, selection);
      let shown: unknown;
      await waitUntil("the page shows the selected part", async () => {
        shown = await shownOn(page, expected.cards);
        return isDeepStrictEqual(shown, expected);
      }).catch(() => undefined);
      assert.deepEqual(shown, expected, `${hash} of PROPERTY_SEED=${seed}`);
    }
    assert.deepEqual(faults, []);
  },
);

/** What the page must show: texts of its cards, and of the rows of its tables. */
function expectedOf(whole: Result, seconds: Seconds, selection: Selection) {
  const { range, endpoint, worker, userClass, group, check } = selection;
  const shown = range === null ? seconds : seconds.slice(range.fromMs / 1_000, range.toMs / 1_000);
  const { result } = range === null ? { result: whole } : reportOfSeconds(shown);
  const isByEndpoint = worker === null && userClass === "" && group === "" && check === "";
  const subject = endpoint === "" ? result.total : result.endpoints.find((one) => keyOf(one) === endpoint);
  return {
    cards: cardsOf(result, selection, subject),
    endpoints: isByEndpoint ? [...result.endpoints, result.total].map(endpointRow) : null,
    percentiles: isByEndpoint ? [...result.endpoints, result.total].map(percentileRow) : null,
    failures: isByEndpoint ? failureRows(result, whole, selection, subject?.requests ?? 0).sort() : null,
    groups: (result.groups ?? []).map(groupRow),
    checks: result.checks.map(checkRow).sort(),
  };
}

function keyOf({ method, name }: { readonly method: string; readonly name: string }): string {
  return method === "" ? "all endpoints" : `${method} ${name}`;
}

function cardsOf(result: Result, selection: Selection, subject: EndpointResult | undefined): string[] {
  const { range, worker, userClass, group, check } = selection;
  const seconds = (result.run.loadMs ?? result.run.durationMs) / 1_000;
  if (worker !== null) return workerCards(result, worker, seconds);
  if (userClass !== "") return classCards(result, userClass, seconds);
  if (group !== "") return groupCards(result, group);
  if (check !== "") return checkCards(result, check, seconds);
  // Nothing is selected: these are the cards of the report, which has one more.
  if (range === null && formatSelection(selection) === "") return wholeCards(result);
  if (subject === undefined) return [];
  const users = `${count(result.peakUsers)} ${result.peakUsers === 1 ? "peak user" : "peak users"}`;
  return [...requestCards(subject), `${users}${count(result.iterations)} iterations of all endpoints`];
}

function wholeCards(result: Result): string[] {
  const { peakUsers, iterations, run, total } = result;
  return [
    ...requestCards(total),
    `${count(peakUsers)} peak users${count(iterations)} iterations`,
    `${run.workers} workers✓ none lost`,
  ];
}

function requestCards({ requests, failures, requestsPerSecond, responseTimeMs }: EndpointResult): string[] {
  return [
    `${perSecondText(requestsPerSecond)} req/s${count(requests)} requests`,
    failedCard(failures, requests),
    requests === 0 ? "– ms p95no requests" : timesCard(responseTimeMs, "p95", requests),
  ];
}

function failedCard(failures: number, of: number): string {
  return `${percent(of === 0 ? 0 : failures / of)} failed${count(failures)} ${failures === 1 ? "failure" : "failures"}`;
}

function timesCard({ percentiles, max }: Distribution, name: string, counted: number): string {
  const [p50, p95, p99] = ["50", "95", "99"].map((one) => millisecondsOf(percentiles[one], counted));
  return `${p95} ms ${name}p50 ${p50}, p99 ${p99}, max ${milliseconds(max)}`;
}

function workerCards(result: Result, number: number, seconds: number): string[] {
  const found = result.workers.find((one) => one.number === number);
  assert.ok(found?.health != null);
  const { cpu, utilisation, loopDelayP99Ms } = found.health;
  return [
    `${perSecondText(found.requests / seconds)} req/s${count(found.requests)} requests`,
    `${percent(cpu.mean)} CPUat most ${percent(cpu.max)}`,
    `${percent(utilisation.mean)} loop utilisationat most ${percent(utilisation.max)}`,
    `${milliseconds(loopDelayP99Ms)} ms loop delayp99 of the worst second`,
  ];
}

/** The requests of a class are in `result.json` as far as thresholds tell. */
function classCards(result: Result, name: string, seconds: number): string[] {
  const peak = result.users[name] ?? 0;
  const tasks = result.tasks?.filter(({ className }) => className === name).flatMap((one) => one.tasks) ?? [];
  const executions = tasks.reduce((sum, task) => sum + task.executions, 0);
  const requests = name === "User" ? (thresholdValue(result, "requests{class:User}") ?? 0) : 0;
  const p95 = thresholdValue(result, "response_time{class:User}");
  return [
    `${count(peak)} ${peak === 1 ? "peak user" : "peak users"}of this class`,
    `${perSecondText(executions / seconds)} iterations/s${count(executions)} begun`,
    ...(name === "User"
      ? [
          `${perSecondText(requests / seconds)} req/s${count(requests)} requests`,
          failedCard(0, requests),
          `${millisecondsOf(p95 ?? undefined, requests)} ms p95${requests === 0 ? "no requests" : ""}`,
        ]
      : []),
  ];
}

function groupCards({ groups = [] }: Result, name: string): string[] {
  const found = groups.find((one) => one.name === name);
  if (found === undefined) return [];
  const { count: times, failures, ratePerSecond, durationMs, activeTimeMs } = found;
  return [
    `${perSecondText(ratePerSecond)} groups/s${count(times)} ended`,
    failedCard(failures, times),
    timesCard(durationMs, "p95", times),
    `${millisecondsOf(activeTimeMs.percentiles["95"], times)} ms active p95without pauses`,
  ];
}

function checkCards({ checks }: Result, name: string, seconds: number): string[] {
  const found = checks.find((one) => one.name === name);
  if (found === undefined) return [];
  const { passes, failures } = found;
  const made = passes + failures;
  return [
    `${percent(passes / made)} passed${count(passes)} of ${count(made)}`,
    `${count(failures)} ${failures === 1 ? "failure" : "failures"}of this check`,
    `${perSecondText(made / seconds)} checks/s${count(made)} made`,
  ];
}

function endpointRow(one: EndpointResult): string {
  const { requests, failures, responseTimeMs, requestsPerSecond } = one;
  if (requests === 0) return [keyOf(one), "0", "0", ...Array.from({ length: 7 }, () => "–")].join("|");
  const { min, max, percentiles } = responseTimeMs;
  const times = [min, percentiles["50"], percentiles["95"], percentiles["99"], max];
  const shown = [count(requests), count(failures), percent(failures / requests)];
  return [keyOf(one), ...shown, ...times.map((ms) => milliseconds(ms ?? 0)), perSecondText(requestsPerSecond)].join(
    "|",
  );
}

function percentileRow(one: EndpointResult): string {
  const names = ["50", "66", "75", "80", "90", "95", "98", "99", "99.9", "99.99", "100"];
  const shown = (name: string) => (one.requests === 0 ? "–" : milliseconds(one.responseTimeMs.percentiles[name] ?? 0));
  return [keyOf(one), ...names.map(shown)].join("|");
}

/** Of a part of the time, failures are counted by endpoint and kind; the message is told if the run had one of them. */
function failureRows(result: Result, whole: Result, selection: Selection, requests: number): string[] {
  const { range, endpoint, status, error } = selection;
  const isShown = (one: Result["errors"][number]) =>
    (endpoint === "" || keyOf(one) === endpoint) && (status === "" || one.kind === status);
  const row = (one: Result["errors"][number], times: number, message: string) =>
    [count(times), percent(requests === 0 ? 0 : times / requests), one.kind, keyOf(one), message].join("|");
  if (range === null) {
    const found = result.errors.filter((one) => isShown(one) && (error === "" || one.message === error));
    return found.map((one) => row(one, one.count, one.message));
  }
  const byKind = Map.groupBy(result.errors.filter(isShown), (one) => `${one.kind} ${keyOf(one)}`);
  return [...byKind.values()].flatMap((some) => {
    const [first] = some;
    assert.ok(first !== undefined);
    const same = whole.errors.filter((one) => one.kind === first.kind && keyOf(one) === keyOf(first));
    if (error !== "" && !same.some(({ message }) => message === error)) return [];
    const times = some.reduce((sum, one) => sum + one.count, 0);
    return [row(first, times, same.length > 1 ? `${same.length} messages` : (same[0]?.message ?? ""))];
  });
}

function groupRow(one: NonNullable<Result["groups"]>[number]): string {
  const { name, count: times, failures, durationMs, activeTimeMs, ratePerSecond } = one;
  const { percentiles, max } = durationMs;
  const active = ["50", "95"].map((percentile) => activeTimeMs.percentiles[percentile] ?? 0);
  const shown = [percentiles["50"] ?? 0, percentiles["95"] ?? 0, percentiles["99"] ?? 0, max, ...active];
  const counts = [name, count(times), count(failures), percent(failures / times)];
  return [...counts, ...shown.map(milliseconds), perSecondText(ratePerSecond)].join("|");
}

function checkRow({ name, passes, failures }: Result["checks"][number]): string {
  const mark = failures === 0 ? "✓ always" : "✗ not always";
  return [mark, name, count(passes), count(failures), percent(passes / (passes + failures))].join("|");
}

async function shownOn(page: Page, wanted: readonly string[]): Promise<unknown> {
  const shown = (await page.evaluate(`(() => {
    const rows = (caption, cells) => {
      const box = [...document.querySelectorAll(".table-box")].find((one) => one.getAttribute("aria-label") === caption);
      return box === undefined ? null : [...box.querySelectorAll("tbody tr, tfoot tr")]
        .filter((row) => row.querySelector("td.muted[colspan]") === null)
        .map((row) => [...row.cells].slice(0, cells).map((cell) => cell.textContent).join("|"));
    };
    return {
      cards: [...document.querySelectorAll(".card")].map((card) => card.textContent),
      endpoints: rows("Requests by endpoint", 10),
      percentiles: rows("Percentiles by endpoint, ms", 12),
      failures: rows("Failures", 5),
      groups: rows("Groups", 11),
      checks: rows("Checks", 5),
    };
  })()`)) as Record<"cards" | "failures" | "checks", string[] | null>;
  return {
    ...shown,
    // The other figures of the times of a class are in no result.
    cards: shown.cards?.map((text, position) =>
      meanOr(wanted[position], text.replace(/^(\S+ ms p95)p50 .*$/, keepOfClass(shown.cards ?? []))),
    ),
    failures: shown.failures?.sort() ?? null,
    checks: shown.checks?.sort() ?? null,
  };
}

/** The card that is wanted, if the one that is shown has another last digit of a mean: the page has the CPU of a second in three digits. */
function meanOr(wanted: string | undefined, shown: string): string {
  const [, ours, rest] = /^([\d.]+)( % (?:CPU|loop utilisation)at most .*)$/.exec(shown) ?? [];
  const [, theirs, same] = /^([\d.]+)( % .*)$/.exec(wanted ?? "") ?? [];
  const isNear = rest === same && Math.abs(Number(ours) - Number(theirs)) < 0.15;
  return wanted !== undefined && isNear ? wanted : shown;
}

/** Cards of a class begin with its users. */
function keepOfClass(cards: readonly string[]): string {
  return cards[0]?.endsWith("of this class") === true ? "$1" : "$&";
}
