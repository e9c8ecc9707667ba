import assert from "node:assert/strict";
import { test } from "node:test";
import type { ComparedSource } from "../../../src/report/comparison/compared-source.ts";
import { comparisonReport } from "../../../src/report/comparison/comparison-report.ts";
import { hdrLog } from "../../../src/report/files/hdr-log.ts";
import { fileSource } from "../../../src/report/hdr/file-source.ts";
import { readHistogramFile, unitOf } from "../../../src/report/hdr/histogram-file.ts";
import type { LineFile } from "../../../src/report/hdr/line-file.ts";
import { hdrPercentiles } from "../../../src/report/hdr-percentiles.ts";
import { buildBaseline } from "../../../src/report/result/build-baseline.ts";
import { delta } from "../../store/store-fixture.ts";
import { steadyBaseline, steadySecond } from "../comparison-fixture.ts";
import { withRecorded } from "../recorded-run.ts";
import { fixtureFile, logText, withFile } from "./histogram-files.ts";

const judged = { minimal: { share: 0.05, ms: 1 }, maxRegression: null };
const names = ["/jobs", "/jobs/:id?page=1, 2 %"];

test("muster's own log compares as its run does: the same figures, sections and endpoints", () => {
  const windows = Array.from({ length: 30 }, (_, second) =>
    delta(second, steadySecond(40 * (1 + (second % 5) / 100), 0, names)),
  );
  withRecorded(windows, ({ result, recording }) => {
    const run = buildBaseline({ ...steadyBaseline().run, durationMs: result.run.durationMs }, recording.windows());
    const log = [...hdrLog(result, recording)].join("");
    const file = withFile(log, (opened) => sourceOf(opened, run));
    assert.deepEqual(
      file.endpoints.map(({ method, name, requests, p50Ms, p95Ms, p99Ms }) => ({
        method,
        name,
        requests,
        p50Ms,
        p95Ms,
        p99Ms,
      })),
      run.endpoints.map(({ method, name, requests, p50Ms, p95Ms, p99Ms }) => ({
        method,
        name,
        requests,
        p50Ms,
        p95Ms,
        p99Ms,
      })),
    );
    const { outcome, total, endpoints, onlyBefore, notes } = comparisonReport(file, run, judged);
    assert.equal(outcome, "unchanged");
    for (const { figures } of [total, ...endpoints]) {
      for (const { figure, change, outcome: found, because } of figures) {
        if (figure === "errorRate")
          assert.deepEqual([change, because], [null, "only one of the two runs has this figure"]);
        else if (figure !== "p99") assert.ok(change === 0 && found === "same", `${figure} ${change} ${found}`);
      }
    }
    assert.deepEqual([endpoints.length, onlyBefore], [2, []]);
    assert.match(notes[0] ?? "", /a\.hlog: microseconds, as its first line says$/);
  });
});

test("a percentile text has its totals compared, and nothing is claimed", () => {
  const windows = Array.from({ length: 30 }, (_, second) => delta(second, steadySecond(40)));
  withRecorded(windows, ({ recording }) => {
    const { responseTime } = recording.totals().merged();
    const text = [...hdrPercentiles(responseTime)].join("");
    const file = withFile(text, (opened) => sourceOf(opened));
    const { total, outcome, notes } = comparisonReport(file, steadyBaseline({ meanMs: 80 }), judged);
    assert.equal(outcome, "incomparable");
    const p95 = total.figures.find(({ figure }) => figure === "p95");
    assert.ok(p95?.change != null && Math.abs(p95.change - 1) < 0.1, JSON.stringify(p95));
    assert.equal(p95.before, responseTime.percentileMicros(95) / 1_000);
    assert.match(p95.because ?? "", /^no noise estimate, as .*a\.hlog has no intervals$/);
    assert.ok(notes.some((note) => note.startsWith("no noise estimate")));
    assert.ok(notes.some((note) => /milliseconds, as its last line says$/.test(note)));
    const rate = total.figures.find(({ figure }) => figure === "requestsPerSecond");
    assert.deepEqual([rate?.before, rate?.because], [null, "only one of the two runs has this figure"]);
  });
});

test("tags mean endpoints of the other side by tag, title or name, and else stand for themselves", () => {
  const others = steadyBaseline({ names: ["/jobs", "/jobs/:id", "/plots, all"] });
  const tagged = (...tags: string[]) => {
    const intervals = tags.map((tag) => ({ values: [20e6], startSec: 0, tag }));
    return withFile(logText(intervals), (file) => sourceOf(file, others)).endpoints.map(
      ({ method, name }) => `${method} ${name}`,
    );
  };
  assert.deepEqual(tagged("GET:/jobs", "/jobs/:id", "other"), ["GET /jobs", "GET /jobs/:id", " other"]);
  assert.deepEqual(tagged("/plots%2C%20all"), ["GET /plots, all"]);
  // The name is taken by the tag that says more.
  assert.deepEqual(tagged("/jobs", "GET:/jobs"), [" /jobs", "GET /jobs"]);
});

test("intervals that are longer than the parts of a run give no noise estimate", () => {
  const rows = (lengthSec: number) =>
    Array.from({ length: 60 / lengthSec }, (_, at) => ({ values: [20e6, 30e6], startSec: at * lengthSec, lengthSec }));
  const source = (lengthSec: number) => withFile(logText(rows(lengthSec)), (file) => sourceOf(file));
  assert.deepEqual([source(3).sectionMs.length, source(3).noSections], [20, undefined]);
  assert.match(source(5).noSections ?? "", /^no noise estimate, as the intervals of .* last up to 5 s$/);
  assert.equal(source(5).sectionMs.length, 0);
});

test("times above an hour are compared as an hour, and the notes count them", () => {
  const text = logText([{ values: [20e6, 2 * 3.6e12, 3 * 3.6e12], startSec: 0 }]);
  const { notes, total } = withFile(text, (file) => sourceOf(file));
  assert.ok(
    notes?.some((note) => /: 2 times above 1 hour are compared as 1 hour$/.test(note)),
    String(notes),
  );
  assert.ok(total.p99Ms !== null && total.p99Ms >= 3_600_000);
});

test("the lines of a log that are the total of its tags are not compared twice", () => {
  const tagged = ["A", "B"].map((tag) => ({ values: [20e6], startSec: 0, tag }));
  const text = logText([...tagged, { values: [20e6, 20e6], startSec: 0 }]);
  const { total, endpoints } = withFile(text, (file) => sourceOf(file));
  assert.deepEqual([total.requests, endpoints.map(({ name }) => name)], [2, ["A", "B"]]);
});

test("a log without tags has totals only", () => {
  const { total, endpoints } = fixtureFile("jhiccup-v2.hlog", (file) => sourceOf(file));
  assert.deepEqual([total.requests, endpoints], [3_810, []]);
});

function sourceOf(file: LineFile, other?: ComparedSource): ComparedSource {
  const content = readHistogramFile(file);
  return fileSource(file, content, unitOf(file.name, content, undefined), other?.endpoints ?? []);
}
