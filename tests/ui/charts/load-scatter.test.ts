import assert from "node:assert/strict";
import { test } from "node:test";
import type { RunReport } from "../../../src/report/page/model.ts";
import { loadScatter, loadUnit } from "../../../src/ui/charts/load-scatter.ts";
import { found, withCapacity } from "../pictures/answered-reports.ts";
import { syntheticReport } from "../synthetic-report.ts";

const report = syntheticReport({ minutes: 5, endpoints: 2, workers: 1, windows: 300 });
const { windows } = report;

/** The points of a chart, in ascending load. */
function pointsIn({ x, lines: [enough = [], few = []] }: ReturnType<typeof loadScatter>) {
  return x.flatMap((load, position) => {
    const p95Ms = enough[position] ?? few[position] ?? null;
    return p95Ms === null ? [] : [`${load} ${p95Ms}`];
  });
}

test("each window is a point at its users, with its p95", () => {
  const expected = windows.users.map((users, position) => `${users} ${windows.total.p95Ms[position]}`);
  const data = loadScatter(report, "", null);
  assert.deepEqual(pointsIn(data).sort(), expected.sort());
  assert.deepEqual(
    data.x,
    data.x.toSorted((a, b) => a - b),
  );
  assert.equal(loadUnit(report), "users");
});

test("a load with a rate is drawn against the iterations per second, dropped ones among them", () => {
  const open: RunReport = {
    ...report,
    plan: { ...report.plan, ratePerSecond: [0, 100, 100] },
    windows: { ...windows, droppedIterations: windows.users.map(() => 50) },
  };
  const expected = windows.iterations.map((made, position) => `${made + 50} ${windows.total.p95Ms[position]}`);
  assert.deepEqual(pointsIn(loadScatter(open, "", null)).sort(), expected.sort());
  assert.equal(loadUnit(withCapacity(found)), "iterations/s");
});

test("a selection shows the windows of its time and the p95 of its endpoint", () => {
  const endpoint = windows.endpoints[1];
  if (endpoint === undefined) throw new Error("no such endpoint");
  const data = loadScatter(report, `${endpoint.method} ${endpoint.name}`, { fromMs: 100_000, toMs: 110_000 });
  const expected = windows.users.map((users, position) => `${users} ${endpoint.p95Ms[position]}`).slice(100, 110);
  assert.deepEqual(pointsIn(data).sort(), expected.sort());
});

test("windows with few requests are a line of their own, and a window without requests is no point", () => {
  const [requests, p95Ms] = [[...windows.total.requests], [...windows.total.p95Ms]];
  requests[7] = 99;
  requests[8] = 0;
  p95Ms[8] = null;
  const changed = { ...report, windows: { ...windows, total: { ...windows.total, requests, p95Ms } } };
  const { lines } = loadScatter(changed, "", null);
  const few = (lines[1] ?? []).filter((value) => value !== null && value !== undefined);
  assert.equal(few.length, requests.filter((count) => count > 0 && count < 100).length);
  assert.equal(pointsIn(loadScatter(changed, "", null)).length, 299);
});

test("the median of windows with a similar load lies between them", () => {
  const { lines } = loadScatter(report, "", null);
  const middles = (lines[2] ?? []).filter((value) => typeof value === "number");
  assert.ok(middles.length >= 6);
  assert.ok(
    middles.every((value) => value >= 32 && value <= 48),
    String(middles),
  );
});

test("a report without windows has no points", () => {
  assert.deepEqual(loadScatter(syntheticReport({ minutes: 1, endpoints: 0, workers: 0, windows: 0 }), "", null).x, []);
});
