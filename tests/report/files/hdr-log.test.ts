import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import * as hdr from "hdr-histogram-js";
import { hdrLog, hdrTag } from "../../../src/report/files/hdr-log.ts";
import { hdrPercentiles } from "../../../src/report/hdr-percentiles.ts";
import type { Result } from "../../../src/report/result/result-schema.ts";
import { countsIndexOf, highestEquivalentOf } from "../../../src/stats/histogram/layout.ts";
import { delta, requests } from "../../store/store-fixture.ts";
import { assertProperty } from "../../support/property.ts";
import { withRecorded } from "../recorded-run.ts";

const names = ["/jobs", "/jobs/:id", "a b, 100%"] as const;

/** Some requests in each of some seconds. */
const seconds = fc.array(
  fc.array(fc.record({ name: fc.constantFrom(...names), micros: fc.integer({ min: 1, max: 90_000_000 }) }), {
    maxLength: 30,
  }),
  { minLength: 1, maxLength: 5 },
);

test("read by hdr-histogram-js, the log has the counts and percentiles of the result", () => {
  assertProperty(
    fc.property(seconds, (windows) => {
      const deltas = windows.map((events, second) =>
        delta(
          second,
          events.flatMap(({ name, micros }) => requests(1, name, micros)),
        ),
      );
      withRecorded(deltas, ({ result, recording }) => {
        const read = summed([...hdrLog(result, recording)].join(""));
        assert.equal(read.size, result.endpoints.length);
        for (const endpoint of result.endpoints) {
          const histogram = read.get(hdrTag(endpoint.method, endpoint.name));
          assert.equal(histogram?.totalCount, endpoint.requests);
          assertPercentiles(endpoint.responseTimeMs, histogram);
        }
      });
    }),
    { factor: 0.3 },
  );
});

test("the lines have the time and the length of their windows, from the start of the run on", () => {
  const deltas = [delta(0, requests(1)), delta(3, requests(2, "/jobs", 5_000), { seconds: 4 })];
  const reader = withRecorded(deltas, ({ result, recording }) => {
    return new hdr.HistogramLogReader([...hdrLog(result, recording)].join(""));
  });
  const [first, second, none] = [1, 2, 3].map(() => reader.nextIntervalHistogram());
  const startedMs = Date.parse("2026-01-02T03:05:00Z");
  assert.deepEqual(
    [first?.tag, first?.startTimeStampMsec, first?.endTimeStampMsec],
    ["GET:/jobs", startedMs, startedMs + 1_000],
  );
  assert.deepEqual([second?.startTimeStampMsec, second?.endTimeStampMsec], [startedMs + 3_000, startedMs + 7_000]);
  assert.equal(none, null);
});

test("no two endpoints have the same tag, and none holds what ends a tag", () => {
  assertProperty(
    fc.property(fc.string({ unit: "grapheme" }), fc.string({ unit: "grapheme" }), (one, other) => {
      assert.doesNotMatch(hdrTag("GET", one), /[\s,]/u);
      assert.equal(hdrTag("GET", one) === hdrTag("GET", other), one === other);
    }),
  );
});

test("the percentile text is that of hdr-histogram-js, in ms", () => {
  assertProperty(
    fc.property(fc.array(fc.integer({ min: 1, max: 90_000_000 }), { minLength: 1, maxLength: 300 }), (samples) => {
      const theirs = hdr.build({
        lowestDiscernibleValue: 1,
        highestTrackableValue: 3_600_000_000,
        numberOfSignificantValueDigits: 3,
      });
      for (const micros of samples) theirs.recordValue(micros);
      const ours = withRecorded(
        [
          delta(
            0,
            samples.flatMap((micros) => requests(1, "/jobs", micros)),
          ),
        ],
        ({ recording }) => [...hdrPercentiles(recording.totals().merged().responseTime)].join(""),
      );
      assert.deepEqual(figures(ours), figures(theirs.outputPercentileDistribution(5, 1_000)));
    }),
    { factor: 0.25 },
  );
});

/** All lines of a tag together. */
function summed(log: string): Map<string, hdr.Histogram> {
  const reader = new hdr.HistogramLogReader(log);
  const byTag = new Map<string, hdr.Histogram>();
  for (let next = reader.nextIntervalHistogram(); next !== null; next = reader.nextIntervalHistogram()) {
    const sum =
      byTag.get(String(next.tag)) ??
      hdr.build({ highestTrackableValue: 3_600_000_000, numberOfSignificantValueDigits: 3 });
    sum.add(next);
    byTag.set(String(next.tag), sum);
  }
  return byTag;
}

/** A result caps a percentile by the exact maximum, which a log does not have: its slot is the same. */
function assertPercentiles(
  responseTimeMs: Result["total"]["responseTimeMs"],
  histogram: hdr.Histogram | undefined,
): void {
  for (const [percentile, valueMs] of Object.entries(responseTimeMs.percentiles)) {
    const slotMicros = highestEquivalentOf(countsIndexOf(Math.round(valueMs * 1_000)));
    assert.equal(histogram?.getValueAtPercentile(Number(percentile)), slotMicros, `p${percentile}`);
  }
}

/** Values, percentiles and counts; the statistics below them are rounded in another way. */
function figures(text: string): string[] {
  return text.split("\n").filter((line) => /^ +\d/.test(line));
}
