import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { closed, defineUser, iterations, open } from "../../../src/index.ts";
import { scenarioSpec } from "../../../src/protocol/scenario-spec.ts";
import { assertProperty } from "../../support/property.ts";
import { sum, TestControl, usersOf } from "./control-fixture.ts";

const tasks = { list: () => {} };
const workers = fc.uniqueArray(fc.integer({ min: 1, max: 99 }), { minLength: 1, maxLength: 9 });
const classes = fc
  .array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 4 })
  .map((weights) => weights.map((weight, position) => defineUser({ name: `class ${position}`, weight, tasks })));
const count = fc.nat(300);

/** Each user 0, 1, … of `total` is one worker's, and no worker has two more than another. */
function assertSplit(shares: readonly (readonly number[])[], total: number): void {
  assert.deepEqual(
    shares.flat().sort((a, b) => a - b),
    Array.from({ length: total }, (_, index) => index),
  );
  const sizes = shares.map((share) => share.length);
  assert.ok(Math.max(...sizes) - Math.min(...sizes) <= 1, `${sizes}`);
}

test("property: the users of a closed load are split exactly, at the start and after each change", () => {
  assertProperty(
    fc.property(workers, classes, count, fc.array(count, { maxLength: 3 }), (numbers, users, first, targets) => {
      const load = closed({ users: first, spawnRate: 10, duration: "1h" });
      const run = new TestControl(load, { workers: numbers, users });
      let most = first;
      assertSplit(run.byWorker("closed").map(usersOf), most);
      for (const target of targets) {
        const before = run.byWorker("closed").map(usersOf);
        run.nowMs += 1_000_000;
        assert.equal(run.control.changeUsers(target, Number.POSITIVE_INFINITY).kind, "changed");
        most = Math.max(most, target);
        const after = run.byWorker("closed").map(usersOf);
        assertSplit(after, most);
        before.forEach((share, position) => {
          assert.ok(
            share.every((index) => after[position]?.includes(index)),
            "who is there stays there",
          );
        });
        assert.deepEqual(
          run.workers.map((worker) => run.control.userCountOf(worker)),
          after.map((share) => share.length),
        );
      }
    }),
  );
});

test("property: an open load is striped over all workers, its users and its queue are split exactly", () => {
  assertProperty(
    fc.property(
      workers,
      fc.integer({ min: 9, max: 500 }),
      fc.integer({ min: 1, max: 900 }),
      (numbers, maxUsers, rate) => {
        const run = new TestControl(open({ rate, duration: "1h", maxUsers }), { workers: numbers });
        const specs = run.byWorker("open");
        assert.deepEqual(
          specs.map(({ position, workerCount }) => [position, workerCount]),
          numbers.map((_, position) => [position, numbers.length]),
        );
        assert.equal(sum(specs.map((spec) => spec.maxUsers)), maxUsers);
        assert.equal(sum(specs.map(({ queueLimit }) => queueLimit)), Math.max(1_000, rate * 60));
        for (const { points, endMs } of specs)
          assert.deepEqual([points, endMs], [[{ atMs: 0, value: rate }], 3_600_000]);
      },
    ),
  );
});

// A worker without a user could only queue and drop its stripe of the iterations, while the users of others are idle.
test("property: with fewer users than workers an open load is striped over as many as have one", () => {
  assertProperty(
    fc.property(workers, fc.integer({ min: 1, max: 12 }), (numbers, maxUsers) => {
      const run = new TestControl(open({ rate: 10, duration: "1m", maxUsers }), { workers: numbers });
      const specs = run.workers.flatMap((worker) => run.specs(worker).filter((spec) => spec.kind === "open"));
      const striped = Math.min(maxUsers, numbers.length);
      assert.deepEqual(
        specs.map(({ position, workerCount }) => [position, workerCount]),
        Array.from({ length: striped }, (_, position) => [position, striped]),
      );
      assert.ok(specs.every((spec) => spec.maxUsers > 0));
      assert.equal(sum(specs.map((spec) => spec.maxUsers)), maxUsers);
      assert.equal(sum(run.workers.map((worker) => run.control.userCountOf(worker))), maxUsers);
      run.control.changeRate(20);
      assert.equal(run.sent.length, striped, "nobody else is told");
    }),
  );
});

test("property: a total of iterations is split exactly, and only over workers that have users", () => {
  assertProperty(
    fc.property(
      workers,
      classes,
      fc.integer({ min: 1, max: 60 }),
      fc.integer({ min: 1, max: 5_000 }),
      (numbers, users, userCount, total) => {
        const run = new TestControl(iterations({ users: userCount, total }), { workers: numbers, users });
        const specs = run.byWorker("iterations");
        assertSplit(specs.map(usersOf), userCount);
        assert.equal(sum(specs.map((spec) => spec.total ?? Number.NaN)), total);
        for (const spec of specs) {
          const exact = (total * usersOf(spec).length) / userCount;
          assert.ok(Math.abs((spec.total ?? Number.NaN) - exact) <= 1, `${spec.total} for ${exact}`);
          assert.equal(spec.perUser, null);
        }
      },
    ),
  );
});

test("iterations of each user move with the users", () => {
  const run = new TestControl(iterations({ users: 7, perUser: 4 }), { workers: [5, 6] });
  const specs = run.byWorker("iterations");
  assertSplit(specs.map(usersOf), 7);
  assert.deepEqual(
    specs.map(({ total, perUser }) => [total, perUser]),
    [
      [null, 4],
      [null, 4],
    ],
  );
});

test("several scenarios: users have numbers of their own over all scenarios and workers, and every spec is valid", () => {
  const run = new TestControl({
    browse: { load: closed({ users: 5, spawnRate: 5, duration: "1m" }) },
    buy: { load: open({ rate: 5, duration: "1m", maxUsers: 9 }), startAfter: "10s" },
    once: { load: iterations({ users: 4, total: 9 }) },
  });
  const numbers = run.workers.flatMap((worker) =>
    run.specs(worker).flatMap((spec) => {
      assert.deepEqual(scenarioSpec.parse(spec), spec);
      const own = spec.kind === "open" ? Array.from({ length: 50 }, (_, index) => index) : usersOf(spec);
      return own.map((index) => spec.indexOffset + index * spec.indexStep);
    }),
  );
  assert.equal(new Set(numbers).size, 5 + 3 * 50 + 4);
  assert.equal(sum(run.workers.map((worker) => run.control.userCountOf(worker))), 5 + 9 + 4);
  assert.deepEqual(
    run.specs(1).map(({ name }) => name),
    ["browse", "buy", "once"],
  );
  assert.equal(run.control.endMs, 600_000);
});

test("a class of a fixed count bounds the users of a run that has no other", () => {
  const users = [defineUser({ name: "admin", fixedCount: 3, tasks })];
  const run = new TestControl(closed({ users: 50, spawnRate: 5, duration: "1m" }), { users });
  assertSplit(run.byWorker("closed").map(usersOf), 3);
});
