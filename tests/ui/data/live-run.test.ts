import assert from "node:assert/strict";
import { test } from "node:test";
import type { LiveWindow } from "../../../src/api/contract/live.ts";
import { emptyReport, LiveRun } from "../../../src/ui/data/live-run.ts";
import { syntheticReport } from "../synthetic-report.ts";

const { result } = syntheticReport({ minutes: 1, endpoints: 2, workers: 1, windows: 3 });
const newRun = () => new LiveRun("r", emptyReport(result));

function windowAt(second: number, requests: number, changes: Partial<LiveWindow> = {}): LiveWindow {
  const point = { requests, failures: 0, p50Ms: 1, p95Ms: 2, p99Ms: 3 };
  return {
    runId: "r",
    startMs: second * 1_000,
    widthMs: 1_000,
    users: 5,
    usersByClass: { Shopper: 5 },
    iterations: requests,
    droppedIterations: 0,
    total: point,
    endpoints: { "GET /a b": point },
    ...changes,
  };
}

test("windows are appended, a second without any is zero, and each change is a new report", () => {
  const run = newRun();
  run.addWindow(windowAt(0, 10));
  const before = run.report;
  run.addWindow(windowAt(3, 7));
  const { startMs, widthMs, total, users } = run.report.windows;
  assert.deepEqual(
    [startMs, widthMs],
    [
      [0, 1_000, 3_000],
      [1_000, 2_000, 1_000],
    ],
  );
  assert.deepEqual(
    [total.requests, total.p95Ms],
    [
      [10, 0, 7],
      [2, null, 2],
    ],
  );
  assert.deepEqual(users, [5, 5, 5]);
  assert.notEqual(run.report, before);
  assert.notEqual(run.report.windows.total, before.windows.total);
});

test("a page that is opened late shows no zeros for what it does not know before its first window", () => {
  const run = newRun();
  run.addWindow(windowAt(74, 10));
  run.addWindow(windowAt(76, 5));
  const { startMs, total } = run.report.windows;
  assert.deepEqual(
    [startMs, total.requests],
    [
      [74_000, 75_000, 76_000],
      [10, 0, 5],
    ],
  );
  const report = newRun();
  for (const second of [0, 40, 74, 75]) report.addWindow(windowAt(second, second));
  run.replace(report.report);
  assert.deepEqual(run.report.windows.startMs, [0, 1_000, 40_000, 41_000, 74_000, 75_000, 76_000]);
  // The second that the page has missed is that of the report.
  assert.deepEqual(run.report.windows.total.requests, [0, 0, 40, 0, 10, 75, 5]);
});

test("an endpoint that comes later, or rests, has zeros and gaps there", () => {
  const run = newRun();
  run.addWindow(windowAt(0, 10));
  run.addWindow(windowAt(1, 4, { endpoints: { "POST /b": windowAt(1, 4).total } }));
  assert.deepEqual(
    run.report.windows.endpoints.map(({ method, name, requests, p50Ms }) => [method, name, requests, p50Ms]),
    [
      ["GET", "/a b", [10, 0], [1, null]],
      ["POST", "/b", [0, 4], [null, 1]],
    ],
  );
});

test("an endpoint that the report omits gets no zeros for what is not known of it", () => {
  const run = newRun();
  for (const second of [0, 1]) run.addWindow(windowAt(second, 10));
  const { report } = run;
  run.replace({ ...report, windows: { ...report.windows, omittedEndpoints: 1 } });
  const { total } = windowAt(2, 4);
  run.addWindow(windowAt(2, 4, { endpoints: { "GET /a b": total, "GET /rare": total } }));
  run.replace({ ...report, windows: { ...report.windows, omittedEndpoints: 1 } });
  assert.deepEqual(
    run.report.windows.endpoints.map(({ name, requests }) => [name, requests]),
    [["/a b", [10, 10, 4]]],
  );
});

test("a window that comes again replaces itself; one inside a wider one changes nothing", () => {
  const run = newRun();
  run.addWindow(windowAt(0, 10, { widthMs: 4_000 }));
  run.addWindow(windowAt(4, 1));
  run.addWindow(windowAt(4, 2));
  run.addWindow(windowAt(2, 99));
  assert.deepEqual(run.report.windows.total.requests, [10, 2]);
});

test("a wider window takes the place of the last ones, of which there was only a part", () => {
  const run = newRun();
  for (const second of [0, 1, 2]) run.addWindow(windowAt(second, second));
  run.addWindow(windowAt(1, 50, { widthMs: 2_000 }));
  run.addWindow(windowAt(3, 7));
  const { startMs, widthMs, total, endpoints, users } = run.report.windows;
  assert.deepEqual(startMs, [0, 1_000, 3_000]);
  assert.deepEqual(widthMs, [1_000, 2_000, 1_000]);
  assert.deepEqual(total.requests, [0, 50, 7]);
  assert.deepEqual(endpoints[0]?.p95Ms, [2, 2, 2]);
  assert.deepEqual(users, [5, 5, 5]);
});

test("a newer report takes the place of the windows that it covers; those after it stay", () => {
  const run = newRun();
  for (const second of [0, 1, 2, 3]) run.addWindow(windowAt(second, second));
  const covered = newRun();
  covered.addWindow(windowAt(0, 1, { widthMs: 2_000 }));
  run.replace(covered.report);
  assert.deepEqual(run.report.windows.startMs, [0, 2_000, 3_000]);
  assert.deepEqual(run.report.windows.total.requests, [1, 2, 3]);
});

test("before there is a report, the result gives the distribution", () => {
  const run = newRun();
  run.setResult({ result, since: null, standing: null }, "running");
  const { percentiles, total, endpoints } = run.report.distributions;
  assert.deepEqual([percentiles[0], percentiles.at(-1)], [50, 100]);
  assert.deepEqual([total.valuesMs[0], total.maxMs, endpoints.length], [10, 310, 2]);
});

test("a reset is a view beside the report, which stays that of the whole run", () => {
  const whole = syntheticReport({ minutes: 1, endpoints: 2, workers: 1, windows: 3 });
  const plot = { ...whole.distributions, percentiles: Array.from({ length: 12 }, (_, at) => at) };
  const run = new LiveRun("r", { ...whole, distributions: plot });
  const sinceReset = { ...result, iterations: 7 };
  const since = { atMs: 30_000, result: sinceReset };
  run.setResult({ result, since, standing: { verdict: "failed", reasons: ["slow"] } }, "running");
  run.replace({ ...whole, distributions: plot, standing: { verdict: "failed", reasons: ["slow"] } });
  assert.deepEqual([run.since?.atMs, run.since?.result.iterations], [30_000, 7]);
  assert.deepEqual([run.report.standing?.verdict, run.report.result.iterations], ["failed", result.iterations]);
  assert.deepEqual([run.report.distributions, run.report.windows.startMs], [plot, whole.windows.startMs]);
  run.setResult({ result, since: null, standing: null }, "finished");
  assert.equal(run.since, null);
});

test("the plan of the live stream is newer than that of any report", () => {
  const run = newRun();
  const plan = { atMs: [0, 5_000], users: [10, 40], ratePerSecond: null };
  run.setPlan(plan);
  run.replace(syntheticReport({ minutes: 1, endpoints: 2, workers: 1, windows: 3 }));
  assert.deepEqual(run.report.plan, plan);
});
