import assert from "node:assert/strict";
import { test } from "node:test";
import { pino } from "pino";
import { ObservedLog } from "../../../src/master/observe/observed-log.ts";
import { Collector } from "../../../src/master/record/collector.ts";
import { Journal } from "../../../src/master/record/journal.ts";
import type { RestoredRun } from "../../../src/master/record/restored-run.ts";
import type { RunBatch } from "../../../src/master/record/run-storage.ts";
import { workerFacts, workerState } from "../../../src/master/workers/worker-state.ts";
import { advance } from "../../../src/master/workers/worker-steps.ts";
import type { IntervalReport } from "../../../src/stats/interval-report.ts";
import { request } from "../../analysis/measurements.ts";
import { record, reportOf } from "../../stats/recorder-events.ts";
import { waitUntil } from "../../support/wait-until.ts";

const locked = new Error("locked");
const taken = new Error("taken");
const resumed = { events: [], state: { ...({} as RestoredRun["state"]), warnings: [] } };

/** A worker without a socket. */
class SilentWorker {
  readonly number: number;
  #state = workerState(null);

  constructor(number: number) {
    this.number = number;
  }

  get record() {
    const { number } = this;
    return { number, id: `w${number}`, host: "h", pid: number, ...workerFacts(this.#state), secretHash: null };
  }

  take(report: IntervalReport): void {
    this.#state = advance(this.#state, { type: "report", report }).state;
  }

  acknowledge(sequence: number): void {
    this.#state = advance(this.#state, { type: "ack", sequence }).state;
  }
}

/** A journal on a clock that the test sets, over a store that the test breaks, with workers that have no sockets. */
function stage({ isStored = true, isResumed = false } = {}) {
  const state = { nowMs: 0, refusal: null as Error | null, isTaken: false };
  const log = pino({ level: "silent" });
  const saved: RunBatch[] = [];
  const superseded: string[] = [];
  const workers = new Map<number, SilentWorker>();
  const collector = new Collector();
  const save = (batch: RunBatch) => {
    if (state.refusal !== null) throw state.refusal;
    // As it is now: the journal empties its lists.
    saved.push({ ...batch, events: [...batch.events], operations: [...batch.operations], shared: [...batch.shared] });
  };
  const storage = {
    save,
    check: () => {
      if (state.isTaken) throw taken;
    },
    continueInMemory: () => false,
    isLocked: (error: unknown) => error === locked,
    isTaken: (error: unknown) => error === taken,
  };
  const timeline = { elapsedMs: 500 };
  const nowMs = () => state.nowMs;
  const journal = new Journal(
    {
      storage: isStored ? storage : null,
      restored: isResumed ? resumed : null,
      collector,
      observed: new ObservedLog([], null),
      workers: { find: (number) => workers.get(number) },
      timeline,
      log,
      nowMs,
    },
    { committed: () => {}, superseded: (message) => superseded.push(message) },
  );
  const report = (number: number, sequence: number) => {
    const worker = workers.get(number) ?? new SilentWorker(number);
    workers.set(number, worker);
    const made = reportOf(record([request("/", 10, false)]), { sequence, window: 0, windowCount: 1, users: [] });
    collector.add({ number, takenSequence: sequence - 1 }, made, 500);
    worker.take(made);
    journal.touch(worker);
  };
  /** The last report of each worker that was acknowledged. */
  const acknowledged = () => [...workers].map(([number, worker]) => [number, worker.record.committedSequence]);
  return { state, saved, superseded, collector, journal, report, acknowledged };
}

test("reports, events and operations of a while are one batch, by itself, and are acknowledged after it", async () => {
  const { saved, collector, journal, report, acknowledged } = stage();
  report(1, 1);
  report(2, 1);
  report(1, 2);
  journal.note("paused", "paused");
  assert.deepEqual(
    [saved.length, acknowledged()],
    [
      0,
      [
        [1, 0],
        [2, 0],
      ],
    ],
  );
  await waitUntil("the commit", () => saved.length === 1);
  assert.deepEqual(acknowledged(), [
    [1, 2],
    [2, 1],
  ]);
  assert.deepEqual(saved[0]?.events, [{ atMs: 500, kind: "paused", text: "paused" }]);
  assert.equal(collector.totals.merged().requests, 3);
  journal.commit();
  assert.deepEqual([saved[1]?.events, saved[1]?.windows, saved[1]?.workers], [[], [], []], "nothing twice");
});

test("the operations of one turn are one batch", () => {
  const { saved, journal } = stage();
  for (const worker of [1, 2]) journal.record({ atMs: 5, operation: { kind: "leave", completed: [], worker } });
  journal.commit();
  assert.deepEqual(
    saved.map(({ operations }) => operations.length),
    [2],
  );
});

test("a run that another master has resumed: nothing is acknowledged any more", () => {
  const { state, superseded, collector, journal, report, acknowledged } = stage();
  state.refusal = taken;
  report(1, 1);
  journal.commit();
  report(1, 2);
  journal.close();
  assert.deepEqual([superseded, acknowledged(), collector.totals.merged().requests], [["taken"], [[1, 0]], 0]);
});

test("a resumed run is not written before it is taken over, and not at all if its earlier master is alive", () => {
  const { state, saved, superseded, journal } = stage({ isResumed: true });
  journal.note("resumed", "resumed");
  journal.commit();
  assert.deepEqual([saved.length, superseded], [0, []]);
  state.isTaken = true;
  journal.commit();
  assert.deepEqual([saved.length, superseded], [0, ["taken"]]);
  journal.takeOver();
  journal.close();
  assert.equal(saved.length, 0);

  const other = stage({ isResumed: true });
  other.journal.note("resumed", "resumed");
  other.journal.takeOver();
  other.journal.commit();
  assert.equal(other.saved[0]?.events.length, 1, "what was noted before is not lost");
});

test("a store that is locked for a while: nothing is acknowledged meanwhile, and nothing is lost", async () => {
  const { state, saved, journal, report, acknowledged } = stage();
  state.refusal = locked;
  report(1, 1);
  journal.note("resumed", "resumed");
  journal.commit();
  state.nowMs = 9_000;
  journal.commit();
  assert.deepEqual([saved.length, acknowledged(), journal.warnings], [0, [[1, 0]], []]);
  state.refusal = null;
  await waitUntil("the retry", () => saved.length === 1);
  assert.deepEqual([saved[0]?.events.length, acknowledged()], [1, [[1, 1]]]);
});

test("a store that fails for good is reported once, and the run continues in memory", () => {
  for (const [refusal, afterMs] of [
    [new Error("full"), 0],
    [locked, 10_001],
  ] as const) {
    const { state, saved, collector, journal, report, acknowledged } = stage();
    state.refusal = refusal;
    report(1, 1);
    journal.commit();
    state.nowMs = afterMs;
    journal.commit();
    assert.deepEqual([saved.length, acknowledged(), collector.totals.merged().requests], [0, [[1, 1]], 1]);
    report(1, 2);
    journal.close();
    assert.deepEqual(acknowledged(), [[1, 2]]);
    assert.deepEqual(
      journal.events.map(({ kind }) => kind),
      ["store-failed"],
    );
    assert.match(journal.warnings.join("\n"), new RegExp(`^the store failed: ${refusal.message}; [^\n]*$`));
  }
});

test("the last commit does not wait for a locked store", () => {
  const { state, journal, report, acknowledged } = stage();
  state.refusal = locked;
  report(1, 1);
  journal.close();
  assert.deepEqual([journal.warnings.length, acknowledged()], [1, [[1, 1]]]);
});

test("without a store, everything is committed too", () => {
  const { journal, report, acknowledged } = stage({ isStored: false });
  report(4, 1);
  journal.commit();
  assert.deepEqual([acknowledged(), journal.warnings], [[[4, 1]], []]);
});
