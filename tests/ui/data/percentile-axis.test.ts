import assert from "node:assert/strict";
import { test } from "node:test";
import { nines, ninesLabel, percentilePlot } from "../../../src/ui/data/percentile-axis.ts";

test("the axis counts nines and names percentiles", () => {
  assert.deepEqual([0, 1, 2, 3, 4, 5].map(ninesLabel), ["0", "90", "99", "99.9", "99.99", "99.999"]);
  for (const percentile of [50, 75, 90, 95, 99.9]) assert.equal(ninesLabel(nines(percentile)), String(percentile));
});

test("the maximum has no place on the axis; what few requests cannot tell apart is left out", () => {
  const percentiles = [0, 50, 90, 99, 100];
  const full = { valuesMs: [1, 2, 3, 4, 5], maxMs: 5 };
  const short = { valuesMs: [1, 2], maxMs: 2 };
  const { x, lines } = percentilePlot(percentiles, [short, full, null]);
  assert.deepEqual(x.map(ninesLabel), ["0", "50", "90", "99"]);
  assert.deepEqual(lines, [
    [1, 2, null, null],
    [1, 2, 3, 4],
    [null, null, null, null],
  ]);
});
