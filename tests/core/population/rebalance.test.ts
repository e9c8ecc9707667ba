import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { evenOut, handOver } from "../../../src/core/population/population-owners.ts";
import { countVirtualUsers, type VirtualUserOwners } from "../../../src/core/population/rebalance-counts.ts";
import { assertProperty } from "../../support/property.ts";

const [workerCount, classCount] = [3, 3];

/** Up to 8 virtual users, anywhere: few enough to try all the ways to assign them. */
const anyOwners = fc
  .array(fc.tuple(fc.nat({ max: workerCount - 1 }), fc.nat({ max: classCount - 1 })), { maxLength: 8 })
  .map((users) => ({
    workers: Uint32Array.from(users, ([worker]) => worker),
    classes: Uint16Array.from(users, ([, userClass]) => userClass),
    workerCount,
    classCount,
  }));

interface Cost {
  readonly moves: number;
  readonly totals: readonly number[];
  readonly classSquares: number;
}

/** The cost of an assignment to `workers`; the class counts of the worker `gone` do not count. */
function costOf(owners: VirtualUserOwners, workers: Uint32Array, gone: number): Cost {
  const { totals, ofClass } = countVirtualUsers({ ...owners, workers }, workers.length);
  return {
    moves: workers.filter((worker, index) => worker !== owners.workers[index]).length,
    totals: [...totals].filter((_, worker) => worker !== gone),
    classSquares: ofClass.reduce((sum, n, at) => sum + (at % workerCount === gone ? 0 : n * n), 0),
  };
}

const apart = ({ totals }: Cost) => Math.max(...totals) - Math.min(...totals);
const squares = (numbers: readonly number[]) => numbers.reduce((sum, n) => sum + n * n, 0);

function everyAssignment(userCount: number): Uint32Array[] {
  return Array.from({ length: workerCount ** userCount }, (_, code) =>
    Uint32Array.from({ length: userCount }, (_, index) => Math.floor(code / workerCount ** index) % workerCount),
  );
}

test("property: no other way to even out moves as few and has class counts with a lower sum of squares", () => {
  assertProperty(
    fc.property(anyOwners, (owners) => {
      const after = { ...owners, workers: owners.workers.slice() };
      evenOut(after, owners.workers.length);
      const done = costOf(owners, after.workers, -1);
      assert.ok(apart(done) <= 1);
      for (const workers of everyAssignment(owners.workers.length)) {
        const other = costOf(owners, workers, -1);
        if (apart(other) > 1) continue;
        assert.ok(done.moves <= other.moves, "as few moves as possible");
        if (done.moves === other.moves) assert.ok(done.classSquares <= other.classSquares);
      }
    }),
  );
});

test("property: no other way to hand over a worker's virtual users is more even, in totals and then in classes", () => {
  assertProperty(
    fc.property(anyOwners, fc.nat({ max: workerCount - 1 }), (owners, leaver) => {
      const after = { ...owners, workers: owners.workers.slice() };
      const moves = handOver(after, owners.workers.length, leaver);
      assert.ok(moves.every((move) => move.from === leaver));
      const done = costOf(owners, after.workers, leaver);
      for (const workers of everyAssignment(owners.workers.length)) {
        const possible = workers.every(
          (to, index) => to !== leaver && [to, leaver].includes(owners.workers[index] as number),
        );
        if (!possible) continue;
        const other = costOf(owners, workers, leaver);
        assert.ok(squares(done.totals) <= squares(other.totals), "totals as even as possible");
        if (squares(done.totals) === squares(other.totals)) assert.ok(done.classSquares <= other.classSquares);
      }
    }),
  );
});
