import assert from "node:assert/strict";
import { test } from "node:test";
import { IntervalRecorder } from "../../../src/stats/interval-recorder.ts";
import { startRetryMs, UserStart } from "../../../src/worker/user/user-start.ts";
import { within, withTimeout } from "../http/fixture.ts";
import { runContext, TestUser } from "./test-user.ts";

/** A start whose first attempts fail, and what it waited and counted. */
async function start(failures: number, isStopped: () => boolean = () => false) {
  const recorder = new IntervalRecorder();
  const warnings: string[] = [];
  const one = new UserStart("Shopper", runContext(recorder, "http://127.0.0.1:1", { startRetryMs, warnings }));
  const waitedMs: number[] = [];
  let attempts = 0;
  const hasStarted = await one.carryOut(
    async () => ++attempts > failures,
    async (delayMs) => void waitedMs.push(delayMs),
    isStopped,
  );
  const counts = [recorder.startedUsers, recorder.failedStarts];
  return { hasStarted, isGivenUp: one.isGivenUp, attempts, waitedMs, counts, warnings };
}

test("a start is tried five times over 15 s; then the user is given up and counted, with a warning", async () => {
  const givenUp = await start(99);
  assert.deepEqual(givenUp, {
    hasStarted: false,
    isGivenUp: true,
    attempts: 5,
    waitedMs: [1_000, 2_000, 4_000, 8_000],
    counts: [0, 1],
    warnings: ["a user of Shopper has been given up: its onStart threw 5 times; more users may follow"],
  });
  const late = await start(4);
  assert.deepEqual([late.hasStarted, late.attempts, late.counts, late.warnings], [true, 5, [1, 0], []]);
});

test("a user that is stopped before it could start counts only if it has tried", async () => {
  const never = await start(0, () => true);
  assert.deepEqual([never.hasStarted, never.attempts, never.counts], [false, 0, [0, 0]]);
  let looks = 0;
  const stopped = await start(99, () => ++looks > 3);
  assert.deepEqual([stopped.hasStarted, stopped.isGivenUp, stopped.counts], [false, false, [0, 1]]);
});

test("code that never comes back is a failed start when it is left behind", withTimeout, async () => {
  const user = new TestUser({ onStart: () => new Promise(() => {}), tasks: { list: () => {} } });
  void user.run();
  user[Symbol.dispose]();
  assert.deepEqual([user.recorder.startedUsers, user.recorder.failedStarts], [0, 1]);
});

test("a user that is given up ends, without a task or onStop", withTimeout, async () => {
  const ran: string[] = [];
  using user = new TestUser({
    onStart: () => assert.fail("no token"),
    tasks: { list: () => void ran.push("task") },
    onStop: () => void ran.push("onStop"),
  });
  await within(user.run(), "the user ends");
  assert.deepEqual([ran, user.recorder.failedStarts, user.warnings.length], [[], 1, 1]);
  assert.deepEqual(user.exceptions, [["Tester.onStart", "AssertionError: no token", 5]]);
});
