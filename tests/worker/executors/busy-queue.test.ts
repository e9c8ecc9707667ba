import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { BusyQueue, type DueIteration } from "../../../src/worker/executors/busy-queue.ts";
import { assertProperty } from "../../support/property.ts";

/** What the queue should be: one list in the order of coming. */
class Model {
  waiting: DueIteration[] = [];
  readonly limit: number;

  constructor(limit: number) {
    this.limit = limit;
  }

  take(matches: (iteration: DueIteration) => boolean): DueIteration | null {
    const at = this.waiting.findIndex(matches);
    return at < 0 ? null : (this.waiting.splice(at, 1)[0] ?? null);
  }
}

const classNumber = fc.nat(3);
const command = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant("add" as const), classNumber }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("take" as const), classNumber }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("oldest" as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("clear" as const) }) },
);

test("property: first come, first served within each class and over all of them; bounded; cleared by count", () => {
  assertProperty(
    fc.property(fc.nat(12), fc.array(command, { maxLength: 80 }), (limit, commands) => {
      const queue = new BusyQueue(limit);
      const model = new Model(limit);
      commands.forEach((one, dueMs) => {
        switch (one.kind) {
          case "add": {
            const iteration = { classNumber: one.classNumber, dueMs, actedMs: dueMs };
            const fits = model.waiting.length < limit;
            if (fits) model.waiting.push(iteration);
            assert.equal(queue.add(iteration), fits);
            break;
          }
          case "take":
            assert.equal(
              queue.take(one.classNumber),
              model.take((waiting) => waiting.classNumber === one.classNumber),
            );
            break;
          case "oldest":
            assert.equal(
              queue.takeOldest(),
              model.take(() => true),
            );
            break;
          case "clear":
            assert.equal(queue.clear(), model.waiting.length);
            model.waiting = [];
        }
        assert.equal(queue.size, model.waiting.length);
      });
      for (const left of model.waiting) assert.equal(queue.takeOldest(), left);
      assert.deepEqual([queue.takeOldest(), queue.size], [null, 0]);
    }),
    { factor: 2 },
  );
});

test("a long queue is taken from and added to in turns without losing its order", () => {
  const queue = new BusyQueue(10_000);
  let added = 0;
  let taken = 0;
  const add = () => queue.add({ classNumber: 0, dueMs: added++, actedMs: 0 });
  for (let count = 0; count < 9_000; count++) add();
  for (let count = 0; count < 30_000; count++) {
    add();
    assert.equal(queue.take(0)?.dueMs, taken++);
  }
  assert.equal(queue.size, 9_000);
});
