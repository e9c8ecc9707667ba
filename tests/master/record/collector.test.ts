import assert from "node:assert/strict";
import { test } from "node:test";
import { liveStatistics } from "../../../src/master/live-statistics.ts";
import { Collector } from "../../../src/master/record/collector.ts";
import { ProtocolError } from "../../../src/protocol/channel.ts";
import { request } from "../../analysis/measurements.ts";
import { record, reportOf } from "../../stats/recorder-events.ts";

const report = (sequence: number, window: number, ...times: number[]) =>
  reportOf(record(times.map((ms) => request("/", ms, ms > 500))), {
    sequence,
    window,
    windowCount: 1,
    users: [{ className: "a", count: 2 }],
  });

test("a report is merged once, however often it comes", () => {
  const collector = new Collector();
  assert.deepEqual(
    [1, 1, 2, 1].map((sequence) => collector.add(7, report(sequence, 0, 10), 900)),
    [true, false, true, false],
  );
  collector.commit();
  assert.equal(collector.totals.merged().requests, 2);
  assert.deepEqual([collector.ledger.reports, collector.ledger.duplicates], [2, 2]);
  assert.equal(collector.windows.ratesBefore(1, 1).requestsPerSecond, 2);
});

test("a window to come is refused, and nothing of the report is merged: it may be sent again", () => {
  const collector = new Collector();
  for (const window of [62, 1_000, Number.MAX_SAFE_INTEGER]) {
    assert.throws(() => collector.add(1, report(1, window, 10), 1_500), ProtocolError, `${window}`);
  }
  assert.deepEqual([collector.totals.merged().requests, collector.ledger.reports], [0, 0]);
  assert.equal(collector.add(1, report(1, 0, 10), 1_500), true);
  assert.deepEqual(collector.windows.ratesBefore(1, 1), { requestsPerSecond: 1, failuresPerSecond: 0 });
});

test("a clock that is a little ahead is forgiven, one that is behind always", () => {
  const collector = new Collector();
  assert.equal(collector.add(1, report(1, 61, 10), 1_500), true);
  assert.equal(collector.add(2, report(1, 0, 10), 900_000), true);
});

test("requests of setup and teardown are kept apart, by their phase", () => {
  const collector = new Collector();
  const endpoints = [{ method: "POST", name: "/login", requests: 2, failures: 1 }];
  collector.addLifecycle({ type: "lifecycle-done", phase: "setup", value: {}, error: null, endpoints });
  collector.addLifecycle({ type: "lifecycle-done", phase: "teardown", value: {}, error: null, endpoints });
  collector.addLifecycle(null);
  assert.deepEqual(
    collector.lifecycleRequests.map(({ phase, name, requests }) => [phase, name, requests]),
    [
      ["setup", "/login", 2],
      ["teardown", "/login", 2],
    ],
  );
  assert.equal(collector.totals.merged().requests, 0);
});

test("the statistics of a shape: counts and percentiles since the start, rates of the last whole windows", () => {
  const collector = new Collector();
  assert.deepEqual(liveStatistics(collector, 0, 0), {
    users: 0,
    requests: 0,
    failures: 0,
    requestsPerSecond: 0,
    failuresPerSecond: 0,
    p50Ms: 0,
    p95Ms: 0,
    p99Ms: 0,
  });
  for (let window = 0; window < 6; window++) collector.add(1, report(window + 1, window, 100, 600), window * 1_000);
  collector.commit();
  const statistics = liveStatistics(collector, 6_200, 5);
  const { users, requests, failures, requestsPerSecond, failuresPerSecond, p50Ms, p99Ms } = statistics;
  assert.deepEqual([users, requests, failures, requestsPerSecond, failuresPerSecond], [5, 12, 6, 2, 1]);
  assert.ok(Math.abs(p50Ms - 100) < 0.2 && Math.abs(p99Ms - 600) < 1);
});

test("what waits for a commit is not in the totals, and a commit that fails leaves it waiting", () => {
  const collector = new Collector();
  collector.add(1, report(1, 0, 10), 900);
  collector.add(2, report(1, 0, 20), 900);
  collector.add(1, report(2, 1, 30), 1_900);
  const full = new Error("full");
  const refuse = () => {
    throw full;
  };
  assert.throws(() => collector.commit(refuse), full);
  assert.deepEqual([collector.totals.merged().requests, collector.hasUncommitted], [0, true]);
  let saved: unknown;
  const committed = collector.commit(({ windows, sequences }) => {
    saved = [windows.map(({ startMs, widthMs, users }) => [startMs, widthMs, users.peak]), [...sequences]];
  });
  const sequences = [
    [1, 2],
    [2, 1],
  ];
  assert.deepEqual(saved, [
    [
      [0, 1_000, 0],
      [1_000, 1_000, 0],
    ],
    sequences,
  ]);
  assert.deepEqual([...committed], sequences);
  assert.deepEqual([collector.totals.merged().requests, collector.hasUncommitted], [3, false]);
  assert.deepEqual([...collector.commit()], [], "nothing twice");
});

test("a report of several windows swallows those that it covers", () => {
  const collector = new Collector();
  for (const [sequence, window] of [
    [1, 3],
    [2, 4],
    [3, 9],
  ] as const) {
    collector.add(1, report(sequence, window, 10), 10_000);
  }
  const wide = { ...report(1, 2, 50), windowCount: 4 };
  collector.add(2, wide, 10_000);
  let windows: unknown;
  collector.commit((batch) => {
    windows = batch.windows.map(({ startMs, widthMs, totals }) => [startMs, widthMs, totals.merged().requests]);
  });
  assert.deepEqual(windows, [
    [2_000, 4_000, 3],
    [9_000, 1_000, 1],
  ]);
});
