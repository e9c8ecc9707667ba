import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { IntervalRecorder } from "../../src/stats/interval-recorder.ts";
import { RunTotals, type Summand } from "../../src/stats/run-totals.ts";
import type { Window } from "../../src/stats/windows.ts";
import type { Batch } from "../../src/store/batch.ts";
import type { RunWriter } from "../../src/store/run-writer.ts";
import type { Store } from "../../src/store/store.ts";
import { StoreError } from "../../src/store/store-error.ts";
import { windowLimits } from "../../src/store/windows/window-budget.ts";
import { record, recorderEvents, reportOf, totalsContent } from "../stats/recorder-events.ts";
import { assertProperty } from "../support/property.ts";
import {
  deltaOf,
  newRun,
  reading,
  requests,
  StoreFolder,
  spansOf,
  storedTotals,
  storedWindows,
} from "./store-fixture.ts";

interface Report {
  readonly second: number;
  readonly seconds: number;
  readonly summand: Summand;
  readonly users: number;
}

interface Step {
  readonly reports: readonly Report[];
  /** The number of commits that fail before the one that succeeds. */
  readonly failures: readonly ("in the windows" | "after them")[];
  readonly isReopened: boolean;
}

/**
 * Small limits, so that few reports exceed them: 4 unsettled windows, and those that cannot be merged further, are fewer
 * than 16.
 */
const limits = { ...windowLimits, windows: 16, rowsPerCommit: 1, settledAfterMs: 4_000 };

const report: fc.Arbitrary<Report> = fc
  .record({
    second: fc.nat(60),
    seconds: fc.oneof(
      { weight: 4, arbitrary: fc.constant(1) },
      { weight: 1, arbitrary: fc.integer({ min: 2, max: 9 }) },
    ),
    events: recorderEvents,
    isOpen: fc.boolean(),
    users: fc.nat(9),
  })
  .map(({ second, seconds, events, isOpen, users }) => {
    return { second, seconds, users, summand: reportOf(record(events, new IntervalRecorder(isOpen))) };
  });

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.record({
    reports: fc.array(report, { maxLength: 8 }),
    failures: fc.array(fc.constantFrom("in the windows" as const, "after them" as const), { maxLength: 2 }),
    isReopened: fc.boolean(),
  }),
  { maxLength: 8 },
);

/** One delta for each time, as the master builds them. */
function deltasOf(reports: readonly Report[]): Window[] {
  const groups = Map.groupBy(reports, ({ second, seconds }) => `${second} ${seconds}`);
  return [...groups.values()].map((group) => {
    const { second = 0, seconds = 1 } = group[0] ?? {};
    const users = { vu: group.reduce((sum, each) => sum + each.users, 0) };
    return deltaOf(
      second,
      group.map(({ summand }) => summand),
      { seconds, users },
    );
  });
}

function failToCommit(writer: RunWriter, batch: Batch, place: Step["failures"][number]): void {
  if (place === "in the windows") {
    const broken = { ...deltaOf(0, []), startMs: 1_000_000_001 };
    assert.throws(() => writer.commit({ ...batch, windows: [...(batch.windows ?? []), broken] }), RangeError);
  } else {
    // SQLite refuses a time that is not a number.
    const events = [...(batch.events ?? []), { atMs: Number.NaN, kind: "paused", text: "" }];
    assert.throws(() => writer.commit({ ...batch, events }), StoreError);
  }
}

function requireSoundWindows(store: Store): void {
  const spans = spansOf(store, "a");
  assert.ok(spans.length <= limits.windows, `${spans.length} windows`);
  for (const [position, [from]] of spans.entries()) assert.ok(from >= (spans[position - 1]?.[1] ?? 0), "in order");
}

/** The sum of all windows, with the errors of the run. */
function totalsOfWindows(store: Store) {
  const totals = new RunTotals();
  for (const window of storedWindows(store, "a")) totals.add(window);
  for (const error of reading(store, "a", (reader) => reader.totals().errors())) totals.addError(error);
  return totalsContent(totals);
}

test("totals are the sum of all reports, whether late, wide, repeated after a failure or after reopening", () => {
  assertProperty(
    fc.property(steps, (run) => {
      using folder = new StoreFolder();
      let store = folder.open();
      store.createRun(newRun("a"));
      let writer = store.writer("a", limits);
      const sum = new RunTotals();
      let sequence = 0;
      for (const { reports, failures, isReopened } of run) {
        sequence++;
        const batch = {
          windows: deltasOf(reports),
          workers: [{ number: 1, id: "w", host: "h", pid: 1, lastSequence: sequence, facts: null }],
          events: [{ atMs: sequence, kind: "paused", text: `${sequence}` }],
        };
        for (const place of failures) failToCommit(writer, batch, place);
        writer.commit(batch);
        for (const { summand } of reports) sum.add(summand);
        requireSoundWindows(store);
        if (isReopened) {
          store.close();
          store = folder.open();
          writer = store.writer("a", limits);
        }
      }
      assert.deepEqual(storedTotals(store, "a"), totalsContent(sum));
      assert.deepEqual(totalsOfWindows(store), totalsContent(sum));
      reading(store, "a", (reader) => {
        assert.equal(reader.workers()[0]?.lastSequence ?? 0, sequence);
        assert.deepEqual(
          reader.events().map(({ atMs }) => atMs),
          Array.from({ length: sequence }, (_, position) => position + 1),
        );
      });
      store.close();
    }),
    { factor: 0.1 },
  );
});

test("a failed commit does not change the file", () => {
  assertProperty(
    fc.property(fc.array(report, { maxLength: 6 }), fc.array(report, { maxLength: 6 }), (before, failing) => {
      using folder = new StoreFolder();
      using store = folder.open();
      store.createRun(newRun("a"));
      const writer = store.writer("a", limits);
      writer.commit({ windows: deltasOf(before) });
      const [totals, windows] = [storedTotals(store, "a"), storedWindows(store, "a")];
      for (const place of ["in the windows", "after them"] as const) {
        failToCommit(writer, { windows: deltasOf(failing) }, place);
        assert.deepEqual(storedTotals(store, "a"), totals);
        assert.deepEqual(storedWindows(store, "a"), windows);
      }
    }),
    { factor: 0.2 },
  );
});

test("coarsening changes neither totals nor the highest number of users", () => {
  const range = fc.tuple(fc.nat(60), fc.integer({ min: 1, max: 30 }));
  assertProperty(
    fc.property(fc.array(report, { maxLength: 12 }), fc.array(range, { maxLength: 3 }), (reports, ranges) => {
      using folder = new StoreFolder();
      using store = folder.open();
      store.createRun(newRun("a"));
      const writer = store.writer("a");
      writer.commit({ windows: deltasOf(reports) });
      const peakOf = () => Math.max(0, ...storedWindows(store, "a").map(({ peakUsers }) => peakUsers));
      const [totals, peak] = [storedTotals(store, "a"), peakOf()];
      for (const [start, seconds] of ranges) {
        writer.coarsen(start * 1_000, (start + seconds) * 1_000);
        const within = spansOf(store, "a").filter(([from, to]) => to > start && from < start + seconds);
        assert.ok(within.length <= 1);
      }
      assert.deepEqual(storedTotals(store, "a"), totals);
      assert.equal(peakOf(), peak);
    }),
    { factor: 0.3 },
  );
});

test("the slowest requests of all commits are kept, also after reopening", () => {
  using folder = new StoreFolder();
  const slow = (name: string, responseMs: number) => {
    const traceId = String(responseMs).padStart(32, "0");
    return { method: "GET", name, atMs: 1, worker: 2, user: 3, status: 200, serviceMs: 1, responseMs, traceId };
  };
  const reportWith = (times: readonly number[]): Summand => ({
    ...reportOf(record(requests(1))),
    slowest: times.map((responseMs) => slow("/jobs", responseMs)),
  });
  const kept = [9, 7, 5].map((responseMs) => slow("/jobs", responseMs));
  let store = folder.open();
  store.createRun(newRun("a"));
  store.writer("a", limits).commit({ windows: [deltaOf(0, [reportWith([5, 3])])] });
  store.close();
  store = folder.open();
  store.writer("a", limits).commit({ windows: [deltaOf(1, [reportWith([7]), reportWith([9, 4])])] });
  const slowestIn = (from: Store) =>
    reading(from, "a", (reader) => reader.totals().slowestOf({ method: "GET", name: "/jobs" }));
  assert.deepEqual(slowestIn(store), kept);
  store.close();
});
