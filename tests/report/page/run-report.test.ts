import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { onStopKind } from "../../../src/core/measure-kind.ts";
import type { RunReport } from "../../../src/report/page/model.ts";
import { rangeFigures, sliceRange } from "../../../src/report/page/parts/range-figures.ts";
import { buildRunReport } from "../../../src/report/page/run-report.ts";
import type { Window } from "../../../src/stats/windows.ts";
import { delta, failure, requests } from "../../store/store-fixture.ts";
import { assertProperty } from "../../support/property.ts";
import { facts, withRecorded } from "../recorded-run.ts";

const reportOf = (windows: readonly Window[]): RunReport => withRecorded(windows, buildRunReport);

test("a window has its counts, users and percentiles", () => {
  const { windows, state, command, plan, classes } = reportOf([
    delta(0, [...requests(19, "/jobs", 100_000), ...requests(1, "/jobs", 900_000), failure("no", "/login")], {
      users: { Shopper: 3, Admin: 1 },
    }),
  ]);
  assert.deepEqual([windows.startMs, windows.widthMs, windows.users], [[0], [1_000], [4]]);
  assert.deepEqual(windows.usersByClass, { Shopper: [3], Admin: [1] });
  assert.deepEqual(windows.total, { requests: [21], failures: [1], p50Ms: [100], p95Ms: [100], p99Ms: [900] });
  assert.deepEqual(
    windows.endpoints.map(({ name, requests, failures }) => [name, requests, failures]),
    [
      ["/jobs", [20], [0]],
      ["/login", [1], [1]],
    ],
  );
  assert.deepEqual([state, command, plan, classes], ["running", facts.command, facts.plan, facts.classes]);
});

test("what onStop requested is in no chart, and is listed apart", () => {
  const cleanUp = requests(30, "/jobs", 900_000).map((one) => ({ ...one, method: onStopKind("DELETE") }));
  const { windows, distributions, heat, result } = reportOf([delta(0, requests(20)), delta(1, cleanUp)]);
  assert.deepEqual([windows.total.requests, windows.endpoints.length], [[20, 0], 1]);
  assert.deepEqual([distributions.total.maxMs, sum(heat.counts.flat())], [1, 20]);
  assert.deepEqual(
    [result.total.requests, result.endpoints.map(({ method, name }) => `${method} ${name}`)],
    [20, ["GET /jobs"]],
  );
  assert.deepEqual(result.lifecycleRequests, [
    { phase: "onStop", method: "DELETE", name: "/jobs", requests: 30, failures: 0 },
  ]);
});

test("seconds without any report are zeros, and endpoints without a request have no percentile", () => {
  const { windows } = reportOf([delta(1, requests(2)), delta(4, requests(3, "/login"))]);
  assert.deepEqual(windows.startMs, [0, 1_000, 2_000, 3_000, 4_000]);
  assert.deepEqual(windows.total.requests, [0, 2, 0, 0, 3]);
  assert.deepEqual(windows.total.p50Ms, [null, 1, null, null, 1]);
  assert.deepEqual(
    windows.endpoints.map(({ requests, p95Ms }) => [requests, p95Ms]),
    [
      [
        [0, 2, 0, 0, 0],
        [null, 1, null, null, null],
      ],
      [
        [0, 0, 0, 0, 3],
        [null, null, null, null, 1],
      ],
    ],
  );
});

test("a window that is wider than the others keeps its width", () => {
  const { windows } = reportOf([delta(0, requests(1)), delta(2, requests(5), { seconds: 3 }), delta(6, requests(1))]);
  assert.deepEqual(windows.startMs, [0, 1_000, 2_000, 5_000, 6_000]);
  assert.deepEqual(windows.widthMs, [1_000, 1_000, 3_000, 1_000, 1_000]);
  assert.deepEqual(windows.total.requests, [1, 0, 5, 0, 1]);
});

test("a long run has fewer, wider windows: as many requests, and percentiles of them all", () => {
  const seconds = [...Array(8_000).keys()].filter((second) => second % 50 === 0);
  const { windows, heat } = reportOf(seconds.map((second) => delta(second, requests(2, "/jobs", 1_000 + second))));
  assert.deepEqual([windows.startMs.length, windows.widthMs[0]], [Math.ceil(7_951 / 4), 4_000]);
  assert.equal(sum(windows.total.requests), 2 * seconds.length);
  assert.ok(heat.startMs.length <= 300, `${heat.startMs.length} columns`);
});

test("a screen may ask for fewer windows: they hold the same requests", () => {
  const deltas = [...Array(100).keys()].map((second) => delta(second, requests(2)));
  const { windows } = withRecorded(deltas, (input) => buildRunReport({ ...input, maxWindows: 30 }));
  assert.deepEqual([windows.startMs.length, windows.widthMs[0]], [25, 4_000]);
  assert.equal(sum(windows.total.requests), 200);
});

test("a report of a run in progress ends with the last second that all workers have reported", () => {
  const deltas = [0, 1, 4].map((second) => delta(second, requests(2)));
  const columnsTo = (wholeToMs: number, maxWindows: number) =>
    withRecorded(deltas, (input) => buildRunReport({ ...input, wholeToMs, maxWindows })).windows;
  assert.deepEqual(columnsTo(4_000, 30).total.requests, [2, 2, 0, 0]);
  assert.deepEqual(columnsTo(1_000, 30).total.requests, [2]);
  assert.deepEqual(columnsTo(0, 30).startMs, []);
  const wide = columnsTo(3_000, 2);
  assert.deepEqual([wide.widthMs, wide.total.requests], [[3_000], [4]]);
});

test("the rates of a run in progress are of the time that all workers have reported", () => {
  const deltas = [0, 1, 2, 3].map((second) => delta(second, requests(8)));
  const rateTo = (wholeToMs: number) => {
    const { slices } = withRecorded(deltas, (input) => buildRunReport({ ...input, wholeToMs }));
    const range = slices === undefined ? null : sliceRange(slices, 0, slices.endMs);
    return slices && range && rangeFigures(slices, range, [95]).total.requestsPerSecond;
  };
  assert.deepEqual([rateTo(2_000), rateTo(4_000)], [8, 8]);
});

test("columns are of one length and without a gap, and together they hold every request once", () => {
  const sized = fc.array(fc.record({ skip: fc.integer({ min: 0, max: 4 }), seconds: fc.integer({ min: 1, max: 3 }) }));
  assertProperty(
    fc.property(sized, fc.integer({ min: 1, max: 9 }), (spans, count) => {
      let second = 0;
      const deltas = spans.map(({ skip, seconds }) => {
        const made = delta(second + skip, requests(count, skip % 2 === 0 ? "/even" : "/odd", 700 * count), { seconds });
        second += skip + seconds;
        return made;
      });
      const { windows, heat, distributions } = reportOf(deltas);
      const { startMs, widthMs, users, iterations, droppedIterations, total, endpoints } = windows;
      const columns = [widthMs, users, iterations, droppedIterations, ...[total, ...endpoints].flatMap(columnsOf)];
      assert.deepEqual([...new Set(columns.map((column) => column.length))], [startMs.length]);
      const ends = startMs.map((start, position) => start + (widthMs[position] ?? 0));
      assert.deepEqual(startMs, [0, ...ends].slice(0, startMs.length));
      assert.equal(ends.at(-1) ?? 0, second * 1_000);
      assert.equal(sum(total.requests), spans.length * count);
      assert.equal(sum(endpoints.flatMap(({ requests }) => requests)), spans.length * count);
      assert.equal(sum(heat.counts.flat()), spans.length * count);
      assert.equal(distributions.total.maxMs, spans.length === 0 ? 0 : (700 * count) / 1_000);
    }),
    { factor: 0.25 },
  );
});

test("a distribution ends where the requests cannot tell percentiles apart", () => {
  const { distributions } = reportOf([delta(0, [...requests(99, "/a", 1_000), ...requests(1, "/a", 50_000)])]);
  const { valuesMs, maxMs } = distributions.total;
  assert.equal(maxMs, 50);
  assert.equal(valuesMs[0], 1);
  const last = distributions.percentiles[valuesMs.length - 1] ?? 0;
  assert.ok(last > 98 && last <= 99, `the last percentile is ${last}`);
});

test("with very many endpoints, those with the most requests have columns, and the report says so", () => {
  const events = [...Array(60).keys()].flatMap((position) => requests(position + 1, `/${position}`));
  const { windows, result } = reportOf([delta(0, events)]);
  assert.deepEqual([windows.endpoints.length, windows.omittedEndpoints, result.endpoints.length], [50, 10, 60]);
  assert.ok(!windows.endpoints.some(({ name }) => name === "/9"));
});

function columnsOf({ requests, failures, p50Ms, p95Ms, p99Ms }: RunReport["windows"]["total"]) {
  return [requests, failures, p50Ms, p95Ms, p99Ms];
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}
