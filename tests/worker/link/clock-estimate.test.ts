import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { ClockEstimate } from "../../../src/worker/link/clock-sync.ts";
import { assertProperty } from "../../support/property.ts";

const delayMs = fc.double({ min: 0, max: 500, noNaN: true });
const exchange = fc.record({ pauseMs: fc.double({ min: 0, max: 60_000, noNaN: true }), there: delayMs, back: delayMs });
/** Two clocks of machines that were started up to a year apart. */
const apartMs = fc.double({ min: -3e10, max: 3e10, noNaN: true });
const driftPpm = fc.double({ min: -50, max: 50, noNaN: true });
const roundingMs = 1e-3;

test("nothing is known before the first exchange", () => {
  assert.equal(new ClockEstimate().offsetMs, null);
});

test("a slower exchange does not spoil what a faster one has just found", () => {
  const estimate = new ClockEstimate();
  estimate.observe(1_000, 6_001, 1_002);
  estimate.observe(2_000, 7_900, 3_000);
  assert.equal(estimate.offsetMs, 5_000);
});

test("an exchange that is fast for its age wins", () => {
  const estimate = new ClockEstimate();
  estimate.observe(0, 5_001, 2);
  // In a minute two clocks may drift 3 ms apart: as bad as a round trip that is 6 ms longer.
  estimate.observe(60_000, 65_004, 60_009);
  assert.equal(estimate.offsetMs, 5_001 - 1);
  estimate.observe(61_000, 66_004.5, 61_004);
  assert.equal(estimate.offsetMs, 5_002.5);
});

test("exchanges older than five minutes are dropped, however fast they were", () => {
  const estimate = new ClockEstimate();
  estimate.observe(0, 5_000.05, 0.1);
  estimate.observe(301_000, 306_100, 301_400);
  assert.equal(estimate.offsetMs, 306_100 - 301_200);
});

test("the offset is never further off than half a round trip and the drift since, however unequal the two ways", () => {
  assertProperty(
    fc.property(fc.array(exchange, { minLength: 1, maxLength: 40 }), apartMs, driftPpm, (exchanges, offsetMs, ppm) => {
      const estimate = new ClockEstimate();
      const masterMs = (ms: number) => ms + offsetMs + ms * ppm * 1e-6;
      let nowMs = 0;
      let boundMs = Number.POSITIVE_INFINITY;
      for (const { pauseMs, there, back } of exchanges) {
        const sentMs = nowMs + pauseMs;
        nowMs = sentMs + there + back;
        estimate.observe(sentMs, masterMs(sentMs + there), nowMs);
        boundMs = Math.min(boundMs + (pauseMs + there + back) * 50e-6, (there + back) / 2);
        // What would be better than this bound was forgotten at most because it is older than five minutes.
        const allowedMs = Math.max(boundMs, Math.min((there + back) / 2, 300_000 * 50e-6 + 500)) + 0.05 + roundingMs;
        assert.ok(Math.abs((estimate.offsetMs ?? 0) - (masterMs(nowMs) - nowMs)) <= allowedMs);
      }
    }),
  );
});
