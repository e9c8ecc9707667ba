import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { SampleRange } from "../../../src/analysis/observed/sample-range.ts";
import { assertProperty } from "../../support/property.ts";

test("a range that moves has the extremes, the mean and the percentiles of its values", () => {
  const value = fc.integer({ min: -1_000, max: 1_000 });
  const gap = fc.integer({ min: 1, max: 30 });
  const moves = fc.array(fc.tuple(fc.nat(20), fc.nat(60)), { maxLength: 40 });
  assertProperty(
    fc.property(fc.array(fc.tuple(gap, value), { maxLength: 200 }), moves, (given, steps) => {
      let atMs = 0;
      const samples = given.map(([after, value]) => {
        atMs += after;
        return { atMs, value };
      });
      const range = new SampleRange(true);
      let [fromMs, toMs] = [0, 0];
      for (const [from, to] of steps) {
        fromMs += from;
        toMs = Math.max(toMs, fromMs + to);
        range.moveTo(samples, fromMs, toMs);
        const inside = samples.filter((one) => one.atMs >= fromMs && one.atMs < toMs).map((one) => one.value);
        const sorted = inside.toSorted((a, b) => a - b);
        const { view } = range;
        assert.equal(range.count, inside.length);
        if (view === undefined) continue;
        const sum = inside.reduce((total, one) => total + one, 0);
        const { avg, min, max, last } = view;
        assert.deepEqual([min, max, avg, last], [sorted[0], sorted.at(-1), sum / inside.length, inside.at(-1)]);
        for (const p of [0, 1, 50, 95, 100]) {
          assert.equal(view.percentile(p), sorted[Math.max(0, Math.ceil((p / 100) * sorted.length) - 1)]);
        }
      }
    }),
  );
});

test("a huge value that has dropped out leaves no error in the mean", () => {
  const samples = [1, 2, 1e300, 3, 4, 5].map((value, at) => ({ atMs: at, value }));
  const range = new SampleRange(false);
  range.moveTo(samples, 0, 4);
  range.moveTo(samples, 3, 6);
  assert.equal(range.view?.avg, 4);
});
