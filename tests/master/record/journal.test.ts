import assert from "node:assert/strict";
import { test } from "node:test";
import { Collector } from "../../../src/master/record/collector.ts";
import { Journal, type JournalEntry } from "../../../src/master/record/journal.ts";
import { request } from "../../analysis/measurements.ts";
import { record, reportOf } from "../../stats/recorder-events.ts";
import { waitUntil } from "../../support/wait-until.ts";

const passing = new Error("locked");
const taken = new Error("taken");

/** A journal on a clock that the test sets, over a store that the test breaks. */
function stage(isDurable = true) {
  const state = { nowMs: 0, refusal: null as Error | null, commits: 0 };
  const saved: JournalEntry[] = [];
  const committed: [number, number][] = [];
  const failures: unknown[] = [];
  const collector = new Collector();
  const save = (entry: JournalEntry) => {
    if (state.refusal !== null) throw state.refusal;
    saved.push(entry);
  };
  const journal = new Journal({
    collector,
    save: isDurable ? save : null,
    isPassing: (error) => error === passing,
    onCommitted: (worker, sequence) => committed.push([worker, sequence]),
    afterCommit: () => state.commits++,
    onFailed: (error) => {
      failures.push(error);
      return error !== taken;
    },
    nowMs: () => state.nowMs,
  });
  const report = (worker: number, sequence: number) => {
    const made = reportOf(record([request("/", 10, false)]), { sequence, window: 0, windowCount: 1, users: [] });
    collector.add(worker, made, 500);
    journal.schedule();
  };
  return { state, saved, committed, failures, collector, journal, report };
}

test("reports, events and operations of a while are one entry, by itself, and are acknowledged after it", async () => {
  const { saved, committed, collector, journal, report } = stage();
  report(1, 1);
  report(2, 1);
  report(1, 2);
  journal.note({ atMs: 3, kind: "paused", text: "paused" });
  assert.deepEqual([saved, committed], [[], []]);
  await waitUntil("the commit", () => committed.length === 2);
  assert.deepEqual(committed, [
    [1, 2],
    [2, 1],
  ]);
  assert.equal(saved.length, 1);
  assert.deepEqual(saved[0]?.events, [{ atMs: 3, kind: "paused", text: "paused" }]);
  assert.equal(collector.totals.merged().requests, 3);
  journal.commit();
  assert.deepEqual([saved[1]?.events, saved[1]?.windows], [[], []], "nothing twice");
});

test("what steered the load is one entry, however much of it there is in one turn", () => {
  const { saved, journal } = stage();
  for (const worker of [1, 2]) journal.record({ atMs: 5, operation: { kind: "leave", completed: [], worker } });
  journal.commit();
  assert.deepEqual(
    saved.map(({ operations }) => operations.length),
    [2],
  );
});

test("a run that another master carries out: nothing is acknowledged any more", () => {
  const { state, committed, failures, collector, journal, report } = stage();
  state.refusal = taken;
  report(1, 1);
  journal.commit();
  report(1, 2);
  journal.close();
  assert.deepEqual([failures, committed, collector.totals.merged().requests], [[taken], [], 0]);
});

test("a store that is locked for a while: nothing is acknowledged meanwhile, and nothing is lost", async () => {
  const { state, saved, committed, failures, journal, report } = stage();
  state.refusal = passing;
  report(1, 1);
  journal.note({ atMs: 1, kind: "resumed", text: "resumed" });
  journal.commit();
  state.nowMs = 9_000;
  journal.commit();
  assert.deepEqual([saved, committed, failures], [[], [], []]);
  state.refusal = null;
  await waitUntil("the next try", () => committed.length === 1);
  assert.deepEqual([saved.length, saved[0]?.events.length], [1, 1]);
});

test("a store that fails for good is told, once, and the run goes on in memory", () => {
  for (const [refusal, afterMs] of [
    [new Error("full"), 0],
    [passing, 10_001],
  ] as const) {
    const { state, saved, committed, failures, collector, journal, report } = stage();
    state.refusal = refusal;
    report(1, 1);
    journal.commit();
    state.nowMs = afterMs;
    journal.commit();
    assert.deepEqual(failures, [refusal]);
    assert.deepEqual([saved.length, committed, collector.totals.merged().requests], [0, [[1, 1]], 1]);
    report(1, 2);
    journal.close();
    assert.deepEqual([failures.length, committed.at(-1)], [1, [1, 2]]);
  }
});

test("the last commit does not wait for a locked store", () => {
  const { state, committed, failures, journal, report } = stage();
  state.refusal = passing;
  report(1, 1);
  journal.close();
  assert.deepEqual([failures, committed], [[passing], [[1, 1]]]);
});

test("without a store everything is committed all the same", () => {
  const { committed, failures, journal, report } = stage(false);
  report(4, 1);
  journal.commit();
  assert.deepEqual([committed, failures], [[[4, 1]], []]);
});
