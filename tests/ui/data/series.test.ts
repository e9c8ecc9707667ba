import assert from "node:assert/strict";
import { test } from "node:test";
import {
  loadSeries,
  plannedAt,
  responseTimeSeries,
  throughputSeries,
  workerLines,
  workerRates,
} from "../../../src/ui/data/series.ts";
import { syntheticReport } from "../synthetic-report.ts";

const report = syntheticReport({ minutes: 1, endpoints: 2, workers: 3, windows: 60 });

test("counts of a window become rates by its width, at its middle; the stump at the end is a gap", () => {
  const windows = { ...report.windows, startMs: [0, 1_000, 3_000], widthMs: [1_000, 2_000, 900] };
  const columns = { ...report.windows.total, requests: [10, 10, 10], failures: [0, 4, 0] };
  const { x, lines } = throughputSeries(windows, columns);
  assert.deepEqual(x, [0.5, 2, 3.45]);
  assert.deepEqual(lines, [
    [10, 5, null],
    [0, 2, null],
  ]);
});

test("a window without requests is a gap in the response times", () => {
  const columns = { ...report.windows.total, p50Ms: [1, null, 3] };
  assert.deepEqual(responseTimeSeries(report.windows, columns).lines[0], [1, null, 3]);
});

test("the plan is drawn where the run has been and where it is still to go", () => {
  const windows = {
    ...report.windows,
    startMs: [0, 1_000],
    widthMs: [1_000, 1_000],
    users: [1, 2],
    iterations: [3, 4],
  };
  const { x, lines } = loadSeries({ windows, plan: { atMs: [0, 10_000], users: [0, 10], ratePerSecond: null } });
  assert.deepEqual(x, [0.5, 1.5, 10]);
  assert.deepEqual(lines, [
    [0.5, 1.5, 10],
    [1, 2, null],
    [null, null, null],
    [3, 4, null],
  ]);
});

test("of two points of the plan at one time the later counts; outside of the plan there is nothing", () => {
  const plan = { atMs: [1_000, 2_000, 2_000, 4_000], values: [0, 10, 50, 50] };
  assert.deepEqual(
    [999, 1_000, 1_500, 2_000, 3_000, 4_000, 4_001].map((ms) => plannedAt(plan, ms)),
    [null, 0, 5, 50, 50, 50, null],
  );
});

test("workers' samples of one second stand together, and a worker that came later has a gap", () => {
  const [first, second] = report.workers;
  assert.ok(first !== undefined && second !== undefined);
  const workers = [
    { ...first, series: { ...first.series, atMs: [1_010, 2_020], utilisation: [0.1, 0.2] } },
    { ...second, series: { ...second.series, atMs: [1_990, 3_000], utilisation: [0.3, 0.4] } },
  ];
  const { x, lines } = workerLines(workers, ({ utilisation }) => utilisation);
  assert.deepEqual(x, [1, 2, 3]);
  assert.deepEqual(lines, [
    [0.1, 0.2, null],
    [null, 0.3, 0.4],
  ]);
});

test("requests of a worker become rates by the width of each sample, also where merged ones end", () => {
  const [{ series } = { series: null }] = report.workers;
  assert.ok(series !== null);
  const samples = { ...series, atMs: [0, 2_000, 4_000], widthMs: [2_000, 2_000, 1_000], requests: [100, 100, 50] };
  assert.deepEqual(workerRates(samples), [50, 50, 50]);
});
