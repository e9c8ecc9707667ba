import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { turnEnd } from "../../../src/worker/http/turn-end.ts";

test("watchers hear of the end of a turn in which something was read, once, and of no other", async (t) => {
  let ends = 0;
  const watcher = () => void ends++;
  turnEnd.watch(watcher);
  t.after(() => turnEnd.unwatch(watcher));
  await nextTurn();
  assert.deepEqual([turnEnd.isAwaited, ends], [false, 0]);
  turnEnd.await();
  turnEnd.await();
  assert.deepEqual([turnEnd.isAwaited, ends], [true, 0]);
  await nextTurn();
  assert.deepEqual([turnEnd.isAwaited, ends], [false, 1]);
});

test("a watcher can remove itself, and the others are still called", async (t) => {
  const told: string[] = [];
  const first = () => void told.push("first");
  const once = () => {
    told.push("once");
    turnEnd.unwatch(once);
  };
  const last = () => void told.push("last");
  for (const watcher of [first, once, last]) turnEnd.watch(watcher);
  t.after(() => [first, once, last].forEach((watcher) => void turnEnd.unwatch(watcher)));
  for (let turn = 0; turn < 2; turn++) {
    turnEnd.await();
    await nextTurn();
  }
  assert.deepEqual(told.toSorted(), ["first", "first", "last", "last", "once"]);
});
