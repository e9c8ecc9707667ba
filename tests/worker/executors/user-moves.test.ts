import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { UserMoves } from "../../../src/worker/executors/user-moves.ts";
import { assertProperty } from "../../support/property.ts";

type Moves = [index: number, atMs: number][];

test("users that join are present from their time on, users that leave until their time, others always or never", () => {
  const moved: Moves = [[3, 100]];
  const leaving: Moves = [[5, 200]];
  const moves = new UserMoves([1, 3], { moved, leaving });
  assert.deepEqual(moves.indexes, [1, 3, 5]);
  const here = (nowMs: number) => [1, 2, 3, 5].filter((index) => moves.isHere(index, nowMs));
  assert.deepEqual(here(0), [1, 5]);
  assert.deepEqual(here(99.9), [1, 5]);
  assert.deepEqual(here(100), [1, 3, 5]);
  assert.deepEqual(here(200), [1, 3]);
});

test("a user that leaves and returns is absent in between", () => {
  const moves = new UserMoves([7], { moved: [[7, 300]], leaving: [[7, 100]] });
  assert.deepEqual(moves.indexes, [7]);
  assert.deepEqual(
    [0, 99, 100, 299, 300].map((nowMs) => moves.isHere(7, nowMs)),
    [true, true, false, false, true],
  );
});

test("a move is due once, when its time has come, and the next one is known", () => {
  const moves = new UserMoves([1, 2], {
    moved: [
      [2, 50],
      [1, -10],
    ],
    leaving: [[9, 20]],
  });
  assert.deepEqual([moves.nextAtMs, moves.takeDue(0)], [-10, [1]]);
  assert.deepEqual([moves.nextAtMs, moves.takeDue(49)], [20, [9]]);
  assert.deepEqual([moves.nextAtMs, moves.takeDue(1_000)], [50, [2]]);
  assert.deepEqual([moves.nextAtMs, moves.takeDue(2_000)], [Number.POSITIVE_INFINITY, []]);
});

test("whether a user is here changes only at moves that are due", () => {
  const index = fc.nat(6);
  const byTime = fc.uniqueArray(fc.tuple(index, fc.integer({ min: -50, max: 500 })), { selector: ([of]) => of });
  assertProperty(
    fc.property(
      fc.uniqueArray(index),
      byTime,
      byTime,
      fc.array(fc.nat(100), { minLength: 1 }),
      (own, moved, leaving, steps) => {
        const moves = new UserMoves(own, { moved, leaving });
        let nowMs = 0;
        moves.takeDue(nowMs);
        for (const step of steps) {
          const before = moves.indexes.filter((each) => moves.isHere(each, nowMs));
          nowMs += step;
          const due = new Set(moves.takeDue(nowMs));
          const after = new Set(moves.indexes.filter((each) => moves.isHere(each, nowMs)));
          const changed = moves.indexes.filter((each) => before.includes(each) !== after.has(each));
          assert.ok(changed.every((each) => due.has(each)));
          assert.ok(moves.nextAtMs > nowMs);
        }
      },
    ),
  );
});
