import assert from "node:assert/strict";
import { test } from "node:test";
import { RetryPolicy } from "../../../src/worker/link/retry-policy.ts";

/** Tries again and again until it gives up: when. */
function givesUpAtMs(policy: RetryPolicy, fromMs: number): number {
  for (let nowMs = fromMs; ; ) {
    const waitMs = policy.nextWaitMs(nowMs);
    if (waitMs === null) return nowMs;
    nowMs += waitMs;
    assert.ok(nowMs < fromMs + 1e6, "it has an end");
  }
}

const within = (ms: number, fromMs: number) => assert.ok(ms > fromMs - 2_000 && ms <= fromMs, `${ms}, not ${fromMs}`);

test("the load has its planned duration", () => {
  within(givesUpAtMs(new RetryPolicy(10_000, 500), 500), 10_500);
});

test("a master that was found and is lost is looked for for as long again", () => {
  const policy = new RetryPolicy(10_000, 0);
  policy.lost(60_000, 60_000);
  within(givesUpAtMs(policy, 60_000), 70_000);
});

test("a master that hangs up at once, again and again, is none", () => {
  const policy = new RetryPolicy(10_000, 0);
  let nowMs = 0;
  for (;;) {
    const waitMs = policy.nextWaitMs(nowMs);
    if (waitMs === null) break;
    nowMs += waitMs;
    policy.lost(5, nowMs);
    assert.ok(nowMs < 60_000, "it has an end");
  }
});

test("while the load runs it has no end, and then its time", () => {
  const policy = new RetryPolicy(10_000, 0);
  policy.loadRuns(true, 0);
  assert.notEqual(policy.nextWaitMs(1e9), null);
  policy.loadRuns(false, 1e9);
  policy.loadRuns(false, 1e9 + 5_000);
  within(givesUpAtMs(policy, 1e9), 1e9 + 10_000);
});
