import assert from "node:assert/strict";
import { test } from "node:test";
import type { Ending } from "../../../src/core/run.ts";
import { StopRun } from "../../../src/master/shared/stop-run.ts";

/** What becomes of a run that users stop, one after another; `isRunning`: whether its load runs. */
function stoppedBy(asked: readonly [reason: string, verdict: string][], isRunning = true) {
  const endings: (Ending | null)[] = [];
  const notes: string[] = [];
  let responses = 0;
  const run = new StopRun({
    endLoad: (ending) => {
      if (isRunning) endings.push(ending);
      return isRunning;
    },
    journal: { note: (_, text) => notes.push(text) },
  });
  for (const [reason, verdict] of asked) {
    const payload = { reason, verdict, user: "user 3 of Buyer" };
    run.handle({ worker: 1, workerId: "w", id: 1, payload, respond: () => responses++, refuse: () => assert.fail() });
  }
  assert.equal(responses, asked.length);
  return { endings, notes };
}

test("the first user that stops the run decides its verdict, and the event names the user", () => {
  const { endings, notes } = stoppedBy([
    ["no stock", "failed"],
    ["other", "invalid"],
  ]);
  assert.deepEqual(endings, [
    { kind: "stopped-by-test", verdict: "failed", message: "the test stopped the run: no stock" },
  ]);
  assert.deepEqual(notes, ["the test stopped the run: no stock (user 3 of Buyer)"]);
});

test("with the verdict passed, the measurements decide", () => {
  assert.deepEqual(stoppedBy([["enough", "passed"]]).endings, [null]);
});

test("a load that has ended is not ended again", () => {
  assert.deepEqual(stoppedBy([["late", "failed"]], false), { endings: [], notes: [] });
});
