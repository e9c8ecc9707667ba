import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { labelTops } from "../../../src/ui/charts/label-places.ts";
import { assertProperty } from "../../support/property.ts";

const height = 14;

test("a label is above its line, at the top for a line above the plot, and below what is written there", () => {
  assert.deepEqual(labelTops([{ lineAt: 100, from: 0 }], height, 200), [86]);
  assert.deepEqual(labelTops([{ lineAt: -50, from: 0 }], height, 200), [0]);
  assert.deepEqual(labelTops([{ lineAt: 5, from: 16 }], height, 200), [16]);
  assert.deepEqual(
    labelTops(
      [
        { lineAt: 100, from: 0 },
        { lineAt: 98, from: 0 },
      ],
      height,
      200,
    ),
    [98, 84],
  );
});

test("labels are not over each other, in the order of their lines, and in the plot", () => {
  const lines = fc.array(fc.integer({ min: -300, max: 180 }), { maxLength: 12 });
  assertProperty(
    fc.property(lines, fc.constantFrom(0, 16), (all, from) => {
      const tops = labelTops(
        all.map((lineAt) => ({ lineAt, from })),
        height,
        200,
      );
      const sorted = tops.toSorted((a, b) => a - b);
      for (const [position, top] of sorted.entries()) {
        assert.ok(top >= 0 && top <= 200 - height, String(tops));
        if (position > 0) assert.ok(top - (sorted[position - 1] ?? 0) >= height, String(tops));
      }
      const inOrder = all
        .map((lineAt, position) => ({ lineAt, top: tops[position] ?? 0 }))
        .toSorted((a, b) => a.lineAt - b.lineAt || a.top - b.top);
      assert.deepEqual(
        inOrder.map(({ top }) => top),
        sorted,
      );
    }),
  );
});
