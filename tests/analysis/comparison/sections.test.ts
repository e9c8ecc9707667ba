import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { sectionsOf, stepsOf } from "../../../src/analysis/comparison/sections.ts";
import { assertProperty } from "../../support/property.ts";

test("sections cover the run without gap, in whole seconds, and differ by at most a second", () => {
  assertProperty(
    fc.property(fc.integer({ min: 10_000, max: 90_000_000 }), (durationMs) => {
      const sections = sectionsOf(durationMs);
      assert.equal(sections.length, durationMs < 20_000 ? 10 : 20);
      assert.deepEqual([sections[0]?.startMs, sections.at(-1)?.endMs], [0, durationMs]);
      const lengths = sections.map(({ startMs, endMs }) => endMs - startMs);
      for (const [position, { startMs }] of sections.entries()) {
        assert.ok(Number.isInteger(startMs / 1_000));
        if (position > 0) assert.equal(startMs, sections[position - 1]?.endMs);
      }
      assert.ok(Math.max(...lengths) - Math.min(...lengths) < 2_000);
      assert.ok(Math.min(...lengths) >= 1_000);
    }),
  );
});

test("a run below 10 s has no sections", () => {
  assert.deepEqual(sectionsOf(9_999), []);
  assert.deepEqual(sectionsOf(0), []);
});

test("steps cover their section, at most 12 of them", () => {
  assertProperty(
    fc.property(fc.integer({ min: 0, max: 1_000 }), fc.integer({ min: 0, max: 5_000_000 }), (second, lengthMs) => {
      const section = { startMs: second * 1_000, endMs: second * 1_000 + lengthMs };
      const steps = stepsOf(section);
      assert.ok(steps.length >= 1 && steps.length <= 12, String(steps.length));
      assert.deepEqual([steps[0]?.startMs, steps.at(-1)?.endMs], [section.startMs, section.endMs]);
      for (const [position, { startMs }] of steps.entries()) {
        if (position > 0) assert.equal(startMs, steps[position - 1]?.endMs);
        assert.ok(Number.isInteger(startMs / 1_000));
      }
    }),
  );
});
