import assert from "node:assert/strict";
import { test } from "node:test";
import { ClassSequence, type ClassShare } from "../../../src/core/population/class-sequence.ts";
import { PopulationOwners } from "../../../src/core/population/population-owners.ts";
import { spawnTimes } from "../../../src/core/population/rebalance-moves.ts";
import { spreads } from "./population-ledger.ts";

const weighted = (...weights: number[]): ClassShare[] => weights.map((weight) => ({ weight }));

function started(shares: readonly ClassShare[], workers: readonly number[], userCount: number) {
  const sequence = new ClassSequence(shares);
  const classOf = (index: number) => sequence.classOf(index);
  const owners = new PopulationOwners(classOf, shares.length);
  owners.start(workers, userCount);
  const countsOf = (worker: number) => {
    const counts = shares.map(() => 0);
    for (const index of owners.owned(worker)) counts[classOf(index)] = (counts[classOf(index)] as number) + 1;
    return counts;
  };
  return { owners, classOf, countsOf };
}

const columnSums = (rows: number[][]) =>
  (rows[0] as number[]).map((_, at) => rows.reduce((sum, row) => sum + (row[at] as number), 0));
const sizes = (rows: number[][]) => rows.map((row) => row.reduce((a, b) => a + b, 0)).sort((a, b) => b - a);

test("numbers that must hold, at the start and after a leave and a join", () => {
  const cases: [ClassShare[], number, number[], number[]][] = [
    [weighted(1, 2), 75, [25, 50], [19, 19, 19, 18]],
    [weighted(0.8, 1), 18, [8, 10], [5, 5, 4, 4]],
    [[{ weight: 1, fixedCount: 100 }, ...weighted(1, 1)], 1_000, [100, 450, 450], [250, 250, 250, 250]],
    [
      [{ weight: 0, fixedCount: 9 }, { weight: 7, fixedCount: 1 }, ...weighted(5, 3, 2)],
      20,
      [9, 1, 5, 3, 2],
      [5, 5, 5, 5],
    ],
  ];
  for (const [shares, userCount, classes, totals] of cases) {
    const { owners, countsOf } = started(shares, [1, 2, 3, 4], userCount);
    const check = (...workers: number[]) => {
      const rows = workers.map(countsOf);
      assert.deepEqual(columnSums(rows), classes);
      assert.deepEqual(sizes(rows), totals);
    };
    check(1, 2, 3, 4);
    owners.leave(2, userCount);
    owners.join(5, userCount);
    check(1, 3, 4, 5);
  }
});

test("three equal classes on three workers do not alias, nor after a leave and a join", () => {
  const { owners, countsOf } = started(weighted(1, 1, 1), [0, 1, 2], 9);
  const check = (...workers: number[]) => assert.deepEqual(workers.map(countsOf), new Array(3).fill([1, 1, 1]));
  check(0, 1, 2);
  assert.equal(owners.leave(1, 9).length, 3);
  for (const worker of [0, 2]) for (const count of countsOf(worker)) assert.ok(count === 1 || count === 2);
  assert.equal(owners.join(7, 9).length, 3);
  check(0, 2, 7);
});

test("a leave moves the leaver's virtual users that exist, a join takes from the fullest", () => {
  const { owners } = started(weighted(1), [10, 20, 30], 12);
  assert.deepEqual([...owners.owned(20)], [1, 4, 7, 10]);
  const orphans = owners.leave(20, 6);
  assert.deepEqual(
    orphans.map(({ index, from }) => [index, from]),
    [
      [1, null],
      [4, null],
    ],
  );
  assert.equal(owners.owned(10).length + owners.owned(30).length, 12);
  for (const { index, to } of orphans) assert.equal(owners.ownerOf(index), to);
  assert.throws(() => owners.owned(20), RangeError);
  const moves = owners.join(20, 6);
  assert.equal(moves.length, 2);
  assert.deepEqual(moves.map((move) => move.from).sort(), [10, 30]);
  assert.ok(moves.every((move) => move.to === 20 && move.index < 6));
});

test("the last worker leaves its virtual users without an owner until another joins", () => {
  const { owners } = started(weighted(1), [1], 4);
  assert.deepEqual(owners.leave(1, 2), []);
  assert.throws(() => owners.ownerOf(0), RangeError);
  assert.deepEqual(owners.settle(2), []);
  owners.grow(6);
  assert.deepEqual(owners.join(2, 2), [
    { index: 0, from: null, to: 2 },
    { index: 1, from: null, to: 2 },
  ]);
  assert.deepEqual([...owners.owned(2)], [0, 1, 2, 3, 4, 5]);
});

test("growing assigns the new virtual users and moves no other", () => {
  const { owners, classOf } = started(weighted(1, 2, 4), [1, 2, 3, 4], 10);
  const before = [1, 2, 3, 4].map((worker) => owners.owned(worker));
  owners.grow(300);
  owners.grow(20);
  const run = { ownerOf: (index: number) => owners.ownerOf(index), classOf, classCount: 3, workers: [1, 2, 3, 4] };
  const { before: early, fromNowOn } = spreads({ ...run, population: 10, userCount: 300 });
  assert.deepEqual([early.totals, fromNowOn.totals], [1, 1]);
  for (const [at, list] of before.entries())
    assert.deepEqual(
      owners.owned(at + 1).filter((i) => i < 10),
      [...list],
    );
});

test("impossible changes are refused", () => {
  const { owners } = started(weighted(1), [1, 2], 4);
  for (const bad of [-1, 5, 0.5, Number.NaN]) {
    assert.throws(() => owners.leave(1, bad), RangeError);
    assert.throws(() => owners.join(3, bad), RangeError);
    assert.throws(() => owners.settle(bad), RangeError);
  }
  assert.throws(() => owners.leave(3, 4), RangeError);
  assert.throws(() => owners.join(2, 4), RangeError);
  assert.throws(() => owners.ownerOf(4), RangeError);
  assert.throws(() => new PopulationOwners(() => 0, 1).start([], 4), RangeError);
  assert.throws(() => new PopulationOwners(() => 0, 1).start([1, 1], 4), RangeError);
  const growing = new PopulationOwners((index) => index, 2);
  growing.start([1], 2);
  assert.throws(() => growing.grow(3), RangeError);
  assert.equal(owners.ownerOf(3), 2);
});

test("moved virtual users start at the spawn rate", () => {
  const moves = [0, 1, 2].map((index) => ({ index, from: null, to: 1 }));
  assert.deepEqual(spawnTimes(moves, 500, 4), [500, 750, 1_000]);
  assert.deepEqual(spawnTimes(moves, 500, Number.POSITIVE_INFINITY), [500, 500, 500]);
  for (const bad of [0, -1, Number.NaN]) assert.throws(() => spawnTimes(moves, 0, bad), RangeError);
});
