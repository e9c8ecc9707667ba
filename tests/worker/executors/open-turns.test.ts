import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Plan } from "../../../src/core/plan/plan.ts";
import { turnEnd } from "../../../src/worker/http/turn-end.ts";
import { eventually, withTimeout } from "../http/fixture.ts";
import { openSpec, Stage } from "./stage.ts";

test("while answers come, what is due does not wait for a timer", withTimeout, async () => {
  // One at once and one 300 ms later.
  const plan: Plan = { points: [{ atMs: 0, value: 1_000 / 300 }], durationMs: 60_000 };
  const begunMs: number[] = [];
  const note = { tasks: { list: () => void begunMs.push(stage.nowMs) } };
  using stage: Stage = new Stage(openSpec(plan), [note]);
  await eventually(() => begunMs.length === 1, "the first begins");
  turnEnd.await();
  await nextTurn();
  assert.equal(begunMs.length, 1, "no other is due");
  // No timer can fire in here.
  while (stage.nowMs <= 301);
  turnEnd.await();
  await nextTurn();
  await Promise.resolve();
  assert.equal(begunMs.length, 2);
  stage.executor.stop(0);
  await stage.executor.finished;
});

test("an executor that has ended looks no more", withTimeout, async () => {
  const plan: Plan = { points: [{ atMs: 0, value: 1_000 }], durationMs: 60_000 };
  using stage = new Stage(openSpec(plan), [{ tasks: { list: () => {} } }]);
  await eventually(() => stage.counts.completed > 2, "it runs");
  stage.executor.stop(0);
  await stage.executor.finished;
  const completed = stage.counts.completed;
  const began = stage.nowMs;
  while (stage.nowMs < began + 5);
  turnEnd.await();
  await nextTurn();
  assert.equal(stage.counts.completed, completed);
});
