import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { RunReport } from "../../../../src/report/page/model.ts";
import {
  fewestTimes,
  pointsAfter,
  pointsOfSections,
  pointsOfSlices,
  type TimesPoint,
} from "../../../../src/report/page/parts/wide-times.ts";
import { buildRunReport } from "../../../../src/report/page/run-report.ts";
import { RunTotals } from "../../../../src/stats/run-totals.ts";
import { decodedWindows, type Window } from "../../../../src/stats/windows.ts";
import { columnsOfEndpoint } from "../../../../src/ui/data/endpoint-key.ts";
import { timesData } from "../../../../src/ui/data/series.ts";
import { delta, requests } from "../../../store/store-fixture.ts";
import { assertProperty } from "../../../support/property.ts";
import { withRecorded } from "../../recorded-run.ts";

const endpoints = ["", "GET /a", "GET /b"] as const;
const seconds = fc.array(
  fc.record({
    a: fc.oneof(fc.nat(30), fc.integer({ min: 100, max: 130 })),
    b: fc.oneof(fc.constant(0), fc.nat(5)),
    micros: fc.integer({ min: 1_000, max: 900_000 }),
  }),
  { minLength: 1, maxLength: 40 },
);

function windowsOf(given: readonly { readonly a: number; readonly b: number; readonly micros: number }[]) {
  return given.map(({ a, b, micros }, second) =>
    delta(second, [...requests(a, "/a", micros), ...requests(b, "/b", micros / 2)]),
  );
}

/** The report as on a live page, whose slices end after `slices` of them. */
function shortened(report: RunReport, slices: number): RunReport {
  const { startMs, endMs } = report.slices ?? { startMs: [], endMs: 0 };
  if (report.slices === undefined || slices >= startMs.length) return report;
  const kept = { ...report.slices, startMs: startMs.slice(0, slices), endMs: startMs[slices] ?? endMs };
  return { ...report, slices: kept };
}

/** p50, p95 and p99 of an endpoint in a time, from the windows. */
function exactTimes(all: Iterable<Window>, endpoint: string, { fromMs, toMs }: TimesPoint): number[] {
  const inside = [...all].filter(({ startMs, widthMs }) => startMs < toMs && startMs + widthMs > fromMs);
  for (const { startMs, widthMs } of inside) assert.ok(startMs >= fromMs && startMs + widthMs <= toMs);
  const totals = new RunTotals();
  for (const one of inside) totals.merge(one.totals);
  const found = endpoint === "" ? totals.merged() : totals.endpoints().find(({ name }) => `GET ${name}` === endpoint);
  return found?.responseTime.percentilesMicros([50, 95, 99]).map((micros) => micros / 1_000) ?? [];
}

test("the points cover the run once, and each that is said to be known has enough requests and their exact percentiles", () => {
  assertProperty(
    fc.property(seconds, fc.constantFrom(...endpoints), fc.integer({ min: 1, max: 40 }), (given, endpoint, known) => {
      withRecorded(windowsOf(given), (input) => {
        const report = shortened(JSON.parse(JSON.stringify(buildRunReport(input))), known);
        const { windows, slices } = report;
        const columns = columnsOfEndpoint(report, endpoint);
        if (columns === null) return;
        const merged = pointsOfSlices(slices, windows, columns, endpoint);
        const points = [...merged, ...pointsAfter(windows, columns, merged.at(-1)?.toMs ?? 0)];
        assert.equal(sumOf(points.map(({ requests }) => requests)), sumOf(columns.requests));
        assert.deepEqual(
          points.map(({ fromMs }) => fromMs),
          [0, ...points.slice(0, -1).map(({ toMs }) => toMs)],
        );
        assert.equal(points.at(-1)?.toMs, (windows.startMs.at(-1) ?? 0) + (windows.widthMs.at(-1) ?? 0));
        for (const point of points.filter(({ isFew }) => !isFew)) assert.ok(point.requests >= fewestTimes);
        for (const point of points.filter(({ isWide, isFew }) => isWide && !isFew)) {
          const { p50Ms, p95Ms, p99Ms } = point;
          const exact = exactTimes(decodedWindows(input.recording.windows()), endpoint, point);
          assert.deepEqual([p50Ms, p95Ms, p99Ms], exact);
        }
      });
    }),
    { factor: 0.3 },
  );
});

test("where slices are, all times are known as soon as there are enough of them", () => {
  assertProperty(
    fc.property(seconds, (given) => {
      const report = withRecorded(windowsOf(given), buildRunReport);
      const { windows, slices } = report;
      const points = pointsOfSlices(slices, windows, windows.total, "");
      const unknown = points.filter(({ isFew, requests }) => isFew && requests > 0);
      // A rest between windows with enough requests has none to join.
      assert.ok(unknown.length === 0 || points.length > unknown.length || sumOf(windows.total.requests) < fewestTimes);
      assert.ok(unknown.length <= 1);
    }),
    { factor: 0.3 },
  );
});

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

test("with enough requests in each window, each is a point as before", () => {
  const given = [...Array(20).keys()].map((second) => ({ a: 100 + second, b: 0, micros: 1_000 * (second + 1) }));
  const report = withRecorded(windowsOf(given), buildRunReport);
  const columns = columnsOfEndpoint(report, "GET /a");
  assert.ok(columns !== null);
  const { x, lines } = timesData(pointsOfSlices(report.slices, report.windows, columns, "GET /a"));
  const { startMs, widthMs } = report.windows;
  assert.deepEqual(
    x,
    startMs.map((start, window) => (start + (widthMs[window] ?? 0) / 2) / 1_000),
  );
  assert.deepEqual(lines.slice(0, 3), [columns.p50Ms, columns.p95Ms, columns.p99Ms]);
  assert.ok(lines[3]?.every((value) => value === null));
});

test("without slices, a section in which a window has few requests is one point", () => {
  const windows = { startMs: [0, 1_000, 2_000, 3_000], widthMs: [1_000, 1_000, 1_000, 1_000] };
  const line = (requests: number[], ms: number) => {
    return { requests, p50Ms: requests.map(() => ms), p95Ms: requests.map(() => ms), p99Ms: requests.map(() => ms) };
  };
  const sections = { startMs: [0, 2_000], widthMs: [2_000, 2_000] };
  const points = pointsOfSections(windows, line([100, 150, 60, 50], 1), sections, line([250, 110], 2));
  assert.deepEqual(
    points.map(({ fromMs, toMs, requests, p95Ms, isWide, isFew }) => [fromMs, toMs, requests, p95Ms, isWide, isFew]),
    [
      [0, 1_000, 100, 1, false, false],
      [1_000, 2_000, 150, 1, false, false],
      [2_000, 4_000, 110, 2, true, false],
    ],
  );
  const few = pointsOfSections(windows, line([1, 2, 60, 50], 1), sections, line([3, 110], 2));
  assert.deepEqual(
    few.map(({ isFew }) => isFew),
    [true, false],
  );
});

test("without the times of an endpoint, windows with few requests are told from the others", () => {
  const given = [3, 150, 3].map((a) => ({ a, b: 0, micros: 1_000 }));
  const report = withRecorded(windowsOf(given), buildRunReport);
  const columns = columnsOfEndpoint(report, "GET /a");
  assert.ok(columns !== null);
  assert.deepEqual(pointsOfSlices(undefined, report.windows, columns, "GET /a"), []);
  const { lines } = timesData(pointsAfter(report.windows, columns, 0));
  assert.deepEqual(lines, [
    [null, 1, null],
    [null, 1, null],
    [null, 1, null],
    [1, null, 1],
  ]);
});

test("a pause is not merged into a point", () => {
  const windows = [...Array(30).keys()].flatMap((second) =>
    second >= 10 && second < 20 ? [] : [delta(second, requests(4, "/a", 1_000))],
  );
  const report = withRecorded(windows, buildRunReport, {
    events: [
      { atMs: 10_000, kind: "paused", text: "paused" },
      { atMs: 20_000, kind: "resumed", text: "resumed" },
    ],
  });
  const points = pointsOfSlices(report.slices, report.windows, report.windows.total, "");
  const wide = points.filter(({ isWide }) => isWide).map(({ fromMs, toMs }) => [fromMs, toMs]);
  assert.deepEqual(wide, [
    [0, 10_000],
    [20_000, 30_000],
  ]);
});
