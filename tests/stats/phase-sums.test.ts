import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { phaseNames } from "../../src/core/request-phase.ts";
import { PhaseSums } from "../../src/stats/phase-sums.ts";
import { assertProperty } from "../support/property.ts";

const times = fc.array(
  fc.record({ phase: fc.nat({ max: phaseNames.length - 1 }), micros: fc.double({ min: 0, max: 1e9, noNaN: true }) }),
);

test("sums, maxima and counts are those of whole microseconds", () => {
  assertProperty(
    fc.property(times, (recorded) => {
      const sums = new PhaseSums();
      for (const { phase, micros } of recorded) sums.record(phase, micros);
      for (const [phase] of phaseNames.entries()) {
        const own = recorded.filter((entry) => entry.phase === phase).map(({ micros }) => Math.round(micros));
        const counted = own.filter((micros) => micros > 0);
        assert.deepEqual(sums.of(phase), {
          phase,
          requests: counted.length,
          sumMicros: counted.reduce((sum, micros) => sum + micros, 0),
          maxMicros: Math.max(0, ...counted),
        });
      }
    }),
  );
});

test("merging adds what was recorded; a reset starts again", () => {
  assertProperty(
    fc.property(times, times, (first, second) => {
      const [whole, part, other] = [new PhaseSums(), new PhaseSums(), new PhaseSums()];
      for (const { phase, micros } of [...first, ...second]) whole.record(phase, micros);
      for (const { phase, micros } of first) part.record(phase, micros);
      for (const { phase, micros } of second) other.record(phase, micros);
      part.merge(other);
      assert.deepEqual(part.list(), whole.list());
      part.reset();
      assert.deepEqual(part.list(), []);
    }),
  );
});
