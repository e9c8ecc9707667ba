import assert from "node:assert/strict";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { ConfigurationError } from "../../../src/core/errors.ts";
import { readHistogramFile, unitOf } from "../../../src/report/hdr/histogram-file.ts";
import { type IntervalLog, readIntervalLog, valuesOf } from "../../../src/report/hdr/interval-log.ts";
import { logReport } from "../../../src/report/hdr/log-report.ts";
import { logTotals } from "../../../src/report/hdr/log-totals.ts";
import { MaxColumn } from "../../../src/report/hdr/time-unit.ts";
import { encodedCounts, fixtureFile, logText, withFile } from "./histogram-files.ts";

const second = (startSec: number, tag?: string, values = [20e6, 30e6]) =>
  tag === undefined ? { values, startSec } : { values, startSec, tag };

test("the logs of jHiccup are read: encodings V0 and V2, in nanoseconds by their column of maxima", () => {
  for (const [name, count, startedAt, durationMs, maxNanos] of [
    ["jhiccup-v0.hlog", 14_059, "2014-06-22T22:28:30.225Z", 15_004, 3_129_343],
    ["jhiccup-v2.hlog", 3_810, "2015-09-08T23:05:32.696Z", 8_523, 960_495_615],
  ] as const) {
    const log = fixtureFile(name, readIntervalLog);
    const { total } = logTotals(log);
    assert.deepEqual([total.count, log.startedAt, log.durationMs], [count, startedAt, durationMs], name);
    assert.equal(log.unit.unit, "ns");
    assert.equal(Math.max(...log.intervals.map(({ max }) => max)), maxNanos);
  }
});

test("intervals of several tags are put in the order of their time, and can be read again", () => {
  fixtureFile("tagged-non-monotonic.hlog", (file) => {
    const log = readIntervalLog(file);
    assert.deepEqual(
      log.intervals.map(({ tag, startMs }) => [tag, startMs]),
      [
        ["B", 0],
        ["B", 1_007],
        ["A", 2_006],
        ["A", 3_007],
        ["C", 6_007],
        ["C", 7_006],
      ],
    );
    assert.equal(log.startedAt, null);
    assert.deepEqual(
      [...log.tags].map(([tag, totals]) => [tag, totals.count]),
      [
        ["A", 1_498],
        ["B", 1_490],
        ["C", 1_502],
      ],
    );
    for (const interval of log.intervals) {
      assert.equal(valuesOf(file, interval).total, interval.count);
    }
  });
});

test("times are seconds since the base time, the start time or the epoch", () => {
  const row =
    logText([second(5)])
      .split("\n")
      .at(-2) ?? "";
  const startOf = (...comments: string[]) => read([...comments, row].join("\n")).startedAt;
  assert.equal(startOf("#[BaseTime: 1700000000.5 (seconds since epoch)]"), "2023-11-14T22:13:25.500Z");
  assert.equal(startOf("#[StartTime: 1700000000 (seconds since epoch), Tue]"), "2023-11-14T22:13:25.000Z");
  assert.equal(startOf("#[StartTime: soon]"), null);
  const absolute = row.replace("5.000", "1700000007.000");
  assert.equal(read(`#[StartTime: 1700000000]\n${absolute}`).startedAt, "2023-11-14T22:13:27.000Z");
  assert.equal(read(absolute).startedAt, "2023-11-14T22:13:27.000Z");
});

test("the unit follows from Interval_Max, or it must be given", () => {
  const unit = (divisor: number, values: number[], asked?: "ns" | "us" | "ms") => {
    return withFile(logText([{ values, startSec: 0 }], divisor), (file) =>
      unitOf("a.hlog", readHistogramFile(file), asked),
    );
  };
  assert.equal(unit(1_000_000, [20e6]).unit, "ns");
  assert.equal(unit(1_000, [20e3]).unit, "us");
  assert.deepEqual(unit(1_000_000, [20e6], "us"), { unit: "us", certainty: "asked", because: "as --unit says" });
  for (const [divisor, values, says] of [
    [1, [20], /Interval_Max is the maximum itself/],
    [60, [20], /Interval_Max is not the maximum in milliseconds/],
    [1_000_000, [1_500], /suggests nanoseconds, but no request takes only 1500 of them/],
    [1_000, [3], /suggests microseconds, but/],
  ] as const) {
    assert.throws(() => unit(divisor, [...values]), {
      constructor: ConfigurationError,
      message: new RegExp(
        `^a\\.hlog does not contain the unit of its values \\(.*${says.source}.*\\): give --unit ns, --unit us or --unit ms$`,
      ),
    });
    assert.equal(unit(divisor, [...values], "ms").unit, "ms");
  }
  const coarse = new MaxColumn();
  coarse.add(0, 0, 16_383);
  assert.match(coarse.unit().because, /too few digits to tell/);
});

test("lines without a tag that are the total of the others count once; else they are values of their own", () => {
  const tagged = [second(0, "A", [10e6]), second(0, "B", [20e6])];
  const withTotal = logTotals(read(logText([...tagged, second(0, undefined, [10e6, 20e6])])));
  assert.deepEqual(
    [withTotal.total.count, [...withTotal.tags.keys()], withTotal.isUntaggedTotal],
    [2, ["A", "B"], true],
  );
  const withOthers = logTotals(read(logText([...tagged, second(0, undefined, [10e6, 21e6])])));
  assert.deepEqual([withOthers.total.count, [...withOthers.tags.keys()]], [4, ["A", "B", ""]]);
  const untagged = logTotals(read(logText([second(0), second(1)])));
  assert.deepEqual([untagged.total.count, untagged.tags.size], [4, 0]);
});

test("a report has the rate over time, in whole seconds and no more than 20 stretches", () => {
  const seconds = Array.from({ length: 45 }, (_, at) => second(at, "A", at < 30 ? [20e6] : [20e6, 50e6]));
  const log = read(logText(seconds));
  const report = logReport("a.hlog", log, unitOf("a.hlog", log, undefined));
  assert.deepEqual(
    report.series?.startMs,
    Array.from({ length: 15 }, (_, at) => at * 3_000),
  );
  assert.deepEqual(report.series?.requests, [...new Array<number>(10).fill(3), ...new Array<number>(5).fill(6)]);
  assert.deepEqual(report.series?.widthMs, new Array(15).fill(3_000));
  assert.equal(report.total.requestsPerSecond, 1.333);
  assert.equal(
    logReport("a", read(logText([second(0)])), { unit: "ns", certainty: "asked", because: "" }).series,
    null,
  );
});

test("a line that is wrong is refused with its number, what is wrong, and what would be right", () => {
  const good = logText([second(0)]);
  const row = good.split("\n").at(-2) ?? "";
  const base64 = row.split(",").at(-1) ?? "";
  for (const [text, says] of [
    [
      `${good}0.5,1.0,3.0\n`,
      /^.*a\.hlog, line 6: expected StartTimestamp, Interval_Length, Interval_Max and the histogram, separated by commas$/,
    ],
    [`${good}a,1.0,3.0,${base64}\n`, /line 6: StartTimestamp is "a", not a number$/],
    [`${good}0.5,1.0,x,${base64}\n`, /line 6: Interval_Max is "x", not a number$/],
    [`${good}0.5,-1,3.0,${base64}\n`, /line 6: Interval_Length is -1: expected seconds, at least 0$/],
    [`${good}0.5,1.0,3.0,${base64.slice(0, -9)}\n`, /line 6: the histogram is cut off$/],
    [`${good}0.5,1.0,3.0,HIST!\n`, /line 6: the histogram is not base64$/],
    [`${good}${huge}${huge}`, /line 7: there are more than 2\^53 - 1 values$/],
    ["", /is neither an HdrHistogram log \(\.hlog\) nor a percentile text/],
    ['{"schema":"muster-baseline/1"}', /is neither an HdrHistogram log/],
    [logText([{ values: [], startSec: 0 }]), /a\.hlog has no values: its histograms are empty$/],
    [gzipSync(good), /is compressed with gzip: unpack it first$/],
  ] as const) {
    assert.throws(() => withFile(text, readHistogramFile), { constructor: ConfigurationError, message: says });
  }
});

test("Windows line ends, a byte order mark, spaces and lines without a header are read", () => {
  const text = logText([second(0, "A"), second(1, "A")]);
  const rows = text.split("\n").filter((line) => line.startsWith("Tag="));
  for (const form of [
    text.replaceAll("\n", "\r\n"),
    `\ufeff${text}`,
    rows.map((line) => `${line} `).join("\n\n"),
    rows.join("\n").replaceAll(",", " "),
    rows.map((line) => line.replace("Tag=A,", "")).join("\n"),
  ]) {
    const log = withFile(form, readHistogramFile);
    assert.deepEqual([log.kind, log.kind === "log" && logTotals(log).total.count], ["log", 4], form.slice(0, 60));
  }
});

const huge = `0,1,1.0,${encodedCounts([0, 2 ** 52], { version: 1, wordBytes: 8 })}\n`;

function read(text: string): IntervalLog {
  return withFile(text, readIntervalLog);
}
