import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { MasterClock } from "../../src/worker/master-clock.ts";

/** Between which two values the clock's offset lies: it can be read only together with our own clock. */
function offsetOf(clock: MasterClock): readonly [low: number, high: number] {
  const before = performance.now();
  const masterMs = clock.nowMs();
  const after = performance.now();
  return [masterMs - after, masterMs - before];
}

const delayMs = fc.double({ min: 0, max: 500, noNaN: true });
const probe = fc.record({ sentMs: fc.double({ min: 0, max: 1e6, noNaN: true }), there: delayMs, back: delayMs });
/** Two clocks of machines that were started up to a year apart. */
const apartMs = fc.double({ min: -3e10, max: 3e10, noNaN: true });
const roundingMs = 1e-3;

test("the offset is never further off than half the shortest round trip, however unequal its two ways", () => {
  fc.assert(
    fc.property(fc.array(probe, { minLength: 1, maxLength: 8 }), apartMs, (probes, offsetMs) => {
      const clock = new MasterClock();
      for (const { sentMs, there, back } of probes) {
        clock.observe(sentMs, sentMs + there + offsetMs, sentMs + there + back);
      }
      const boundMs = Math.min(...probes.map(({ there, back }) => there + back)) / 2 + roundingMs;
      const [low, high] = offsetOf(clock);
      assert.ok(low <= offsetMs + boundMs && high >= offsetMs - boundMs, `${low}..${high} for ${offsetMs}`);
    }),
    { numRuns: 1_000 },
  );
});

test("a slower exchange does not spoil what a faster one found", () => {
  const clock = new MasterClock();
  clock.observe(1_000, 6_001, 1_002);
  clock.observe(2_000, 7_900, 3_000);
  const [low, high] = offsetOf(clock);
  assert.ok(low <= 5_000 + roundingMs && high >= 5_000 - roundingMs);
});

test("the clock goes on by itself and never back", () => {
  const clock = new MasterClock();
  clock.observe(0, 100, 0);
  let last = clock.nowMs();
  for (let count = 0; count < 1_000; count++) {
    const now = clock.nowMs();
    assert.ok(now >= last);
    last = now;
  }
});
