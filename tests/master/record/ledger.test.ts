import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Ledger } from "../../../src/master/record/ledger.ts";
import { assertProperty } from "../../support/property.ts";

test("reports in order are counted, and nothing is missing", () => {
  const ledger = new Ledger();
  for (const sequence of [1, 2, 3]) ledger.take(1, sequence, sequence, sequence * 1_000);
  assert.deepEqual([ledger.reports, ledger.missing, ledger.reportedToMs(1)], [3, [], 3_000]);
});

test("each worker has its own account", () => {
  const ledger = new Ledger();
  ledger.take(1, 1, 1, 1_000);
  ledger.take(2, 1, 1, 2_000);
  assert.deepEqual(
    [ledger.reports, ledger.reportedToMs(1), ledger.reportedToMs(2), ledger.reportedToMs(3)],
    [2, 1_000, 2_000, 0],
  );
});

test("a gap is named: whose, which reports, and from when to when", () => {
  const ledger = new Ledger();
  ledger.joined(4, 50);
  ledger.take(4, 1, 2, 100);
  ledger.take(4, 3, 6, 900);
  assert.deepEqual(ledger.missing, [
    { worker: 4, firstSequence: 1, lastSequence: 1, fromMs: 50, toMs: 100 },
    { worker: 4, firstSequence: 3, lastSequence: 5, fromMs: 100, toMs: 900 },
  ]);
});

test("everything after the last report of a lost worker is missing", () => {
  const ledger = new Ledger();
  ledger.take(1, 1, 1, 1_000);
  ledger.lost(1, 2, 2_000);
  ledger.lost(2, 1, 2_500);
  assert.deepEqual(ledger.missing, [
    { worker: 1, firstSequence: 2, lastSequence: null, fromMs: 1_000, toMs: 2_000 },
    { worker: 2, firstSequence: 1, lastSequence: null, fromMs: 0, toMs: 2_500 },
  ]);
});

test("nothing is missing of a worker that returns, except what was missing before", () => {
  const ledger = new Ledger();
  ledger.take(1, 1, 3, 1_000);
  ledger.lost(1, 4, 2_000);
  ledger.lost(2, 1, 2_500);
  ledger.returned(1);
  ledger.take(1, 4, 4, 2_000);
  assert.deepEqual(
    ledger.missing.map(({ worker, lastSequence }) => [worker, lastSequence]),
    [
      [1, 2],
      [2, null],
    ],
  );
});

test("property: whatever gaps there are, every number up to the last is merged or missing", () => {
  assertProperty(
    fc.property(fc.array(fc.tuple(fc.nat(2), fc.integer({ min: 1, max: 5 }))), (steps) => {
      const ledger = new Ledger();
      const last = [0, 0, 0];
      for (const [worker, step] of steps) {
        const taken = last[worker] ?? 0;
        ledger.take(worker, taken + 1, taken + step, 0);
        last[worker] = taken + step;
      }
      assert.equal(ledger.reports, steps.length);
      for (const worker of [0, 1, 2]) {
        const merged = steps.filter(([from]) => from === worker).length;
        const gaps = ledger.missing.filter((gap) => gap.worker === worker);
        const lacking = gaps.reduce((sum, gap) => sum + (gap.lastSequence ?? 0) - gap.firstSequence + 1, 0);
        assert.equal(merged + lacking, last[worker]);
      }
    }),
  );
});
