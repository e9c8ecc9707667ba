import assert from "node:assert/strict";
import { test } from "node:test";
import { OwnColumnsBuilder } from "../../../src/report/page/own-columns.ts";
import type { Block } from "../../../src/report/page/window-blocks.ts";
import type { Observed } from "../../../src/stats/observed-series.ts";

const source = { kind: "function", target: null, readings: 4, failures: 0, lastFailure: null } as const;
const observed: Observed = {
  sources: [{ ...source, name: "queue", everyMs: 2_000 }],
  series: [
    {
      name: "queue",
      source: "queue",
      unit: "jobs",
      // None at 4 s to 10 s: the source has failed.
      samples: [
        { atMs: 10, value: 1 },
        { atMs: 2_100, value: 2 },
        { atMs: 2_900, value: 4 },
        { atMs: 10_000, value: 1 / 3 },
      ],
    },
  ],
};

function columns(seconds: number, blocks: number) {
  const builder = new OwnColumnsBuilder({}, blocks, observed);
  for (let second = 0; second < seconds; second++) {
    const block = { startMs: second * 1_000, widthMs: 1_000, samples: [], metrics: new Map() };
    builder.add(block as unknown as Block);
  }
  return builder.finish();
}

test("an observed metric is drawn by its values, which hold for two readings, on the time axis of the run", () => {
  const own = columns(12, 12);
  assert.deepEqual(own?.series, [
    {
      kind: "observed",
      name: "queue",
      unit: "jobs",
      values: [1, 1, 3, 4, 4, 4, 4, null, null, null, 0.33333, 0.33333],
      p95: null,
    },
  ]);
  assert.deepEqual(
    own?.startMs,
    Array.from({ length: 12 }, (_, second) => second * 1_000),
  );
});

test("several values of an entry are their mean", () => {
  const own = columns(1_200, 1_200);
  assert.deepEqual(own?.widthMs.slice(0, 2), [2_000, 2_000]);
  assert.deepEqual(own?.series[0]?.values.slice(0, 6), [1, 3, 4, 4, null, 0.33333]);
});
