import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { assignWorkers } from "../../../src/core/population/assignment.ts";
import { ClassSequence } from "../../../src/core/population/class-sequence.ts";
import { assertProperty } from "../../support/property.ts";

function sequenceOf(weights: readonly number[]): (index: number) => number {
  const sequence = new ClassSequence(weights.map((weight) => ({ weight })));
  return (index) => sequence.classOf(index);
}

/** Fails when, in any prefix, two workers differ by more than 1 in their totals or in their counts of a class. */
function assertBalanced(
  workers: Uint32Array,
  classOf: (index: number) => number,
  classCount: number,
  workerCount: number,
) {
  // One row per class and one for the totals, each with its lowest count and how many workers have just that.
  const rows = Array.from({ length: classCount + 1 }, () => ({
    counts: new Uint32Array(workerCount),
    lowest: 0,
    atLowest: workerCount,
  }));
  for (const [index, worker] of workers.entries()) {
    for (const position of [classOf(index), classCount]) {
      const row = rows[position] as (typeof rows)[number];
      assert.equal(row.counts[worker], row.lowest, `virtual user ${index}, row ${position}`);
      row.counts[worker] = row.lowest + 1;
      row.atLowest--;
      if (row.atLowest === 0) {
        row.lowest++;
        row.atLowest = workerCount;
      }
    }
  }
}

test("75 virtual users at 1 : 2 on 4 workers", () => {
  const classOf = sequenceOf([1, 2]);
  const workers = assignWorkers(classOf, 2, 75, 4);
  const totals = [0, 1, 2, 3].map((worker) => workers.filter((assigned) => assigned === worker).length);
  assert.deepEqual(totals.sort().reverse(), [19, 19, 19, 18]);
  assertBalanced(workers, classOf, 2, 4);
});

test("three equal classes on three workers do not alias", () => {
  const classOf = sequenceOf([1, 1, 1]);
  const workers = assignWorkers(classOf, 3, 9, 3);
  for (const worker of [0, 1, 2]) {
    const classes = [...workers.keys()].filter((index) => workers[index] === worker).map(classOf);
    assert.deepEqual(classes.sort(), [0, 1, 2]);
  }
});

test("without a conflict the first block goes to workers 0, 1, 2, ...", () => {
  assert.deepEqual([...assignWorkers(sequenceOf([1, 2]), 2, 5, 8)], [0, 1, 2, 3, 4]);
  assert.deepEqual([...assignWorkers(() => 0, 1, 5, 3)], [0, 1, 2, 0, 1]);
  assert.deepEqual([...assignWorkers(() => 0, 1, 3, 1)], [0, 0, 0]);
  assert.equal(assignWorkers(() => 0, 1, 0, 3).length, 0);
});

test("an impossible assignment is refused", () => {
  assert.throws(() => assignWorkers(() => 0, 1, 5, 0), RangeError);
  assert.throws(() => assignWorkers(() => 0, 1, -1, 1), RangeError);
  assert.throws(() => assignWorkers(() => 1, 1, 5, 1), RangeError);
});

test("100,000 virtual users of 50 classes on 1,000 workers are balanced in every prefix", () => {
  const classOf = sequenceOf(Array.from({ length: 50 }, (_, index) => 0.1 + index * 0.37));
  assertBalanced(assignWorkers(classOf, 50, 100_000, 1_000), classOf, 50, 1_000);
});

test("property: totals and classes are balanced in every prefix, for weighted sequences", () => {
  const weights = fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 8 });
  const workers = fc.oneof(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 30, max: 70 }));
  assertProperty(
    fc.property(weights, fc.nat({ max: 400 }), workers, (list, userCount, workerCount) => {
      const classOf = sequenceOf(list);
      assertBalanced(assignWorkers(classOf, list.length, userCount, workerCount), classOf, list.length, workerCount);
    }),
  );
});

test("property: totals and classes are balanced in every prefix, for any sequence of classes", () => {
  const classes = fc.array(fc.nat({ max: 4 }), { maxLength: 200, size: "max" });
  assertProperty(
    fc.property(classes, fc.integer({ min: 1, max: 40 }), (list, workerCount) => {
      const classOf = (index: number) => list[index] as number;
      const workers = assignWorkers(classOf, 5, list.length, workerCount);
      assertBalanced(workers, classOf, 5, workerCount);
      assert.deepEqual(assignWorkers(classOf, 5, list.length, workerCount), workers, "deterministic");
    }),
  );
});
