import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { DriftWindow } from "../../../src/analysis/drift/drift-series.ts";
import { steadyPoints, warmUpEndMs } from "../../../src/analysis/drift/steady-points.ts";
import { assertProperty } from "../../support/property.ts";

const windowsOf = (count: number, durationMs: number): DriftWindow[] =>
  Array.from({ length: count }, (_, i) => ({ startMs: i * durationMs, durationMs, value: i, weight: 1 }));

test("the warm-up is 2 minutes, 5 % of the run, or the ramp, whichever is longest", () => {
  assert.equal(warmUpEndMs(windowsOf(600, 1_000), 0), 120_000);
  assert.equal(warmUpEndMs(windowsOf(3_600, 2_000), 0), 360_000);
  assert.equal(warmUpEndMs(windowsOf(3_600, 2_000), 500_000), 500_000);
  assert.equal(warmUpEndMs(windowsOf(60, 1_000), 0, 2_000), 3_000);
  assert.equal(warmUpEndMs([], 0), 120_000);
});

test("windows are merged evenly, by weight, to at most 512 points", () => {
  const points = steadyPoints(windowsOf(1_000, 1_000), 0);
  assert.equal(points.length, 500);
  assert.deepEqual(points[0], { atMs: 1_000, value: 0.5, weight: 2 });
  const uneven = steadyPoints(
    [
      { startMs: 0, durationMs: 1_000, value: 10, weight: 3 },
      { startMs: 1_000, durationMs: 1_000, value: 20, weight: 1 },
      { startMs: 2_000, durationMs: 1_000, value: 99, weight: 0 },
    ],
    0,
    1,
  );
  assert.deepEqual(uneven, [{ atMs: 1_000, value: 12.5, weight: 4 }]);
  assert.deepEqual(steadyPoints(windowsOf(100, 1_000), 100_000), []);
});

test("property: no window is lost or counted twice, and points are in order", () => {
  const width = fc.constantFrom(1_000, 2_000, 10_000);
  assertProperty(
    fc.property(fc.array(fc.tuple(width, fc.nat({ max: 5_000 })), { maxLength: 1_500 }), (shapes) => {
      let startMs = 0;
      const windows = shapes.map(([durationMs, gapMs]): DriftWindow => {
        const window = { startMs, durationMs, value: 1, weight: 1 };
        startMs += durationMs + gapMs;
        return window;
      });
      const points = steadyPoints(windows, 0);
      assert.ok(points.length <= 512);
      assert.equal(
        points.reduce((sum, { weight }) => sum + weight, 0),
        windows.length,
      );
      assert.ok(points.every(({ atMs }, i) => i === 0 || atMs > (points[i - 1]?.atMs as number)));
    }),
  );
});
