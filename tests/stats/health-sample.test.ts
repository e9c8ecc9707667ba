import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { HealthSeries, mergeSamples } from "../../src/stats/health-sample.ts";
import { assertProperty } from "../support/property.ts";
import { sampleAt } from "./health-fixtures.ts";

test("two samples as one: means by their lengths, sums, the worst delay, the latest heap", () => {
  const first = sampleAt(0, { utilisation: 0.3, scheduleLagP99Ms: 2, loopDelayMaxMs: 40, heapAfterGcBytes: 5 });
  const second = sampleAt(1, { widthMs: 3_000, utilisation: 0.7, scheduleLagP99Ms: 6, heapAfterGcBytes: 9 });
  const both = mergeSamples(first, second);
  assert.deepEqual([both.atMs, both.widthMs, both.requests, both.gcMs], [0, 4_000, 100, 10]);
  assert.ok(Math.abs(both.utilisation - 0.6) < 1e-9);
  assert.deepEqual([both.scheduleLagP99Ms, both.loopDelayMaxMs, both.heapAfterGcBytes], [5, 40, 9]);
});

test("a second in which nothing was due adds no lag", () => {
  const quiet = sampleAt(0, { scheduleLagP99Ms: null });
  assert.equal(mergeSamples(quiet, sampleAt(1, { scheduleLagP99Ms: 3 })).scheduleLagP99Ms, 3);
  assert.equal(mergeSamples(quiet, sampleAt(1, { scheduleLagP99Ms: null })).scheduleLagP99Ms, null);
});

test("the number of samples stays within the limit, in order, and no time or garbage collection is lost", () => {
  assertProperty(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 300 }),
      fc.integer({ min: 2, max: 50 }),
      (gaps, most) => {
        const series = new HealthSeries();
        let second = 0;
        for (const gap of gaps) {
          second += gap;
          series.add(sampleAt(second), most);
        }
        const { samples } = series;
        assert.ok(samples.length <= most);
        assert.ok(samples.every(({ atMs }, i) => i === 0 || atMs > (samples[i - 1]?.atMs ?? 0)));
        assert.equal(
          samples.reduce((sum, { gcMs }) => sum + gcMs, 0),
          5 * gaps.length,
        );
        assert.equal(
          samples.reduce((sum, { requests }) => sum + requests, 0),
          50 * gaps.length,
        );
      },
    ),
  );
});
