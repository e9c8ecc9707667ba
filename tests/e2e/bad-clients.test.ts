import assert from "node:assert/strict";
import { test } from "node:test";
import { deepTest } from "../support/depth.ts";
import { fixture } from "../support/fixture.ts";
import { completedRun } from "../support/muster-process.ts";
import type { Cleanup } from "../support/test-process.ts";

async function runOf(t: Cleanup, misdeed: string, env: Readonly<Record<string, string>> = {}) {
  const done = await completedRun(t, [fixture("bad-clients")], { MISDEED: misdeed, ...env });
  const { result } = done;
  const errors = result.errors.map(({ name, kind, message, count }) => [name, kind, message, count]);
  return { ...done, errors, counts: [result.total.requests, result.total.failures] };
}

deepTest("a client that never answers fails by its time limit, and the run ends on time", async (t) => {
  const { code, result, errors, counts } = await runOf(t, "never answers");
  assert.deepEqual([code, counts], [99, [20, 20]]);
  assert.deepEqual(errors, [["never answers", "timeout", "no result within 500 ms", 20]]);
  // Five of half a second each.
  assert.ok(result.run.durationMs < 60_000, `${result.run.durationMs} ms`);
});

deepTest("a client that throws a text has failed, once", async (t) => {
  const { code, errors, counts } = await runOf(t, "throws a text");
  assert.deepEqual([code, counts, errors], [99, [20, 20], [["throws a text", "other", "'no leader'", 20]]]);
});

test("an error in a callback of a client is an exception with its place, and ends neither worker nor run", async (t) => {
  const { code, errors, counts } = await runOf(t, "throws in a callback");
  assert.deepEqual([code, counts], [99, [20, 20]]);
  assert.match(String(errors[0]), /^\(not awaited\),exception,Error: lost the leader \(bad-clients\.ts:\d+:\d+\),20$/);
  assert.deepEqual(errors[1], ["throws in a callback", "timeout", "no result within 500 ms", 20]);
});

deepTest("a client that leaks listeners is warned of", async (t) => {
  const { code, run } = await runOf(t, "leaks listeners");
  assert.equal(code, 0);
  const warned = run.log.filter(({ msg }) => /adds a listener with each call and removes none: .*11 data/.test(msg));
  assert.equal(warned.length, 1, run.stderr);
});

deepTest("a client that blocks the loop for 3 s makes the run invalid, which says who stood still", async (t) => {
  const { code, result, counts } = await runOf(t, "blocks the loop", {
    MUSTER_ON_WORKER_STRAIN: "invalid",
    MUSTER_STALL_LIMIT: "1s",
  });
  assert.deepEqual([code, counts], [110, [4, 0]]);
  assert.match(result.reasons.join(), /worker 1 stalled/);
  assert.match(result.warnings.join(), /worker 1 .* is slow: .* the test's code had blocked it for \d/);
  assert.ok(result.run.durationMs < 60_000, `${result.run.durationMs} ms`);
});
