import assert from "node:assert/strict";
import { test } from "node:test";
import { StallWatch } from "../../../src/worker/health/stall-watch.ts";

/** A watch whose event loop turned every 20 ms until `untilMs`. */
function turning(untilMs: number): StallWatch {
  const watch = new StallWatch(100, 0);
  for (let atMs = 20; atMs <= untilMs; atMs += 20) watch.beat(atMs);
  return watch;
}

test("without a stall no request is touched, however long it takes", () => {
  const watch = turning(10_000);
  assert.equal(watch.touched(0, 10_000), false);
  assert.equal(watch.touched(9_990, 10_015), false);
});

test("what was due or open during a stall is touched, and what was due within as long a time after it", () => {
  const watch = turning(1_000);
  // It stood still for 500 ms beyond the turn that was expected.
  watch.beat(1_520);
  assert.deepEqual(
    [900, 1_200, 1_519, 1_900, 2_019, 2_020, 3_000].map((dueMs) => watch.touched(dueMs, 1_530)),
    [true, true, true, true, true, false, false],
  );
});

test("a short stall does not end the time after a longer one", () => {
  const watch = turning(1_000);
  // 1,000 ms, and 100 ms while the worker catches up.
  watch.beat(2_020);
  watch.beat(2_140);
  assert.deepEqual(
    [2_239, 2_241, 3_019, 3_020].map((dueMs) => watch.touched(dueMs, 2_150)),
    [true, true, true, false],
  );
});

test("a response that is read before the timer fires finds the stall itself, once", () => {
  const watch = turning(1_000);
  assert.equal(watch.touched(990, 1_520), true);
  watch.beat(1_521);
  assert.equal(watch.touched(2_030, 1_530), false);
});

test("a turn that takes less than a tenth of a second is no stall", () => {
  const watch = turning(1_000);
  watch.beat(1_115);
  assert.equal(watch.touched(990, 1_116), false);
});

test("the longest stall is taken once, also one that no timer has noticed yet", () => {
  const watch = turning(1_000);
  assert.equal(watch.takeLongestMs(1_010), 0);
  watch.beat(1_320);
  watch.beat(1_640);
  assert.equal(watch.takeLongestMs(1_650), 300);
  assert.equal(watch.takeLongestMs(1_655), 0);
  assert.equal(watch.takeLongestMs(2_160), 500);
  watch.beat(2_161);
  assert.equal(watch.takeLongestMs(2_165), 0);
});
