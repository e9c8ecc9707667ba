import assert from "node:assert/strict";
import { copyFile, readFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import type { ComparisonReport } from "../../src/report/comparison/comparison-report.ts";
import type { HistogramReport } from "../../src/report/hdr/histogram-report.ts";
import type { Result } from "../../src/report/result/result-schema.ts";
import { Store } from "../../src/store/store.ts";
import { steadySecond } from "../report/comparison-fixture.ts";
import { resultOf } from "../report/result-fixture.ts";
import { delta, newRun, requests } from "../store/store-fixture.ts";
import { testBadInput } from "../support/bad-input.ts";
import { deepTest } from "../support/depth.ts";
import { fixture } from "../support/fixture.ts";
import { HitServer } from "../support/hit-server.ts";
import { completedRun, MusterProcess } from "../support/muster-process.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const fixtures = new URL("../report/hdr/fixtures/", import.meta.url);
const shown = ["50", "66", "75", "80", "90", "95", "98", "99", "99.9", "99.99"];

test("muster report says of a run's own log and percentile text what the run said, and muster compare finds no change", async (t) => {
  const server = await HitServer.start(t);
  const folder = await temporaryFolder(t);
  const files = [`--hlog=${join(folder, "run.hlog")}`, `--hgrm=${join(folder, "run.hgrm")}`];
  const words = [fixture("hitters"), `--host=${server.url}`, "--run-time=2s", ...files];
  const { result } = await completedRun(t, words, { MUSTER_DATA_DIR: folder });

  const log = await reportOf(t, folder, "run.hlog");
  assert.deepEqual(log.unit, { name: "us", because: "as its first line says" });
  assert.equal(log.durationMs, Math.round(result.run.durationMs));
  assert.equal(log.startedAt, result.run.startedAt);
  assertSame(log.total, result.total, log.durationMs);
  assert.equal(log.tags.length, result.endpoints.length);
  for (const { method, name, ...endpoint } of result.endpoints) {
    const tag = log.tags.find((each) => each.tag === `${method}:${name}`);
    assert.ok(tag, `${method} ${name}`);
    assertSame(tag, endpoint, log.durationMs);
  }

  const { total, durationMs } = await reportOf(t, folder, "run.hgrm");
  assert.deepEqual([total.requests, durationMs], [result.total.requests, null]);
  for (const p of shown) {
    const exact = result.total.responseTimeMs.percentiles[p] ?? 0;
    const { percentiles, from } = total.responseTimeMs;
    // The end of the slot in the text, the exact maximum in the result.
    assert.ok((from[p] ?? percentiles[p] ?? 0) <= exact * 1.001 && exact <= (percentiles[p] ?? 0), `p${p}`);
  }

  const compared = await muster(t, folder, "compare", "run.hlog", "last", "--json=-");
  assert.deepEqual([compared.code, compared.said], [0, ""]);
  const report = JSON.parse(compared.out) as ComparisonReport;
  assert.deepEqual([report.before.format, report.before.test, report.onlyBefore], ["log", null, []]);
  // Logs have no groups.
  assert.ok(report.onlyAfter.every(({ method }) => method === "group"));
  const { durationMs: wholeMs, loadMs = wholeMs } = result.run;
  const rateChange = wholeMs / loadMs - 1;
  for (const { figures } of [report.total, ...report.endpoints]) {
    const changes = figures.map(({ change }) => change);
    assert.deepEqual(changes.slice(0, 4), [0, 0, 0, null]);
    // The rate of a log is over all of its time, that of a run over its load: the last requests end later.
    assert.ok(Math.abs((changes[4] ?? 1) - rateChange) < 0.01, `${changes[4]}, not ${rateChange}`);
  }
});

deepTest("muster compare: the log of a run equals it, and that of a slower one is worse", async (t) => {
  const folder = await temporaryFolder(t);
  {
    using store = Store.open(folder);
    for (const [position, [id, meanMs]] of Object.entries({ fast: 40, slow: 48 }).entries()) {
      store.createRun(newRun(id, new Date(Date.UTC(2026, 0, 1, 0, position)).toISOString()));
      const windows = Array.from({ length: 60 }, (_, second) =>
        delta(second, steadySecond(meanMs * (1 + (second % 5) / 100))),
      );
      const result = resultOf(requests(1));
      store.writer(id).commit({
        windows,
        run: { state: "finished", result: { ...result, run: { ...result.run, durationMs: 60_000 } } },
      });
    }
  }
  for (const id of ["fast", "slow"]) await muster(t, folder, "report", id, `--hlog=${id}.hlog`, `--hgrm=${id}.hgrm`);
  const equal = await muster(t, folder, "compare", "slow.hlog", "last", "--max-regression=1%");
  assert.match(equal.out, /^\n= NO CHANGE FOUND {2}/, equal.said);
  assert.equal(equal.code, 0);
  const worse = await muster(
    t,
    folder,
    "compare",
    "fast",
    "slow.hlog",
    "--max-regression=10%",
    "--html=c.html",
    "--markdown=c.md",
  );
  assert.match(worse.out, /^\n✗ WORSE {2}/, worse.said);
  assert.equal(worse.code, 99);
  assert.match(await readFile(join(folder, "c.html"), "utf8"), /^<!doctype html>/);
  assert.match(await readFile(join(folder, "c.md"), "utf8"), /^### ✗ WORSE/);
  const files = await muster(t, folder, "compare", "fast.hlog", "slow.hlog");
  assert.match(files.out, /^\n✗ WORSE {2}fast\.hlog → slow\.hlog\n/, files.said);
  const text = await muster(t, folder, "compare", "fast.hgrm", "slow");
  assert.match(text.out, /^\n\? NO NOISE ESTIMATE {2}/, text.said);
  assert.match(text.out, /! no noise estimate, as fast\.hgrm has no intervals\n/);
  const refused = await muster(t, folder, "compare", "fast.hgrm", "slow", "--max-regression=10%");
  assert.equal(refused.code, 104);
  assert.equal(
    refused.said,
    "muster: --max-regression cannot be judged: no noise estimate, as fast.hgrm has no intervals",
  );
});

test("files of other tools: a table with the unit and the reason for it, the percentile text of a log", async (t) => {
  const folder = await temporaryFolder(t);
  for (const name of ["wrk2.txt", "jhiccup-v0.hlog"]) {
    await copyFile(fileURLToPath(new URL(name, fixtures)), join(folder, name));
  }
  const wrk2 = await muster(t, folder, "report", "wrk2.txt");
  assert.equal(
    wrk2.out,
    `
wrk2.txt  HdrHistogram percentile text
  00:30
  values in milliseconds, as wrk2 prints them
  ! the rate is of all 60,018 requests, the table of 39,500: wrk2 leaves out its calibration
  ! ≤: the percentile lies between two rows of the text, and this is the upper end

  tag  requests   min   p50   p90   p95     p99   p99.9  max ms  req/s
  all    39,500  0.92  6.67  9.14  10.0  ≤ 11.2  ≤ 12.3    12.5  2,001
`,
  );
  const hiccups = await muster(t, folder, "report", "jhiccup-v0.hlog");
  assert.match(
    hiccups.out,
    /\n {2}2014-06-22 22:28 UTC, 00:15\n {2}values in nanoseconds, as Interval_Max is the maximum divided/,
  );
  assert.match(hiccups.out, /\n {3}from {2}requests {2}req\/s {2}max ms\n {2}00:00 {5}4,683/);
  const text = await muster(t, folder, "report", "jhiccup-v0.hlog", "--hgrm=t.hgrm");
  assert.deepEqual([text.code, text.out], [0, "written: t.hgrm\n"]);
  const read = await reportOf(t, folder, "t.hgrm");
  assert.deepEqual([read.total.requests, read.unit.name, read.total.responseTimeMs.max], [14_059, "ms", 3.13]);
  const scaled = await reportOf(t, folder, "jhiccup-v0.hlog", "--unit=us");
  assert.deepEqual([scaled.unit.because, scaled.total.responseTimeMs.max], ["as --unit says", 3_129.343]);
  const refused = await muster(t, folder, "report", "wrk2.txt", "--unit=us");
  assert.equal(refused.said, "muster: --unit us: wrk2.txt has milliseconds, as wrk2 prints them; leave --unit out");
});

testBadInput("muster report and muster compare of files, asked badly", [
  { what: "a file that is not there", words: ["report", "no.hlog"], says: /^there is no file no\.hlog$/ },
  {
    what: "another file",
    words: ["report", "test.ts"],
    file: "export {};\n",
    says: /^test\.ts is neither an HdrHistogram log \(\.hlog\) nor a percentile text/,
  },
  { what: "a folder", words: ["compare", "./", "last"], says: /^\.\/ is not a regular file$/ },
  {
    what: "a row that is cut off",
    words: ["report", "test.ts"],
    file: "#[Histogram log format version 1.3]\n0.1,1.0,2.0,HISTFAAAAC\n",
    says: /^test\.ts, line 2: the histogram is cut off$/,
  },
  {
    what: "a unit that nobody knows",
    words: ["compare", "test.ts", "test.ts"],
    file: "       Value     Percentile TotalCount 1/(1-Percentile)\n\n 5.000 1.0 9\n",
    says: /^test\.ts does not contain the unit of its values \(no percentile text does\): give --unit ns, --unit us or --unit ms$/,
  },
  {
    what: "a format that a file cannot have",
    words: ["report", "test.ts", "--html=r.html"],
    file: "x",
    says: /^--html: test\.ts contains only response times; valid: --json, --hgrm$/,
  },
  { what: "another unit", words: ["report", "a.hlog", "--unit=s"], says: /Allowed choices are ns, us, ms/ },
  {
    what: "a unit for a run",
    words: ["report", "last", "--unit=ms"],
    says: /^--unit is for files of HdrHistogram: last is a run/,
  },
]);

async function muster(t: TestContext, folder: string, ...words: string[]) {
  const process = new MusterProcess(t, words, { env: { MUSTER_DATA_DIR: folder }, cwd: folder });
  const { code } = await process.ended();
  return { code, out: process.stdout, said: process.stderr.trimEnd() };
}

async function reportOf(t: TestContext, folder: string, ...words: string[]): Promise<HistogramReport> {
  const { out, said } = await muster(t, folder, "report", ...words, "--json=-");
  assert.equal(said, "");
  return JSON.parse(out) as HistogramReport;
}

/** A log has the maximum exactly, but the minimum and the mean as its slots have them. */
function assertSame(
  figures: HistogramReport["total"],
  { requests: count, responseTimeMs }: Omit<Result["total"], "method" | "name">,
  durationMs: number,
): void {
  // A log has the times of the run, and does not know when its load ended.
  const perSecond = count / (durationMs / 1_000);
  assert.deepEqual(
    [figures.requests, figures.requestsPerSecond, figures.responseTimeMs.percentiles, figures.responseTimeMs.max],
    [count, Math.round(perSecond * 1_000) / 1_000, responseTimeMs.percentiles, responseTimeMs.max],
  );
  assert.ok(Math.abs((figures.responseTimeMs.mean ?? 0) - responseTimeMs.mean) <= 0.002 * responseTimeMs.mean + 0.001);
}
