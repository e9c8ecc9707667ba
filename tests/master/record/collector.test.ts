import assert from "node:assert/strict";
import { test } from "node:test";
import { Collector } from "../../../src/master/record/collector.ts";
import { liveStatistics } from "../../../src/master/run-observer.ts";
import { ProtocolError } from "../../../src/protocol/channel.ts";
import { IntervalRecorder } from "../../../src/stats/interval-recorder.ts";
import { request } from "../../analysis/measurements.ts";
import { record, reportOf } from "../../stats/recorder-events.ts";

const report = (sequence: number, window: number, ...times: number[]) =>
  reportOf(record(times.map((ms) => request("/", ms, ms > 500))), {
    sequence,
    window,
    windowCount: 1,
    users: [{ className: "a", count: 2 }],
  });

/** A worker of which the reports before `sequence` were taken. */
const before = (sequence: number, number = 1) => ({ number, takenSequence: sequence - 1 });

const commit = (collector: Collector) => collector.committed(collector.pending());

test("reports are merged when they are committed", () => {
  const collector = new Collector();
  for (const sequence of [1, 2]) collector.add(before(sequence, 7), report(sequence, 0, 10), 900);
  assert.equal(collector.totals.merged().requests, 0);
  commit(collector);
  assert.equal(collector.totals.merged().requests, 2);
  assert.equal(collector.ledger.reports, 2);
  assert.equal(collector.windows.ratesBefore(1, 1).requestsPerSecond, 2);
});

test("a window to come is refused, and nothing of the report is merged: it may be sent again", () => {
  const collector = new Collector();
  for (const window of [62, 1_000, Number.MAX_SAFE_INTEGER]) {
    assert.throws(() => collector.add(before(1), report(1, window, 10), 1_500), ProtocolError, `${window}`);
  }
  assert.deepEqual([collector.totals.merged().requests, collector.ledger.reports], [0, 0]);
  collector.add(before(1), report(1, 0, 10), 1_500);
  assert.equal(collector.ledger.reports, 1);
  assert.deepEqual(collector.windows.ratesBefore(1, 1), { requestsPerSecond: 1, failuresPerSecond: 0 });
});

test("a clock that is a little ahead is forgiven, one that is behind always", () => {
  const collector = new Collector();
  collector.add(before(1), report(1, 61, 10), 1_500);
  collector.add(before(1, 2), report(1, 0, 10), 900_000);
  assert.equal(collector.ledger.reports, 2);
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
  assert.deepEqual(liveStatistics(collector, 0), {
    users: 0,
    requests: 0,
    failures: 0,
    requestsPerSecond: 0,
    failuresPerSecond: 0,
    p50Ms: 0,
    p95Ms: 0,
    p99Ms: 0,
  });
  for (let window = 0; window < 6; window++)
    collector.add(before(window + 1), report(window + 1, window, 100, 600), window * 1_000);
  commit(collector);
  collector.recent.close(5_000);
  const statistics = liveStatistics(collector, 5);
  const { users, requests, failures, requestsPerSecond, failuresPerSecond, p50Ms, p99Ms } = statistics;
  assert.deepEqual([users, requests, failures, requestsPerSecond, failuresPerSecond], [5, 12, 6, 2, 1]);
  assert.ok(Math.abs(p50Ms - 100) < 0.2 && Math.abs(p99Ms - 600) < 1);
});

test("a pending batch stays pending until it is committed, and is not in the totals before", () => {
  const collector = new Collector();
  collector.add(before(1), report(1, 0, 10), 900);
  collector.add(before(1, 2), report(1, 0, 20), 900);
  collector.add(before(2), report(2, 1, 30), 1_900);
  const windowsOf = () =>
    collector.pending().windows.map(({ startMs, widthMs, totals }) => [startMs, widthMs, totals.merged().requests]);
  const pending = [
    [0, 1_000, 2],
    [1_000, 1_000, 1],
  ];
  assert.deepEqual([windowsOf(), windowsOf()], [pending, pending]);
  assert.deepEqual([collector.totals.merged().requests, collector.hasPending], [0, true]);
  commit(collector);
  assert.deepEqual([collector.totals.merged().requests, collector.hasPending], [3, false]);
  assert.deepEqual(windowsOf(), [], "nothing twice");
});

test("a report of several windows swallows those that it covers", () => {
  const collector = new Collector();
  for (const [sequence, window] of [
    [1, 3],
    [2, 4],
    [3, 9],
  ] as const) {
    collector.add(before(sequence), report(sequence, window, 10), 10_000);
  }
  const wide = { ...report(1, 2, 50), windowCount: 4 };
  collector.add(before(1, 2), wide, 10_000);
  const windows = collector
    .pending()
    .windows.map(({ startMs, widthMs, totals }) => [startMs, widthMs, totals.merged().requests]);
  assert.deepEqual(windows, [
    [2_000, 4_000, 3],
    [9_000, 1_000, 1],
  ]);
});

test("a name that a threshold uses is counted separately among more names of many workers than a run keeps", () => {
  const named = { requests: ["/checkout"], checks: [], groups: [] };
  const collector = new Collector({}, named);
  for (let worker = 1; worker <= 3; worker++) {
    const names = Array.from({ length: 1_000 }, (_, i) => `/item/${worker}/${i}`);
    const events = [...names, "/checkout"].map((name) => request(name, 10));
    const at = { sequence: 1, window: worker };
    collector.add(before(1, worker), reportOf(record(events, new IntervalRecorder(false, named)), at), 9_000);
    commit(collector);
  }
  const endpoints = new Map(collector.totals.endpoints().map(({ name, requests }) => [name, requests]));
  assert.deepEqual([endpoints.size, endpoints.get("(other)"), endpoints.get("/checkout")], [2_002, 1_000, 3]);
});
