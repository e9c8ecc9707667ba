import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Ledger } from "../../../src/master/record/ledger.ts";
import { assertProperty } from "../../support/property.ts";

test("reports in order are all new", () => {
  const ledger = new Ledger();
  assert.deepEqual(
    [1, 2, 3].map((sequence) => ledger.accept(1, sequence, 0)),
    [true, true, true],
  );
  assert.deepEqual([ledger.reports, ledger.duplicates, ledger.missing, ledger.lastSequence(1)], [3, 0, [], 3]);
});

test("a repeat is recognised and counted", () => {
  const ledger = new Ledger();
  for (const sequence of [1, 2]) ledger.accept(1, sequence, 0);
  assert.deepEqual([ledger.accept(1, 1, 5), ledger.accept(1, 2, 6)], [false, false]);
  assert.deepEqual([ledger.reports, ledger.duplicates, ledger.lastSequence(1)], [2, 2, 2]);
});

test("each worker has sequences of its own", () => {
  const ledger = new Ledger();
  assert.ok(ledger.accept(1, 1, 0));
  assert.ok(ledger.accept(2, 1, 0));
  assert.deepEqual([ledger.reports, ledger.lastSequence(1), ledger.lastSequence(3)], [2, 1, 0]);
});

test("a gap is named: whose, which reports, and from when to when", () => {
  const ledger = new Ledger();
  ledger.joined(4, 50);
  ledger.accept(4, 2, 100);
  ledger.accept(4, 6, 900);
  assert.deepEqual(ledger.missing, [
    { worker: 4, firstSequence: 1, lastSequence: 1, fromMs: 50, toMs: 100 },
    { worker: 4, firstSequence: 3, lastSequence: 5, fromMs: 100, toMs: 900 },
  ]);
});

test("of a lost worker everything after its last report is missing", () => {
  const ledger = new Ledger();
  ledger.accept(1, 1, 1_000);
  ledger.lost(1, 2_000);
  ledger.lost(2, 2_500);
  assert.deepEqual(ledger.missing, [
    { worker: 1, firstSequence: 2, lastSequence: null, fromMs: 1_000, toMs: 2_000 },
    { worker: 2, firstSequence: 1, lastSequence: null, fromMs: 0, toMs: 2_500 },
  ]);
});

test("of a worker that comes back nothing is missing, but for what was before", () => {
  const ledger = new Ledger();
  ledger.accept(1, 3, 1_000);
  ledger.lost(1, 2_000);
  ledger.lost(2, 2_500);
  ledger.returned(1);
  assert.ok(ledger.accept(1, 4, 2_000));
  assert.deepEqual(
    ledger.missing.map(({ worker, lastSequence }) => [worker, lastSequence]),
    [
      [1, 2],
      [2, null],
    ],
  );
});

test("whatever comes, each report counts once and every number up to the last is merged or missing", () => {
  assertProperty(
    fc.property(fc.array(fc.tuple(fc.nat(2), fc.integer({ min: 1, max: 12 }))), (arrivals) => {
      const ledger = new Ledger();
      const merged = arrivals.filter(([worker, sequence]) => ledger.accept(worker, sequence, 0));
      assert.equal(new Set(merged.map(String)).size, merged.length);
      assert.deepEqual([ledger.reports, ledger.reports + ledger.duplicates], [merged.length, arrivals.length]);
      for (const worker of [0, 1, 2]) {
        const seen = merged.flatMap(([from, sequence]) => (from === worker ? [sequence] : []));
        const gaps = ledger.missing.filter((gap) => gap.worker === worker);
        const lacking = gaps.reduce((sum, gap) => sum + (gap.lastSequence ?? 0) - gap.firstSequence + 1, 0);
        assert.equal(seen.length + lacking, ledger.lastSequence(worker));
      }
    }),
  );
});
