import assert from "node:assert/strict";
import { test } from "node:test";
import type { WorkerLogLine } from "../../src/protocol/worker-messages.ts";
import { LogRelay } from "../../src/worker/log-relay.ts";

test("a flood of lines is thinned to 10 a second, and what was left out is counted", () => {
  let nowMs = 0;
  const said: WorkerLogLine[] = [];
  const relay = new LogRelay(
    () => nowMs,
    (line) => said.push(line),
  );
  const perMs = 3;
  for (; nowMs < 5_000; nowMs++) for (let line = 0; line < perMs; line++) relay.note("info", `line ${nowMs}`);
  assert.ok(said.length >= 69 && said.length <= 71, String(said.length));
  assert.deepEqual(
    said.slice(0, 20).map(({ leftOut }) => leftOut),
    new Array(20).fill(0),
  );
  nowMs += 1_000;
  relay.note("warn", "x".repeat(5_000));
  const last = said.at(-1);
  assert.deepEqual([last?.level, last?.text.length], ["warn", 2_001]);
  const told = said.reduce((sum, { leftOut }) => sum + leftOut + 1, 0);
  assert.equal(told, 5_000 * perMs + 1);
});
