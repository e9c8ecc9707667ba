import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { RunClock } from "../../../src/worker/time/run-clock.ts";
import { assertProperty } from "../../support/property.ts";

const roundingMs = 1e-6;

/** A run clock on a time that the test makes pass. */
class TestClock {
  nowMs = 1_000_000;
  readonly clock: RunClock;

  constructor(startedAtMs = this.nowMs) {
    this.clock = new RunClock(startedAtMs, () => this.nowMs);
  }

  /** The time of the run, `ms` later. */
  after(ms: number): number {
    this.nowMs += ms;
    return this.clock.nowMs();
  }
}

const near = (actual: number, expected: number, what?: string) =>
  assert.ok(Math.abs(actual - expected) < roundingMs, `${what ?? ""} ${actual}, not ${expected}`);

test("the time of the run is what has passed since its start, and negative before it", () => {
  const time = new TestClock(1_000_500);
  near(time.clock.nowMs(), -500);
  near(time.after(500), 0);
  near(time.after(12_345.5), 12_345.5);
});

test("a small correction is slewed by half a millisecond a second, either way", () => {
  for (const sign of [1, -1]) {
    const time = new TestClock();
    time.after(10_000);
    time.clock.follow(1_000_000 + sign * 20);
    near(time.clock.nowMs(), 10_000, "nothing jumps");
    near(time.after(1_000), 11_000 - sign * 0.5);
    near(time.after(9_000), 20_000 - sign * 5);
    near(time.after(30_000), 50_000 - sign * 20);
    near(time.after(60_000), 110_000 - sign * 20, "and no more");
  }
});

test("how often it is read makes no difference to the slewing", () => {
  const often = new TestClock();
  const once = new TestClock();
  for (const { clock } of [often, once]) clock.follow(1_000_030);
  for (let count = 0; count < 1_000; count++) often.after(7);
  near(often.clock.nowMs(), once.after(7_000));
});

test("a large difference forwards is stepped at once", () => {
  const time = new TestClock();
  time.after(10_000);
  time.clock.follow(1_000_000 - 5_000);
  near(time.clock.nowMs(), 15_000);
});

test("after a large difference backwards the time stands still until it is right", () => {
  const time = new TestClock();
  time.after(10_000);
  time.clock.follow(1_000_000 + 300);
  near(time.clock.nowMs(), 10_000);
  near(time.after(200), 10_000);
  near(time.after(200), 10_100);
});

test("a drift of 20 ppm is followed over hours", () => {
  const time = new TestClock();
  const ppm = 20e-6;
  for (let second = 0; second < 6 * 3_600; second += 15) {
    time.after(15_000);
    const elapsedMs = time.nowMs - 1_000_000;
    time.clock.follow(1_000_000 - elapsedMs * ppm);
    assert.ok(Math.abs(time.clock.nowMs() - elapsedMs * (1 + ppm)) <= 0.31, `after ${second} s`);
  }
});

test("for any corrections, the time never goes back, and reaches the last one", () => {
  const steps = fc.array(
    fc.record({
      passMs: fc.double({ min: 0, max: 5_000, noNaN: true }),
      followMs: fc.option(fc.double({ min: -2_000, max: 2_000, noNaN: true })),
    }),
    { minLength: 1, maxLength: 30 },
  );
  assertProperty(
    fc.property(steps, (list) => {
      const time = new TestClock();
      let last = time.clock.nowMs();
      let toldMs = 0;
      for (const { passMs, followMs } of list) {
        const now = time.after(passMs);
        assert.ok(now >= last, `${now} after ${last}`);
        // No faster than the clock itself and the slewing allow.
        assert.ok(now <= last + passMs * 1.0005 + roundingMs);
        if (followMs !== null) {
          toldMs = followMs;
          time.clock.follow(1_000_000 + followMs);
        }
        last = time.clock.nowMs();
        assert.ok(last >= now);
      }
      // The longest slew is 50 ms, and the longest stand 4 s.
      near(time.after(110_000), time.nowMs - 1_000_000 - toldMs);
    }),
  );
});
