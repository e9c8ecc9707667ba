import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { ObservedThreshold } from "../../../src/analysis/observed/observed-threshold.ts";
import { hasMeasuredFailure } from "../../../src/analysis/verdict.ts";
import { parseThresholds, type Threshold, type ThresholdDefinition } from "../../../src/core/thresholds/threshold.ts";
import type { Observed } from "../../../src/stats/observed-series.ts";
import { assertProperty } from "../../support/property.ts";

function threshold(given: string | ThresholdDefinition, name = "queue"): Threshold {
  const [one] = parseThresholds({ [`observed{name:${name}}`]: given });
  assert.ok(one !== undefined);
  return one;
}

/** A source that is read every 5 s, from 0 on; null is a reading that failed. */
function observed(values: readonly (number | null)[], everyMs = 5_000): Observed {
  const failures = values.filter((value) => value === null).length;
  const samples = values.flatMap((value, at) => (value === null ? [] : [{ atMs: at * everyMs, value }]));
  return {
    sources: [
      {
        name: "queue",
        kind: "prometheus",
        target: "queue_length of http://127.0.0.1:1/metrics",
        everyMs,
        readings: values.length,
        failures,
        lastFailure: failures === 0 ? null : { atMs: values.lastIndexOf(null) * everyMs, text: "ECONNREFUSED" },
      },
    ],
    series: samples.length === 0 ? [] : [{ name: "queue", source: "queue", unit: null, samples }],
  };
}

const judged = (
  given: string | ThresholdDefinition,
  values: readonly (number | null)[],
  toMs = values.length * 5_000,
) => new ObservedThreshold(threshold(given)).final(observed(values), toMs);

test("each aggregation is that of the values", () => {
  const values = [4, 8, 1, 7, 5];
  for (const [expression, value] of [
    ["avg<100", 5],
    ["min<100", 1],
    ["max<100", 8],
    ["med<100", 5],
    ["p(80)<100", 7],
    ["p(95)<100", 8],
    ["p(0)<100", 1],
    ["count<100", 5],
    ["last<100", 5],
  ] as const) {
    const outcome = judged(expression, values);
    assert.deepEqual([outcome.value, outcome.passed, outcome.unobserved], [value, true, undefined], expression);
  }
  assert.equal(judged("max<8", values).passed, false);
  // Values that are read after the load has ended do not count.
  assert.equal(judged("max<8", values, 5_000).value, 4);
  assert.equal(judged({ threshold: "max<100", after: "8s" }, values).value, 7);
  assert.equal(judged("min>-3", [-2, 4]).passed, true);
});

test("a source without a value passes nothing: the reason names it, what failed last, and when", () => {
  const outcome = judged("max<100", [null, null, null]);
  assert.deepEqual([outcome.passed, outcome.noData, outcome.value], [false, true, null]);
  assert.equal(
    outcome.unobserved,
    "max of observed queue < 100 could not be judged: the source queue gave no value in 3 readings, of which 3 failed, the last at 00:10: ECONNREFUSED",
  );
  assert.deepEqual(judged({ threshold: "max<100", noData: "passes" }, [null]).unobserved, undefined);
});

test("a run that is shorter than the time between two readings needs one value", () => {
  assert.equal(judged("max<100", [7], 900).unobserved, undefined);
  assert.match(judged("max<100", [null], 900).unobserved ?? "", /gave no value in 1 readings/);
});

test("a name that the source never gave is said with the nearest", () => {
  const of = observed([1, 2, 3]);
  const record = {
    ...of,
    series: [{ ...of.series[0], name: "queue.length", source: "queue", unit: null, samples: [] }],
  };
  const outcome = new ObservedThreshold(threshold("max<1", "queue.lenght")).final(record, 15_000);
  assert.match(outcome.unobserved ?? "", /the source queue gave no queue\.lenght; did you mean queue\.length\?/);
});

test("too few values judge nothing, unless more of them could not change the outcome", () => {
  const few = [50, null, null, null, null, null];
  for (const [expression, isJudged] of [
    ["max<100", false],
    ["max<10", true],
    ["max>10", true],
    ["max>100", false],
    ["min>10", false],
    ["min>100", true],
    ["min<100", true],
    ["min<10", false],
    ["avg<10", false],
    ["last<10", false],
    ["p(95)<10", false],
    ["count>0", true],
  ] as const) {
    const outcome = judged(expression, few);
    assert.equal(outcome.unobserved === undefined, isJudged, expression);
    if (!isJudged) assert.equal(outcome.passed, false, expression);
  }
  // Half of them are enough.
  assert.equal(judged("avg<100", [50, null, 40, null, 30, null]).unobserved, undefined);
});

test("while the run continues, nothing is missing before a value is due", () => {
  const one = new ObservedThreshold(threshold("max<100"));
  assert.deepEqual(
    [one.current(observed([]), 3_000).noData, one.current(observed([]), 3_000).unobserved],
    [true, undefined],
  );
  assert.match(one.current(observed([null, null]), 6_000).unobserved ?? "", /gave no value/);
  assert.equal(one.current(observed([7, 9]), 6_000).value, 9);
});

test("with a window, the worst window counts, and one without enough values is left out", () => {
  const steady = Array.from({ length: 24 }, () => 10);
  const burst = steady.with(12, 100).with(13, 100);
  const window = (values: readonly (number | null)[]) => judged({ threshold: "avg<50", window: "10s" }, values);
  assert.deepEqual(window(steady).span?.windows, { widthMs: 10_000, judged: 111, broken: 0, worstStartMs: 0 });
  const broken = window(burst);
  assert.deepEqual([broken.passed, broken.value], [false, 100]);
  assert.equal(broken.span?.windows?.worstStartMs, 56_000);
  // Over the whole run it would have held.
  assert.equal(judged("avg<50", burst).passed, true);
  const gap = [...steady.slice(0, 20), null, null, null, null];
  const left = window(gap);
  assert.deepEqual([left.passed, left.unobserved], [true, undefined]);
  assert.equal((left.span?.windows?.judged ?? 0) + (left.span?.windows?.unjudged ?? 0), 111);
  const mostly = window([...steady.slice(0, 8), ...Array.from({ length: 16 }, () => null)]);
  assert.deepEqual([mostly.passed, mostly.unobserved !== undefined], [false, true]);
});

test("a window judged step by step, while values come, is the same as at the end", () => {
  const value = fc.option(fc.integer({ min: 0, max: 20 }), { freq: 4 });
  assertProperty(
    fc.property(fc.array(value, { maxLength: 40 }), fc.constantFrom("avg<10", "max<19", "p(50)>=3"), (values, text) => {
      const given = { threshold: text, window: "15s" };
      const stepwise = new ObservedThreshold(threshold(given));
      const toMs = values.length * 5_000;
      for (let atMs = 0; atMs < toMs; atMs += 1_000) {
        const known = values.slice(0, Math.ceil(atMs / 5_000));
        stepwise.current(observed(known), atMs);
      }
      const all = observed(values);
      assert.deepEqual(stepwise.final(all, toMs), new ObservedThreshold(threshold(given)).final(all, toMs));
    }),
  );
});

test("windows that touch a pause are left out, and the values of others are not called too few", () => {
  const values = Array.from({ length: 24 }, (_, at) => (at >= 8 && at < 12 ? 100 : 10));
  const of = (given: ThresholdDefinition, fromMs: number, toMs: number) => {
    const one = new ObservedThreshold(threshold(given));
    return one.final(observed(values), 120_000, [{ fromMs, toMs }]);
  };
  const given = { threshold: "avg<50", window: "10s" };
  assert.equal(of(given, 0, 0).passed, false);
  const left = of(given, 35_000, 60_000);
  assert.deepEqual([left.passed, left.span?.windows?.broken, left.span?.windows?.unjudged], [true, 0, 34]);
  const all = of(given, 0, 120_000);
  assert.deepEqual([all.noData, all.unobserved], [true, undefined]);
});

test("while the run continues, a lower bound on what only rises has not failed yet", () => {
  for (const [expression, isOpen] of [
    ["count>10", true],
    ["max>=100", true],
    ["max<1", undefined],
    ["min>100", undefined],
    ["avg>100", undefined],
  ] as const) {
    const one = new ObservedThreshold(threshold(expression));
    const now = one.current(observed([5, 6]), 10_000);
    assert.deepEqual([now.passed, now.open, hasMeasuredFailure(now)], [false, isOpen, isOpen !== true], expression);
    const end = one.final(observed([5, 6]), 10_000);
    assert.deepEqual([end.passed, end.open, hasMeasuredFailure(end)], [false, undefined, true], expression);
  }
});

test("a look at a running run reads the values that are new, not all", () => {
  for (const given of ["p(95)<100", "avg<100", { threshold: "med<100", window: "10m" }]) {
    const record = observed(Array.from({ length: 5_000 }, (_, at) => at % 7));
    let reads = 0;
    const samples = new Proxy(record.series[0]?.samples ?? [], {
      get: (target, key, receiver) => {
        if (typeof key === "string" && /^\d+$/.test(key)) reads++;
        return Reflect.get(target, key, receiver);
      },
    });
    const watched = { ...record, series: record.series.map((series) => ({ ...series, samples })) };
    const one = new ObservedThreshold(threshold(given));
    one.current(watched, 4_000 * 5_000);
    reads = 0;
    one.current(watched, 4_001 * 5_000);
    assert.ok(reads < 50, `${reads} reads for one new value`);
  }
});
