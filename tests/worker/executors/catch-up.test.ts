import assert from "node:assert/strict";
import { test } from "node:test";
import { CatchUp, isTooLate } from "../../../src/worker/executors/catch-up.ts";

/** The plan of 1 ms per ms, looked at every 10 ms from `fromMs`: returns when the worker is on time again. */
function onTimeAgainAt(catchUp: CatchUp, fromMs: number, dueMs: number): number {
  let nextDueMs = dueMs;
  for (let nowMs = fromMs; nowMs < fromMs + 10_000; nowMs += 10) {
    const untilMs = catchUp.startedUntil(nowMs, nextDueMs);
    assert.ok(untilMs <= nowMs, "nothing starts before it is due");
    if (untilMs === nowMs) return nowMs;
    nextDueMs = Math.max(nextDueMs, untilMs);
  }
  return Number.POSITIVE_INFINITY;
}

test("up to 100 ms late, all that is due starts at once", () => {
  const catchUp = new CatchUp();
  assert.equal(catchUp.startedUntil(1_000, 1_000), 1_000);
  assert.equal(catchUp.startedUntil(1_100, 1_000), 1_100);
  assert.equal(catchUp.startedUntil(1_110, 2_000), 1_110);
});

test("a worker that is a second late takes a second to catch up, at twice the rate", () => {
  const catchUp = new CatchUp();
  catchUp.startedUntil(1_000, 1_001);
  const againMs = onTimeAgainAt(catchUp, 2_000, 1_001);
  // What is left when it is 100 ms late starts at once.
  assert.ok(againMs > 2_650 && againMs < 3_050, `${againMs} ms`);
});

test("the gap of a standstill gives no rate of its own: it counts as a tenth of a second at most", () => {
  const catchUp = new CatchUp();
  catchUp.startedUntil(1_000, 1_001);
  assert.equal(catchUp.startedUntil(2_500, 1_001), 1_201);
});

test("more than two seconds late is too late", () => {
  assert.equal(isTooLate(3_000, 1_000), false);
  assert.equal(isTooLate(3_001, 1_000), true);
});
