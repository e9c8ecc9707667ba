import assert from "node:assert/strict";
import { test } from "node:test";
import { IntervalRecorder } from "../../src/stats/interval-recorder.ts";
import { RunTotals } from "../../src/stats/run-totals.ts";
import { WindowSeries } from "../../src/stats/window-series.ts";
import type { Batch } from "../../src/store/batch.ts";
import type { Store } from "../../src/store/store.ts";
import { failedRequest } from "../stats/failed-request-fixture.ts";
import { type RecorderEvent, record, reportOf, totalsContent } from "../stats/recorder-events.ts";
import {
  delta,
  deltaOf,
  failure,
  newRun,
  reading,
  requests,
  StoreFolder,
  spansOf,
  storedTotals,
  storedWindows,
} from "./store-fixture.ts";

/** Commits each batch to a new run and returns the result of `look`, then again after reopening the file. */
function afterCommits<Result>(batches: readonly Batch[], look: (store: Store) => Result): Result {
  using folder = new StoreFolder();
  let found: Result;
  {
    using store = folder.open();
    store.createRun(newRun("a"));
    const writer = store.writer("a");
    for (const batch of batches) writer.commit(batch);
    found = look(store);
  }
  using again = folder.open();
  assert.deepEqual(look(again), found);
  return found;
}

const requestsPerWindow = (store: Store) =>
  storedWindows(store, "a").map(({ endpoints }) => endpoints.reduce((sum, { requests: count }) => sum + count, 0));
const users = (store: Store) =>
  storedWindows(store, "a").map((window) => [window.peakUsers, ...window.users.map(({ count }) => count)]);
const spans = (store: Store) => spansOf(store, "a");

test("deltas for a window add up, in one commit and over several", () => {
  const batches = [
    { windows: [delta(0, requests(1)), delta(1, requests(2))] },
    { windows: [delta(1, requests(4)), delta(2, requests(8))] },
  ];
  assert.deepEqual(afterCommits(batches, requestsPerWindow), [1, 6, 8]);
});

test("a window contains everything in its reports", () => {
  const events: RecorderEvent[] = [
    ...requests(2, "/a", 100),
    failure("503 Service Unavailable", "/b"),
    { kind: "check", name: "created", passed: true },
    { kind: "check", name: "__proto__", passed: false },
    { kind: "iteration", counter: "completedIterations" },
    { kind: "iteration", counter: "droppedIterations" },
    { kind: "arrival", lagMicros: 7, blockedMicros: 9 },
  ];
  const report = reportOf(record(events, new IntervalRecorder(true)));
  const expected = new RunTotals();
  expected.add({ ...report, errors: [] });
  const contents = afterCommits([{ windows: [deltaOf(0, [report])] }], (store) => {
    return storedWindows(store, "a").map((window) => {
      const totals = new RunTotals();
      totals.add(window);
      return totalsContent(totals);
    });
  });
  assert.deepEqual(contents, [totalsContent(expected)]);
});

test("a closed load has one histogram per endpoint, and no scheduling", () => {
  const [window] = afterCommits([{ windows: [delta(0, requests(3))] }], (store) => storedWindows(store, "a"));
  assert.equal(window?.endpoints[0]?.responseTime, null);
  assert.equal(window?.scheduling, null);
});

test("users of several workers in one window add up; those of merged windows do not", () => {
  const batches: Batch[] = [
    { windows: [delta(0, [], { users: { a: 3, b: 1 } }), delta(1, [], { users: { a: 2, b: 5 } })] },
    { windows: [delta(0, [], { users: { a: 4 } })] },
  ];
  assert.deepEqual(afterCommits(batches, users), [
    [8, 7, 1],
    [7, 2, 5],
  ]);
  using folder = new StoreFolder();
  using store = folder.open();
  store.createRun(newRun("a"));
  const writer = store.writer("a");
  for (const batch of batches) writer.commit(batch);
  writer.coarsen(0, 2_000);
  assert.deepEqual(users(store), [[8, 7, 5]]);
});

test("late users for parts of a wide window are counted once, not once per part", () => {
  const wide = { windows: [delta(0, [], { seconds: 4, users: { a: 10 } })] };
  const late = { windows: [0, 1, 2, 3].map((second) => delta(second, [], { users: { a: second + 1 } })) };
  assert.deepEqual(afterCommits([wide, late], users), [[14, 14]]);
  assert.deepEqual(afterCommits([{ windows: [...late.windows, ...wide.windows] }], users), [[14, 14]]);
});

test("who opens the store again knows the users of each second of a wide window, for those that are still to come", () => {
  using folder = new StoreFolder();
  const wide = delta(0, [], { seconds: 4, users: { a: 6 } });
  const [first, second, third, fourth] = [0, 1, 2, 3].map((at) => delta(at, [], { users: { a: 6 } }));
  assert.ok(first !== undefined && second !== undefined && third !== undefined && fourth !== undefined);
  {
    using store = folder.open();
    store.createRun(newRun("a"));
    store.writer("a").commit({ windows: [wide, first, second] });
  }
  using store = folder.open();
  const series = new WindowSeries();
  for (const window of storedWindows(store, "a")) series.addStored(window);
  const report = { windowCount: 1, endpoints: [], peakUsers: 6, users: [{ className: "a", count: 6 }] };
  for (const window of [2, 3]) series.add({ ...report, window });
  assert.deepEqual([series.peakUsers, [...series.peaks]], [12, [["a", 12]]]);
  store.writer("a").commit({ windows: [third, fourth] });
  assert.deepEqual(users(store), [[12, 12]]);
  const [stored] = storedWindows(store, "a");
  assert.equal(stored?.userSeconds, undefined, "all of them are like the fullest");
});

test("users for a part of a window are still counted if that is merged in the same batch", () => {
  const wide = { windows: [delta(0, [], { seconds: 4, users: { a: 10 } })] };
  const late = { windows: [delta(1, [], { users: { a: 5 } }), delta(3, [], { seconds: 4, users: { a: 2 } })] };
  assert.deepEqual(afterCommits([wide, late], users), [[15, 15]]);
});

test("a worker that reported a second before others reported it with the next one is counted once", () => {
  const early = { windows: [delta(5, [], { users: { a: 30 } })] };
  // A worker that was late, and the one from before, whose next second came at the same time.
  const both = delta(5, [], { seconds: 2, users: { a: 20 } });
  both.users.merge(delta(6, [], { users: { a: 30 } }).users);
  assert.deepEqual(afterCommits([early, { windows: [both] }], users), [[50, 50]]);
});

test("a delta within a wider window is added to it", () => {
  const batches = [{ windows: [delta(8, requests(1), { seconds: 8 })] }, { windows: [delta(11, requests(2))] }];
  assert.deepEqual(afterCommits(batches, spans), [[8, 16]]);
  assert.deepEqual(afterCommits(batches, requestsPerWindow), [3]);
});

test("a delta that is wider than the windows there merges them", () => {
  const narrow = [0, 1, 3, 5, 9].map((second) => delta(second, requests(1)));
  const batches = [{ windows: narrow }, { windows: [delta(1, requests(10), { seconds: 5 })] }];
  assert.deepEqual(afterCommits(batches, spans), [
    [0, 1],
    [1, 6],
    [9, 10],
  ]);
  assert.deepEqual(afterCommits(batches, requestsPerWindow), [1, 13, 1]);
});

test("a delta that overlaps windows partly merges them all", () => {
  const wide = [delta(0, requests(1), { seconds: 4 }), delta(6, requests(2), { seconds: 4 })];
  const batches = [{ windows: wide }, { windows: [delta(3, requests(4), { seconds: 4 })] }];
  assert.deepEqual(afterCommits(batches, spans), [[0, 10]]);
  assert.deepEqual(afterCommits(batches, requestsPerWindow), [7]);
});

test("a late delta finds its window long after that has left memory", () => {
  const many = Array.from({ length: 50 }, (_, second) => delta(second, requests(1)));
  const batches = [
    { windows: many },
    { windows: [delta(3, requests(10)), delta(40, requests(20), { users: { a: 1 } })] },
  ];
  const counts = afterCommits(batches, requestsPerWindow);
  assert.deepEqual([counts.length, counts[2], counts[3], counts[40]], [50, 1, 11, 21]);
});

test("coarsening merges exactly the windows that overlap the given time", () => {
  using folder = new StoreFolder();
  using store = folder.open();
  store.createRun(newRun("a"));
  const writer = store.writer("a");
  writer.commit({ windows: Array.from({ length: 8 }, (_, second) => delta(second, [...requests(1), failure("503")])) });
  const before = storedTotals(store, "a");
  writer.coarsen(2_000, 6_000);
  writer.coarsen(100_000, 200_000);
  assert.deepEqual(spansOf(store, "a"), [
    [0, 1],
    [1, 2],
    [2, 6],
    [6, 7],
    [7, 8],
  ]);
  assert.deepEqual(storedTotals(store, "a"), before);
});

test("errors are those of the run", () => {
  const windows = [delta(0, [failure("503"), failure("502")]), delta(1, [failure("503")])];
  const errors = afterCommits([{ windows }, { windows: [delta(0, [failure("503", "/b")])] }], (store) =>
    reading(store, "a", (reader) => reader.totals().errors()),
  );
  assert.deepEqual(
    errors.map(({ name, kind, message, count }) => [name, kind, message, count]),
    [
      ["/jobs", "5xx", "503", 2],
      ["/b", "5xx", "503", 1],
      ["/jobs", "5xx", "502", 1],
    ],
  );
});

test("the workers that saw an exception add up over commits; an error without workers does not change them", () => {
  const seenBy = (...workers: number[]) => {
    const thrown = delta(0, []);
    const error = { method: "", name: "look", kind: "exception", message: "boom", count: 1, stack: "" } as const;
    thrown.totals.addError(workers.length === 0 ? error : { ...error, workers });
    return { windows: [thrown] };
  };
  using folder = new StoreFolder();
  using store = folder.open();
  store.createRun(newRun("a"));
  const writer = store.writer("a");
  for (const batch of [seenBy(), seenBy(3), seenBy(), seenBy(1, 3)]) writer.commit(batch);
  const [found] = reading(store, "a", (reader) => reader.totals().errors());
  assert.deepEqual([found?.count, found?.workers], [4, [1, 3]]);
});

test("the same failed requests of an error are kept as in memory, over commits too", () => {
  const failed = (atMs: number) => {
    const window = delta(0, []);
    const samples = [failedRequest({ atMs, request: "GET /\u0000naïve 🦊" })];
    window.totals.addError({ method: "GET", name: "/", kind: "5xx", message: "busy", count: 1, stack: "", samples });
    return window;
  };
  const times = [50, 10, 40, 60, 20];
  const totals = new RunTotals();
  for (const atMs of times) totals.merge(failed(atMs).totals);
  const stored = afterCommits(
    times.map((atMs) => ({ windows: [failed(atMs)] })),
    (store) => reading(store, "a", (reader) => reader.totals().errors()),
  );
  assert.deepEqual(stored, totals.errors());
  assert.deepEqual(
    stored.map(({ count, samples = [] }) => [count, samples.map(({ atMs }) => atMs)]),
    [[5, [10, 20, 60]]],
  );
});

test("the same stack of an exception is kept as in memory, over commits too", () => {
  const thrown = (stack: string) => delta(0, [{ kind: "exception", task: "look", message: "boom", stack }]);
  for (const stacks of [
    ["", "b", "a"],
    ["a", "", "b"],
    ["b", "a", ""],
  ]) {
    const errors = afterCommits(
      stacks.map((stack) => ({ windows: [thrown(stack)] })),
      (store) => reading(store, "a", (reader) => reader.totals().errors()),
    );
    assert.deepEqual(
      errors.map(({ stack, count }) => [stack, count]),
      [["a", 3]],
    );
  }
});

test("names and messages are read back unchanged, whatever characters they contain", () => {
  const odd = ["", " ", "a\0b", "a\0c", "naïve 🦊", "'; DROP TABLE runs; --"];
  const report = reportOf(record(odd.map((text) => failure(text, text))));
  const expected = new RunTotals();
  expected.add(report);
  const found = afterCommits([{ windows: [deltaOf(0, [report])] }], (store) => storedTotals(store, "a"));
  assert.deepEqual(found, totalsContent(expected));
});

test("beyond the caps, names and errors are counted together and nothing is lost", () => {
  const totals = new RunTotals();
  const windows = [0, 1, 2, 3].map((second) => {
    const names = Array.from({ length: 900 }, (_, position) => `/${second}/${position}`);
    return delta(
      second,
      names.map((name) => failure(`failed at ${name}`, name)),
    );
  });
  for (const window of windows) totals.merge(window.totals);
  const found = afterCommits(
    windows.map((window) => ({ windows: [window] })),
    (store) => storedTotals(store, "a"),
  );
  assert.deepEqual(found, totalsContent(totals));
  // 3,000 names, the overflow entry, and the sum of all.
  assert.equal(found.endpoints.length, 3_002);
  const rows = afterCommits([{ windows }], (store) =>
    storedWindows(store, "a").map(({ endpoints }) => endpoints.length),
  );
  assert.deepEqual(rows, [900, 900, 900, 301]);
});

test("workers, events, controls and the ledger are kept with the windows", () => {
  const worker = { number: 1, id: "w", host: "h", pid: 7, lastSequence: 1, facts: { users: 5 } };
  const gap = { worker: 2, firstSequence: 4, lastSequence: null, fromMs: 3_000, toMs: 4_000.5 };
  const batches: Batch[] = [
    {
      workers: [{ ...worker, number: 2 }, worker],
      events: [{ atMs: 5.5, kind: "users-changed", text: "50 users" }],
      controls: [{ atMs: 0, operation: { kind: "users", target: 50 } }],
      ledger: { reports: 2, duplicates: 0, missing: [gap, { ...gap, worker: 1, lastSequence: 9 }] },
    },
    {
      workers: [{ ...worker, lastSequence: 2, facts: { users: 6 } }],
      events: [
        { atMs: 9, kind: "paused", text: "paused" },
        { atMs: 8, kind: "resumed", text: "resumed" },
      ],
      controls: [{ atMs: 9, operation: { kind: "pause" } }],
      ledger: { reports: 3, duplicates: 1, missing: [gap] },
      run: { state: "running" },
    },
    {},
  ];
  const found = afterCommits(batches, (store) =>
    reading(store, "a", (reader) => ({
      state: store.run("a")?.state,
      workers: reader.workers(),
      events: reader.events().map(({ kind }) => kind),
      controls: reader.controls(),
      ledger: reader.ledger(),
    })),
  );
  assert.deepEqual(found, {
    state: "running",
    workers: [
      { ...worker, lastSequence: 2, facts: { users: 6 } },
      { ...worker, number: 2 },
    ],
    events: ["users-changed", "paused", "resumed"],
    controls: [
      { atMs: 0, operation: { kind: "users", target: 50 } },
      { atMs: 9, operation: { kind: "pause" } },
    ],
    ledger: { reports: 3, duplicates: 1, missing: [gap] },
  });
});

test("a reader sees the run as it was when it was opened", () => {
  using folder = new StoreFolder();
  using store = folder.open();
  store.createRun(newRun("a"));
  const writer = store.writer("a");
  writer.commit({ windows: [delta(0, requests(1)), delta(1, requests(1))] });
  using reader = store.reader("a");
  const windows = reader.windows();
  assert.equal(windows.next().value?.startMs, 0);
  writer.commit({ windows: [delta(0, requests(1), { seconds: 8 })] });
  assert.equal(windows.next().value?.startMs, 1_000);
  assert.equal(reader.totals().merged().requests, 2);
  assert.deepEqual(spansOf(store, "a"), [[0, 8]]);
});

test("a delta that is not a window is refused, and nothing of its batch is kept", () => {
  using folder = new StoreFolder();
  using store = folder.open();
  store.createRun(newRun("a"));
  const writer = store.writer("a");
  for (const [start, seconds] of [
    [0.5, 1],
    [-1, 1],
    [0, 0],
    [0, 1.5],
    [Number.NaN, 1],
  ] as const) {
    const windows = [delta(0, requests(1)), delta(start, requests(1), { seconds })];
    assert.throws(() => writer.commit({ windows }), RangeError);
  }
  assert.deepEqual(storedWindows(store, "a"), []);
  writer.commit({ windows: [delta(0, requests(1))] });
  assert.deepEqual(requestsPerWindow(store), [1]);
});
