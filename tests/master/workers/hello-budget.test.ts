import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import { test } from "node:test";
import { HelloBudget } from "../../../src/master/workers/hello-budget.ts";

test("all connections share what may arrive before their hellos, and the one that exceeds it is closed", () => {
  const budget = new HelloBudget(100);
  const [first, second] = [new PassThrough(), new PassThrough()];
  const ended = budget.watch(first);
  budget.watch(second);
  first.emit("data", Buffer.alloc(60));
  second.emit("data", Buffer.alloc(40));
  assert.deepEqual([first.destroyed, second.destroyed, budget.bytes], [false, false, 100]);
  second.emit("data", Buffer.alloc(1));
  assert.deepEqual([first.destroyed, second.destroyed], [false, true]);
  ended();
  first.emit("data", Buffer.alloc(1_000));
  assert.deepEqual([first.destroyed, budget.bytes], [false, 41]);
  second.emit("close");
  assert.equal(budget.bytes, 0);
  ended();
  assert.equal(budget.bytes, 0);
});
