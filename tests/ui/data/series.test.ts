import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  loadSeries,
  overlay,
  plannedAt,
  shownAt,
  throughputSeries,
  workerLines,
  workerRates,
} from "../../../src/ui/data/series.ts";
import { assertProperty } from "../../support/property.ts";
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

test("runs of different windows are drawn on all of their times, each as far as it goes", () => {
  const chart = overlay([
    { x: [0, 2, 4], lines: [[1, null, 3]] },
    {
      x: [1, 2],
      lines: [
        [5, 6],
        [null, 7],
      ],
    },
  ]);
  assert.deepEqual(chart, {
    x: [0, 1, 2, 4],
    lines: [
      [1, 1, null, 3],
      [null, 5, 6, null],
      [null, null, 7, null],
    ],
  });
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
  assert.deepEqual(x, [0, 0.5, 1.5, 10]);
  assert.deepEqual(lines, [
    [0, 0.5, 1.5, 10],
    [undefined, 1, 2, null],
    [null, null, null, null],
    [undefined, 3, 4, null],
  ]);
});

const spike = { atMs: [0, 5_000, 5_000, 9_000, 9_000, 20_000], users: [10, 10, 90, 90, 10, 10], ratePerSecond: null };
const noWindows = { ...report.windows, startMs: [], widthMs: [], users: [], iterations: [] };
const drawn = ({ x, lines }: ReturnType<typeof loadSeries>, line: number) =>
  x.flatMap((second, position) => (lines[line]?.[position] == null ? [] : [[second, lines[line]?.[position]]]));

test("a stage of 0 s is a step at its time: before the run, in it, and with windows of any width", () => {
  const before = loadSeries({ windows: noWindows, plan: spike });
  const points = spike.atMs.map((ms, position) => [ms / 1_000, spike.users[position]]);
  assert.deepEqual(drawn(before, 0), points);
  for (const widthMs of [1_000, 4_000, 64_000]) {
    const startMs = Array.from({ length: Math.ceil(20_000 / widthMs) }, (_, position) => position * widthMs);
    const columns = { startMs, widthMs: startMs.map(() => widthMs), users: startMs.map(() => 7) };
    const windows = { ...report.windows, ...columns, iterations: startMs.map(() => 1) };
    const series = loadSeries({ windows, plan: spike });
    const steps = drawn(series, 0).filter(([second]) => second === 5 || second === 9);
    assert.deepEqual(
      steps,
      [
        [5, 10],
        [5, 90],
        [9, 90],
        [9, 10],
      ],
      `${widthMs}`,
    );
    // No measured value is invented at the points of the plan.
    assert.equal(drawn(series, 1).length, startMs.length);
  }
});

test("property: the planned line goes through every point of the plan, and only along it", () => {
  const point = fc.record({ gapMs: fc.constantFrom(0, 0, 500, 1_000, 7_000), users: fc.integer({ min: 0, max: 50 }) });
  assertProperty(
    fc.property(fc.array(point, { minLength: 1, maxLength: 12 }), fc.nat(40), (points, seconds) => {
      let at = 0;
      const atMs = points.map(({ gapMs }) => {
        at += gapMs;
        return at;
      });
      const plan = { atMs, users: points.map(({ users }) => users), ratePerSecond: null };
      const startMs = Array.from({ length: seconds }, (_, second) => second * 1_000);
      const widthMs = startMs.map(() => 1_000);
      const windows = {
        ...report.windows,
        startMs,
        widthMs,
        users: startMs.map(() => 1),
        iterations: startMs.map(() => 1),
      };
      const { x, lines } = loadSeries({ windows, plan });
      assert.deepEqual(
        x,
        x.toSorted((a, b) => a - b),
      );
      const line = drawn({ x, lines }, 0);
      for (const [position, ms] of atMs.entries()) {
        assert.ok(line.some(([second, users]) => second === ms / 1_000 && users === plan.users[position]));
      }
      const windowed = line.filter(([second]) => !atMs.includes((second ?? 0) * 1_000));
      for (const [second = 0, users] of windowed)
        assert.equal(users, plannedAt({ atMs, values: plan.users }, second * 1_000));
    }),
  );
});

test("a plan without an end holds its last value", () => {
  const plan = { atMs: [0, 1_000, 1_000], values: [5, 5, 0], isEndless: true as const };
  assert.deepEqual(
    [500, 1_000, 90_000].map((ms) => plannedAt(plan, ms)),
    [5, 0, 0],
  );
});

test("at a point of the plan the legend shows what was measured last before it", () => {
  assert.deepEqual(
    [0, 1, 2, 3].map((at) => shownAt([undefined, 4, undefined, null], at)),
    [4, 4, 4, null],
  );
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
