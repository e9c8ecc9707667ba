import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { ConfigurationError } from "../../../src/core/errors.ts";
import { readHistogramFile } from "../../../src/report/hdr/histogram-file.ts";
import { percentileReport } from "../../../src/report/hdr/percentile-report.ts";
import { type PercentileText, percentileOf, readPercentileText } from "../../../src/report/hdr/percentile-text.ts";
import { assertProperty } from "../../support/property.ts";
import { fixtureFile, histogramOf, withFile } from "./histogram-files.ts";

const header = "       Value     Percentile TotalCount 1/(1-Percentile)\n\n";
const levels = [0, 0.1, 0.5, 0.66, 0.9, 0.95, 0.98, 0.99, 0.999, 0.9999, 1];

test("the text of hdr-histogram-js has the percentiles of its rows, and says between which two the others lie", () => {
  const samples = fc.array(fc.integer({ min: 1, max: 3_000_000 }), { minLength: 1, maxLength: 400 });
  assertProperty(
    fc.property(samples, fc.boolean(), (values, isCsv) => {
      const histogram = histogramOf(values);
      const text = withFile(histogram.outputPercentileDistribution(5, 1, isCsv), readPercentileText);
      assert.equal(text.rows.at(-1)?.count, values.length);
      for (const level of levels) {
        const { low, high } = percentileOf(text, level);
        // The row of the level 0 has the highest value of the first slot.
        const exact =
          level === 0
            ? histogram.highestEquivalentValue(Math.min(...values))
            : histogram.getValueAtPercentile(level * 100);
        assert.ok(low <= exact && exact <= high, `${exact} from ${low} to ${high} at ${level}`);
        if ([0, 0.1, 0.5, 0.9, 0.95, 1].includes(level)) assert.equal(low, high);
      }
      assert.equal(text.mean === null, isCsv);
    }),
    { factor: 0.4 },
  );
});

test("the output of wrk2 is read: milliseconds, and the rate of all its requests", () => {
  const text = fixtureFile("wrk2.txt", readPercentileText);
  assert.deepEqual(text.unit, { unit: "ms", certainty: "said", because: "as wrk2 prints them" });
  assert.deepEqual(text.sent, { requests: 60_018, durationMs: 30_000 });
  const { total, notes } = percentileReport("wrk2.txt", text, { unit: "ms", certainty: "said", because: "" });
  assert.deepEqual([total.requests, total.requestsPerSecond], [39_500, 2_000.6]);
  const { percentiles, from, ...rest } = total.responseTimeMs;
  assert.deepEqual(rest, { min: 0.921, mean: 6.602, max: 12.503, stddev: 1.919 });
  assert.deepEqual([percentiles["50"], percentiles["95"], percentiles["100"]], [6.671, 10.015, 12.503]);
  // wrk2 prints 11.18 ms itself.
  assert.deepEqual([from["99"], percentiles["99"]], [11.135, 11.207]);
  assert.deepEqual(
    Object.keys(from),
    ["66", "98", "99", "99.9", "99.99"].sort((a, b) => Number(a) - Number(b)),
  );
  assert.deepEqual(notes, [
    "the rate is of all 60,018 requests, the table of 39,500: wrk2 leaves out its calibration",
    "≤: the percentile lies between two rows of the text, and this is the upper end",
  ]);
});

/** The form of `vegeta report -type=hdrplot`, from its README: the unit is in the head, and counts are those of the levels. */
test("the output of vegeta is read, whose head has the unit", () => {
  const text = [
    "Value(ms)  Percentile  TotalCount  1/(1-Percentile)",
    "0.076715   0.000000    0           1.000000",
    "0.513059   0.500000    999         2.000000",
    "0.546923   0.990000    1979        100.000000",
    "0.955774   1.000000    1999        10000000.000000",
  ];
  const read = withFile(`${text.join("\n")}\n`, readPercentileText);
  assert.deepEqual(read.unit, { unit: "ms", certainty: "said", because: "as the head of its table says" });
  assert.deepEqual([percentileOf(read, 0.99), read.rows.at(-1)?.count], [{ low: 0.546923, high: 0.546923 }, 1_999]);
  const csv = withFile(
    ["#[StartTime: 0 (seconds)]", "Value,Percentile,TotalCount,1/(1-Percentile)", "5,1.0,9,inf"].join("\n"),
    readHistogramFile,
  );
  assert.deepEqual([csv.kind, csv.unit.unit], ["percentiles", null]);
});

test("the first of several tables is read, and the report says so", () => {
  const twice = fixtureFile("wrk2.txt", (file) => [...file.lines()].map(({ text }) => text).join("\n"));
  const uncorrected = twice.replace("Recorded Latency", "Uncorrected Latency").replaceAll("39500", "39501");
  const text = withFile(`${twice}\n${uncorrected}`, readPercentileText);
  assert.deepEqual([text.rows.at(-1)?.count, text.tables, text.title], [39_500, 2, "Recorded Latency"]);
  const [first] = percentileReport("w", text, { unit: "ms", certainty: "said", because: "" }).notes;
  assert.equal(first, "the file has 2 tables; this is the first, Recorded Latency");
});

test("a percentile that the row before has too is known, although the text has no row for it", () => {
  const text: Pick<PercentileText, "rows" | "levelRounding"> = {
    rows: [
      { value: 1, level: 0, count: 1 },
      { value: 7, level: 0.5, count: 98 },
      { value: 9, level: 1, count: 100 },
    ],
    levelRounding: 5e-7,
  };
  assert.deepEqual(percentileOf(text, 0.98), { low: 7, high: 7 });
  assert.deepEqual(percentileOf(text, 0.99), { low: 7, high: 9 });
});

test("a text that is wrong is refused with the line, what is wrong, and what would be right", () => {
  const row = (value: number, level: string, count: number) => `${value} ${level} ${count} 1.00\n`;
  for (const [text, says] of [
    [header, /a\.hlog, line 2: there is no row: expected rows of value, percentile and count, to the percentile 1\.0$/],
    [`${header}${row(1, "0.0", 1)}${row(2, "0.5", 9)}`, /line 4: the last row has the percentile 0\.5: expected rows/],
    [
      `${header}${row(1, "0.0", 1)}#[Mean = 1.0, StdDeviation = 0.0]\n`,
      /line 4: the last row has the percentile 0: expected/,
    ],
    [`${header}${row(5, "0.0", 1)}${row(2, "1.0", 9)}`, /line 4: the row is lower than the row before it/],
    [`${header}${row(1, "0.0", 9)}${row(2, "1.0", 2)}`, /line 4: the row is lower/],
    [`${header}${row(1, "50.0", 9)}`, /line 3: the percentile is 50\.0: expected 0 to 1$/],
    [`${header}1 1.0 9007199254740993\n`, /line 3: the count is above 2\^53 - 1$/],
    [`${header}1 1.0 9\n#[Max = 1.0, Total count = 8]\n`, /line 4: Total count is 8, but the last row counts 9$/],
    [`${header}1 1.0 0\n`, /has no values/],
  ] as const) {
    assert.throws(() => withFile(text, readHistogramFile), { constructor: ConfigurationError, message: says });
  }
});
