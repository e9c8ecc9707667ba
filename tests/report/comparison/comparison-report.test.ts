import assert from "node:assert/strict";
import { test } from "node:test";
import { usualMinimalChange } from "../../../src/analysis/comparison/figure-scale.ts";
import type { AskedPart } from "../../../src/report/comparison/asked-differences.ts";
import { type ComparisonReport, comparisonReport } from "../../../src/report/comparison/comparison-report.ts";
import { comparisonMarkdown } from "../../../src/report/files/comparison-markdown.ts";
import type { AskedOfRun, Baseline } from "../../../src/report/result/baseline.ts";
import { comparisonText } from "../../../src/report/text/comparison-text.ts";
import { plainStyle } from "../../../src/report/text/style.ts";
import { steadyBaseline } from "../comparison-fixture.ts";
import { columnsOf } from "../result-fixture.ts";

function compared(
  before: Baseline,
  after: Baseline,
  maxRegression: number | null = null,
  accepted: readonly AskedPart[] = [],
): ComparisonReport {
  return comparisonReport(before, after, { minimal: usualMinimalChange, maxRegression, accepted });
}

const slower = steadyBaseline({ meanMs: 52 }, { id: "later" });

test("figures that are worse than the limit are named, and no others", () => {
  const report = compared(steadyBaseline(), slower, 0.1);
  assert.equal(report.outcome, "worse");
  const names = report.regressions.map(({ name, figure }) => `${name} ${figure}`);
  for (const figure of ["p50", "p95", "p99"]) assert.ok(names.includes(`/jobs ${figure}`), names.join());
  assert.equal(names.length, 6, "those of the endpoint and of all");
  assert.deepEqual(compared(steadyBaseline(), slower, 0.5).regressions, []);
  assert.deepEqual(compared(steadyBaseline(), slower).regressions, []);
  assert.deepEqual(compared(slower, steadyBaseline(), 0.1).regressions, []);
});

test("that nothing is worse is known only of runs that were measured to their end", () => {
  const aborted = (meanMs: number) => steadyBaseline({ meanMs, seconds: 30 }, { id: "b", verdict: "aborted" });
  const same = compared(steadyBaseline(), aborted(40), 0.1);
  assert.deepEqual([same.regressions, same.unknownBecause], [[], "only a part of b was measured"]);
  assert.match(
    comparisonText(same, plainStyle),
    /! --max-regression 10 %: not judged, as only a part of b was measured\n$/,
  );
  assert.match(comparisonMarkdown(same), /\*\*Not judged\*\*, as only a part of b was measured\./);
  assert.equal(compared(steadyBaseline(), aborted(40)).unknownBecause, null);
  // What is certainly worse is known all the same.
  const worse = compared(steadyBaseline(), aborted(80), 0.1);
  assert.deepEqual([worse.regressions.length > 0, worse.unknownBecause], [true, null]);
  const short = compared(steadyBaseline({ seconds: 5 }), steadyBaseline({ seconds: 5 }), 0.1);
  assert.deepEqual([short.outcome, short.unknownBecause], ["incomparable", "nothing could be compared"]);
  assert.equal(compared(steadyBaseline(), steadyBaseline(), 0.1).unknownBecause, null);
});

test("failures out of nothing are beyond any limit", () => {
  const { regressions } = compared(steadyBaseline(), steadyBaseline({ failures: 2 }), 10);
  assert.ok(regressions.some(({ figure }) => figure === "errorRate"));
});

test("differences that make the runs hard to compare are noted", () => {
  const other = steadyBaseline(
    { seconds: 30 },
    { id: "b", test: "other", profile: "soak", peakUsers: 20, workers: 1, verdict: "invalid" },
  );
  const { notes, isInvalid } = compared(steadyBaseline(), other);
  assert.deepEqual(notes, [
    "the test differs: plot-palette before, other after",
    "the profile differs: standard before, soak after",
    "the number of workers differs: 2 before, 1 after",
    "the peak number of users differs: 10 before, 20 after",
    "the runs differ in length",
    "b is invalid: its figures are the generator's, not the service's",
  ]);
  assert.equal(isInvalid, true);
  assert.deepEqual(compared(steadyBaseline(), steadyBaseline({}, { verdict: null })).notes, [
    "20261123-182345-3fa9 has no result: it is still running, or was killed",
  ]);
});

test("runs that are too short to compare: the notes, and so every form of the report, say why", () => {
  const short = steadyBaseline({ seconds: 5 });
  const report = compared(short, short);
  assert.equal(report.outcome, "incomparable");
  const reason = /^nothing could be tested: .*the runs are too short: each must last 10 s/;
  assert.match(report.notes.join(), reason);
  assert.match(comparisonText(report, plainStyle), /CANNOT BE COMPARED[\s\S]*! nothing could be tested: /);
  assert.match(comparisonMarkdown(report), /> ! nothing could be tested: /);
  assert.deepEqual(compared(steadyBaseline(), steadyBaseline()).notes, []);
});

test("the text: the verdict first, a row per endpoint, a sentence per change, at most 100 columns", () => {
  const text = comparisonText(compared(steadyBaseline(), slower, 0.1), plainStyle);
  assert.match(text, /^\n✗ WORSE {2}plot-palette \/ standard → http:\/\/127\.0\.0\.1:8000\n {2}before {2}20261123/);
  assert.match(text, /\n {2}GET \/jobs +\d+\.\d \+\d\d % ✗ +/);
  assert.match(text, /\n {2}✗ GET \/jobs p50: 40\.\d → 52\.\d ms, \+30 % \(\+\d+ % to \+\d+ %\)\n/);
  assert.match(text, /\n {2}✗ --max-regression 10 %: .*GET \/jobs p50/);
  const same = comparisonText(compared(steadyBaseline(), steadyBaseline(), 0.1), plainStyle);
  assert.match(same, /^\n= NO CHANGE FOUND/);
  assert.match(same, /✓ --max-regression 10 %: nothing is worse than that\n$/);

  const long = {
    names: ["/jobs", `/${"very-long-name-".repeat(8)}`, "/喜喜喜喜喜喜喜喜喜喜喜喜喜喜喜喜喜喜喜喜喜喜喜"],
  };
  const wide = compared(
    steadyBaseline({ ...long, meanMs: 40_000 }, { name: "n".repeat(64), host: `http://${"h".repeat(120)}` }),
    steadyBaseline({ ...long, meanMs: 60_000, failures: 5 }, { test: "t".repeat(60), verdict: "aborted" }),
    0.1,
  );
  for (const line of comparisonText(wide, plainStyle).split("\n")) assert.ok(columnsOf(line) <= 100, line);
});

test("Markdown: names end neither a cell nor the code that they are shown as", () => {
  const names = ["/a|b`c", "/jobs"];
  const markdown = comparisonMarkdown(compared(steadyBaseline({ names }), steadyBaseline({ names, meanMs: 52 }), 0.1));
  assert.match(markdown, /^### ✗ WORSE: plot-palette \/ standard\n\n\*\*Worse\*\* by more than 10 %: `GET/);
  assert.ok(markdown.includes("| `GET /a\\|b'c` |"), markdown);
  const rows = markdown.split("\n").filter((line) => line.startsWith("| `"));
  assert.equal(rows.length, 3);
  for (const row of rows) assert.equal(row.replaceAll("\\|", "").split("|").length, 8);
});

const asked: AskedOfRun = {
  codeHash: "a",
  plan: { atMs: [0, 60_000], users: null, ratePerSecond: [60, 60] },
  classes: [{ scenario: "default", name: "U", share: 1, tasks: [{ name: "get", share: 1 }] }],
  wasSteered: false,
};
const users = (spawnMs: number, most: number, endMs: number) => ({
  ...asked,
  plan: { atMs: [0, spawnMs, endMs], users: [0, most, most], ratePerSecond: null },
});
const asRun = (run: Partial<Baseline["run"]>, service: Parameters<typeof steadyBaseline>[0] = {}) =>
  steadyBaseline(service, { asked, ...run });

/** The runs of a service that became slower, which is a regression unless something else was asked. */
const otherwise: readonly (readonly [what: string, before: Baseline["run"] | object, after: object, note: RegExp])[] = [
  ["test", {}, { test: "other" }, /^the test differs: plot-palette before, other after$/],
  ["test", {}, { profile: "soak" }, /^the profile differs: standard before, soak after$/],
  ["test", {}, { asked: { ...asked, codeHash: "b" } }, /^the code of the test differs$/],
  [
    "host",
    {},
    { host: "http://10.0.0.1" },
    /^the host differs: http:\/\/127\.0\.0\.1:8000 before, http:\/\/10\.0\.0\.1 after$/,
  ],
  [
    "host",
    {},
    { asked: { ...asked, insecure: ["--insecure"] } },
    /^the accepted certificates differ: only valid ones before, any \(--insecure\) after$/,
  ],
  ["workers", {}, { workers: 1 }, /^the number of workers differs: 2 before, 1 after$/],
  [
    "load",
    {},
    { asked: { ...asked, plan: { ...asked.plan, ratePerSecond: [30, 30] } } },
    /^the load differs: up to 60 iterations\/s before, 30 after$/,
  ],
  [
    "load",
    { asked: users(1_000, 20, 60_000) },
    { asked: users(1_000, 40, 60_000) },
    /^the load differs: up to 20 users before, 40 after$/,
  ],
  ["load", { asked: users(1_000, 20, 60_000) }, { asked: users(50_000, 20, 60_000) }, /^the load differs over time/],
  ["load", {}, { asked: users(1_000, 20, 60_000) }, /^the load differs: up to 0 users before, 20 after$/],
  ["load", {}, { asked: { ...asked, wasSteered: true } }, /^the load of later was changed or paused while it ran$/],
  [
    "load",
    {},
    { asked: { ...asked, classes: asked.classes.map((one) => ({ ...one, name: "V" })) } },
    /^the mix of user classes or tasks differs$/,
  ],
  [
    "load",
    { asked: users(60_000, 20, 60_000) },
    { asked: users(60_000, 20, 60_000), durationMs: 30_000 },
    /^the load of later ended early, after 00:30 of 01:00$/,
  ],
];

test("a difference in what the runs were asked is named, and is no regression unless it is accepted", () => {
  for (const [what, before, after, note] of otherwise) {
    const [first, second] = [asRun(before), asRun({ id: "later", ...after }, { meanMs: 52 })];
    const report = compared(first, second, 0.1);
    assert.deepEqual([report.outcome, report.regressions, report.asked.isSame], ["incomparable", [], false], what);
    assert.ok(
      report.asked.differences.every((one) => one.what === what && !one.isAccepted),
      what,
    );
    assert.match(report.notes[0] ?? "", note);
    assert.ok(
      [report.total, ...report.endpoints].every(({ figures }) => figures.every(({ outcome }) => outcome === "unclear")),
    );
    const text = comparisonText(report, plainStyle).replaceAll(/\s+/g, " ");
    assert.match(text, /^ \? NOT COMPARABLE/);
    assert.ok(
      text.includes(`not judged, as the tests or loads of the runs differ; --accept-differences ${what} `),
      text,
    );
    assert.doesNotMatch(text, /% ✗|✗ all|✗ GET/);
    assert.match(comparisonMarkdown(report), /^### \? NOT COMPARABLE[^✗]*\*\*Not judged\*\*/);

    const accepting = compared(first, second, 0.1, [what as AskedPart]);
    assert.deepEqual([accepting.outcome, accepting.asked.isSame], ["worse", true]);
    assert.match(accepting.notes[0] ?? "", note);
  }
});

test("runs that were asked the same are compared: also longer ones, and those of which it is not known", () => {
  const longer = { plan: { ...asked.plan, atMs: [0, 120_000] } };
  for (const [before, after] of [
    [{}, {}],
    [{}, { asked: { ...asked, ...longer } }],
    [{ asked: users(2_000, 20, 60_000) }, { asked: users(2_000, 20, 90_000) }],
    [{}, { asked: { ...asked, codeHash: "b" }, musterVersion: "0.2.0" }],
    // It ended early, and its load was as steady as before.
    [{}, { durationMs: 30_000, verdict: "aborted" }],
    [{ asked: { ...asked, plan: { atMs: [], users: null, ratePerSecond: null } } }, {}],
  ]) {
    const report = compared(asRun(before ?? {}), asRun({ ...after }, { meanMs: 52 }), 0.1);
    assert.deepEqual([report.outcome, report.asked], ["worse", { isSame: true, differences: [] }]);
  }
  assert.equal(compared(steadyBaseline(), asRun({}, { meanMs: 52 })).outcome, "worse", "of an earlier version");
  assert.equal(
    "asked" in compared(asRun({}), asRun({})).before,
    false,
    "the plan of a run is not repeated in the comparison",
  );
});

test("what was observed is told of both runs, in all forms, and judges nothing", () => {
  const observed = (avg: number) => [
    { name: "queue", unit: "jobs", count: 12, min: 0, avg, max: 2 * avg },
    { name: `only-${avg}`, unit: "bytes", count: 1, min: 1_500, avg: 1_500, max: 1_500 },
  ];
  const before = { ...steadyBaseline(), observed: observed(4) };
  const after = { ...steadyBaseline({}, { id: "later" }), observed: observed(40) };
  const report = compared(before, after, 0.1);
  const alone = compared(steadyBaseline(), steadyBaseline({}, { id: "later" }), 0.1);
  assert.deepEqual([report.outcome, report.regressions], [alone.outcome, []]);
  assert.equal(alone.observed, undefined);
  assert.deepEqual(report.observed?.[0], {
    name: "queue",
    unit: "jobs",
    before: { avg: 4, max: 8 },
    after: { avg: 40, max: 80 },
  });
  const text = comparisonText(report, plainStyle);
  assert.match(text, /^ {2}queue, jobs +4 +40 +8 +80$/m);
  assert.match(text, /^ {2}only-40 +– +1\.5 kB +– +1\.5 kB$/m);
  assert.match(text, /^ {2}only-4 +1\.5 kB +– +1\.5 kB +–$/m);
  assert.match(comparisonMarkdown(report), /^\| `queue, jobs` \| 4 \| 40 \| 8 \| 80 \|$/m);
});
