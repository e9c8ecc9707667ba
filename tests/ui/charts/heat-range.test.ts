import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { heatRange } from "../../../src/ui/charts/heat-layer.ts";
import { assertProperty } from "../../support/property.ts";

test("the axis of the heat map begins at or below the lowest time, at a number of one digit", () => {
  assertProperty(
    fc.property(fc.double({ min: 0.001, max: 3.6e6, noNaN: true }), (lowest) => {
      const heat = { startMs: [0], widthMs: [1_000], bucketsMs: [lowest, lowest * 1.5], counts: [[1, 1]] };
      const [from, to] = heatRange(heat);
      assert.ok(from > 0 && from <= lowest && from > lowest / 2.01 && to > lowest, `${from} to ${to}`);
      assert.equal(from, Number(from.toPrecision(1)));
    }),
  );
});
