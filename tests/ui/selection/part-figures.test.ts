import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { rangeFigures, sliceRange } from "../../../src/report/page/parts/range-figures.ts";
import { thresholdHere } from "../../../src/report/page/parts/threshold-here.ts";
import { selectedFailures, selectedFigures } from "../../../src/ui/selection/selected-figures.ts";
import { noSelection, type Selection } from "../../../src/ui/selection/selection.ts";
import { assertProperty } from "../../support/property.ts";
import { seconds, twoSpeeds } from "./two-speeds.ts";

const report = twoSpeeds();

const select = (part: Partial<Selection>): Selection => ({ ...noSelection, ...part });

test("the figures of a worker are those of the result, and of a time the sum of its samples there", () => {
  for (const { number, requests: count, health } of report.result.workers) {
    const whole = selectedFigures(report, select({ worker: number }));
    assert.equal(whole.worker?.requests, count);
    assert.deepEqual(whole.worker?.cpu, health?.cpu);
    assert.deepEqual([whole.total, whole.subject, whole.endpoints], [null, null, []]);
    const all = { fromMs: 0, toMs: seconds * 1_000 };
    const { worker } = selectedFigures(report, select({ worker: number, range: all }));
    assert.equal(worker?.requests, count);
    assert.deepEqual([worker?.utilisation, worker?.cpu], [health?.utilisation, health?.cpu]);
    assert.equal(worker?.loopDelayP99Ms, health?.loopDelayP99Ms);
    const late = selectedFigures(report, select({ worker: number, range: { fromMs: 150_000, toMs: 200_000 } }));
    assert.deepEqual(
      [late.worker?.requests, late.worker?.requestsPerSecond, late.worker?.utilisation, late.worker?.isWider],
      [50 * number, number, { mean: 0.75, max: 0.75 }, false],
    );
  }
  const total = [1, 2].map((worker) => selectedFigures(report, select({ worker })).worker?.requests ?? 0);
  assert.equal(total[0] !== undefined && total[1] !== undefined && total[0] + total[1], report.result.total.requests);
  assert.equal(selectedFigures(report, select({ worker: 3 })).worker, undefined);
});

test("the figures of a class are those of the result, with its requests only where a threshold had them recorded", () => {
  const whole = selectedFigures(report, select({ userClass: "User" }));
  const executions = report.result.tasks?.find(({ className }) => className === "User")?.tasks[0]?.executions;
  assert.deepEqual([whole.userClass?.executions, whole.peakUsers], [executions, report.result.users["User"]]);
  assert.deepEqual([whole.subject?.requests, whole.subject?.responseTimeMs?.percentiles["95"]], [300, 7]);
  const early = selectedFigures(report, select({ userClass: "User", range: { fromMs: 0, toMs: 100_000 } }));
  assert.deepEqual([early.userClass?.executions, early.userClass?.executionsPerSecond, early.peakUsers], [100, 1, 10]);
  const admin = selectedFigures(report, select({ userClass: "Admin" }));
  assert.deepEqual([admin.userClass?.executions, admin.userClass?.requests, admin.subject], [300, null, null]);
  assert.deepEqual(admin.endpoints, []);
  assert.equal(selectedFigures(report, select({ userClass: "Nobody" })).userClass, undefined);
});

test("failures are selected by endpoint, kind and message, and none is counted by worker or class", () => {
  const { result } = report;
  const of = (part: Partial<Selection>) =>
    selectedFailures(result, selectedFigures(report, select(part)), select(part)).map(({ count }) => count);
  assert.deepEqual(of({}), [150]);
  assert.deepEqual(of({ endpoint: "GET /slow", status: "5xx", error: "503 Busy" }), [150]);
  assert.deepEqual(of({ status: "5xx", error: "other" }), []);
  assert.deepEqual(of({ error: "503 Busy", range: { fromMs: 150_000, toMs: 200_000 } }), [50]);
  assert.deepEqual(of({ error: "other", range: { fromMs: 150_000, toMs: 200_000 } }), []);
  assert.deepEqual([...of({ userClass: "User" }), ...of({ worker: 1 })], []);
});

test("a threshold measures in the whole run what its result says, and in any part what the figures of the part are", () => {
  const { slices, result } = report;
  assert.ok(slices !== undefined);
  const all = { fromMs: 0, toMs: seconds * 1_000 };
  for (const threshold of result.thresholds) {
    for (const part of [noSelection, select({ range: all })]) {
      const { metric, expression, value } = threshold;
      assert.equal(thresholdHere(report, part, threshold), value, `${metric} ${expression}`);
    }
  }
  const here = (part: Partial<Selection>, metric: string, expression: string) =>
    thresholdHere(report, select(part), { metric, expression, value: null });
  assertProperty(
    fc.property(fc.nat(299), fc.integer({ min: 1, max: 300 }), (from, length) => {
      const given = { fromMs: from * 1_000, toMs: (from + length) * 1_000 };
      const range = sliceRange(slices, given.fromMs, given.toMs);
      assert.ok(range !== null);
      const { total, endpoints } = rangeFigures(slices, range, []);
      const slow = endpoints.find(({ name }) => name === "/slow");
      const part = { range: given };
      assert.equal(here(part, "response_time", "p(95)<50"), total.responseTimeMs?.percentiles["95"]);
      assert.equal(here(part, "response_time{name:/slow}", "p(99)<50"), slow?.responseTimeMs?.percentiles["99"]);
      const ofSlow = { range: given, endpoint: "GET /slow" };
      assert.equal(here(ofSlow, "response_time", "max<50"), slow?.responseTimeMs?.max);
      assert.equal(here(part, "failures", "rate<0.1"), total.failures / total.requests);
      assert.equal(here(part, "requests{name:/slow}", "count>1"), slow?.requests);
      assert.equal(here(part, "bytes_in", "count>1"), total.bytesIn);
    }),
  );
  assert.equal(here({ endpoint: "GET /steady" }, "response_time{name:/slow}", "p(95)<50"), "elsewhere");
  for (const metric of ["checks", "own", "response_time{class:User}", "users"]) {
    assert.equal(here({}, metric, "rate<1"), null, metric);
    assert.equal(here({ range: all }, metric, "rate<1"), null, metric);
  }
});

test("a threshold of a part of its own, or of windows, has a value in the whole run only: that of its result", () => {
  const windows = { widthMs: 60_000, judged: 241, broken: 3, worstStartMs: 150_000 };
  for (const span of [
    { fromMs: 150_000, windows: null },
    { fromMs: 0, windows },
  ]) {
    const threshold = { metric: "response_time", expression: "p(95)<50", value: 123, span };
    assert.equal(thresholdHere(report, select({ status: "5xx" }), threshold), 123);
    assert.equal(thresholdHere(report, select({ range: { fromMs: 0, toMs: 200_000 } }), threshold), null);
    assert.equal(thresholdHere(report, select({ endpoint: "GET /slow" }), threshold), null);
  }
});
