import assert from "node:assert/strict";
import { test } from "node:test";
import type { RunReport } from "../../../src/report/page/model.ts";
import { crossingMs } from "../../../src/ui/data/crossing.ts";
import { marksOf } from "../../../src/ui/data/marks.ts";
import { syntheticReport } from "../synthetic-report.ts";

const base = syntheticReport({ minutes: 1, endpoints: 2, workers: 1, windows: 60 });
const failed = { metric: "response_time", expression: "p(95)<100", value: 150, passed: false, close: false };

function withP95(valueAt: (second: number) => number | null): RunReport {
  const p95Ms = base.windows.startMs.map((_, second) => valueAt(second));
  return { ...base, windows: { ...base.windows, total: { ...base.windows.total, p95Ms } } };
}

test("a threshold is crossed where a stretch beyond its bound begins, not at a blip", () => {
  const report = withP95((second) => (second === 10 || second >= 30 ? 150 : 50));
  assert.equal(crossingMs(report, failed), 30_000);
});

test("a threshold that begins later is not crossed before", () => {
  const span = { fromMs: 20_000, windows: null };
  const slowAtFirst = (second: number) => (second < 15 || second >= 40 ? 150 : 50);
  assert.equal(crossingMs(withP95(slowAtFirst), { ...failed, span }), 40_000);
  const slowAcross = (second: number) => (second < 23 || second >= 40 ? 150 : 50);
  assert.equal(crossingMs(withP95(slowAcross), { ...failed, span }), 40_000);
});

test("windows without requests neither end a stretch nor are part of it", () => {
  const report = withP95((second) => (second < 30 ? 50 : second % 2 === 0 ? 150 : null));
  assert.equal(crossingMs(report, failed), 30_000);
});

test("blips alone are no crossing, and neither is a percentile that windows do not have", () => {
  assert.equal(
    crossingMs(
      withP95((second) => (second % 4 === 0 ? 150 : 50)),
      failed,
    ),
    null,
  );
  assert.equal(
    crossingMs(
      withP95(() => 150),
      { ...failed, expression: "p(98)<100" },
    ),
    null,
  );
});

test("a threshold of one endpoint is looked for in its own windows", () => {
  const metric = "response_time{name:/items/1}";
  assert.equal(crossingMs(base, { ...failed, metric, expression: "p(95)<1" }), 0);
  assert.equal(crossingMs(base, { ...failed, metric: "response_time{name:/none}", expression: "p(95)<1" }), null);
});

test("a threshold of several endpoints together is not looked for in the windows of one of them", () => {
  const crossing = (metric: string) => crossingMs(base, { ...failed, metric, expression: "p(95)<1" });
  assert.equal(crossing("response_time{method:GET}"), null);
  assert.equal(crossing("response_time{method:GET,name!=/items/0}"), 0);
});

test("marks are the end of the ramp, what happened, and where a threshold was crossed, in the order of time", () => {
  const report = withP95((second) => (second >= 40 ? 150 : 50));
  const marks = marksOf({
    ...report,
    plan: { atMs: [0, 10_000, 60_000], users: [0, 20, 20], ratePerSecond: null },
    result: {
      ...report.result,
      thresholds: [failed],
      events: [{ atMs: 25_000, kind: "worker-lost", text: "worker #2 was lost" }],
    },
  });
  assert.deepEqual(
    marks.map(({ atMs, label }) => [atMs, label]),
    [
      [10_000, "ramp end"],
      [25_000, "worker lost"],
      [40_000, "p95 < 100 ms"],
    ],
  );
});

test("a plan that begins at its peak has no ramp", () => {
  const plan = { atMs: [0, 60_000], users: [20, 20], ratePerSecond: null };
  const { result } = base;
  const labels = marksOf({ ...base, plan, result: { ...result, thresholds: [], events: [] } }).map(
    ({ label }) => label,
  );
  assert.deepEqual(labels, []);
});
