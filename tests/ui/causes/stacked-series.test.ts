import assert from "node:assert/strict";
import { test } from "node:test";
import { failureKinds } from "../../../src/core/failure-kind.ts";
import { buildRunReport } from "../../../src/report/page/run-report.ts";
import { failureSeries, phaseSeries } from "../../../src/ui/causes/stacked-series.ts";
import { withRecorded } from "../../report/recorded-run.ts";
import type { RecorderEvent } from "../../stats/recorder-events.ts";
import { delta, failure, requests } from "../../store/store-fixture.ts";

function failed(kind: (typeof failureKinds)[number], name = "/a"): RecorderEvent {
  return { ...failure("no", name), failure: { kind, message: "no" } } as RecorderEvent;
}

function slicesOf(...seconds: readonly (readonly RecorderEvent[])[]) {
  const { slices } = withRecorded(
    seconds.map((events, second) => delta(second, events)),
    buildRunReport,
  );
  assert.ok(slices !== undefined);
  return slices;
}

test("failures are stacked by kind: the first line is all of them, and each part is told alone", () => {
  const slices = slicesOf([failed("5xx"), failed("5xx"), failed("timeout")], [failed("timeout", "/b")]);
  const all = failureSeries(slices, "", "");
  assert.deepEqual(all?.names, ["timeout", "5xx"]);
  assert.deepEqual(all?.parts, [
    [1, 1],
    [2, 0],
  ]);
  assert.deepEqual(all?.lines, [
    [3, 1],
    [2, 0],
  ]);
  assert.deepEqual(all?.x, [0.5, 1.5]);
  assert.deepEqual(failureSeries(slices, "GET /a", "")?.lines[0], [3, 0]);
  assert.deepEqual(failureSeries(slices, "", "timeout")?.lines, [[1, 1]]);
  assert.equal(failureSeries(slices, "GET /none", ""), null);
  assert.deepEqual(failureSeries(slices, "GET /b", "5xx")?.x, []);
});

test("many kinds of failures are six parts, which add up to all", () => {
  const slices = slicesOf(failureKinds.map((kind) => failed(kind)));
  const { names, lines, parts } = failureSeries(slices, "", "") ?? {};
  assert.equal(names?.length, 6);
  assert.equal(names?.[0], "other kinds");
  assert.deepEqual(lines?.[0], [failureKinds.length]);
  assert.equal(
    parts?.reduce((sum, [value]) => sum + (value ?? 0), 0),
    failureKinds.length,
  );
});

test("phases are stacked in the order of a request, of all and of each endpoint", () => {
  const phased = (name: string, ...micros: readonly number[]) =>
    requests(2, name, 9_000).map((one): RecorderEvent => {
      const phases = micros.map((some, phase) => ({ phase: phase === 0 ? 0 : 4, micros: some }));
      return { ...one, phases } as RecorderEvent;
    });
  const slices = slicesOf([...phased("/a", 1_000, 2_000), ...phased("/b", 0, 4_000)]);
  const all = phaseSeries(slices, "");
  assert.deepEqual(all?.names, ["waiting", "blocked"]);
  assert.deepEqual(all?.parts, [[3], [0.5]]);
  assert.deepEqual(all?.lines, [[3.5], [0.5]]);
  assert.deepEqual(phaseSeries(slices, "GET /b")?.lines, [[4]]);
  assert.equal(phaseSeries(slices, "GET /none"), null);
});

test("with many endpoints, phases are kept of all together", () => {
  const names = [...Array(21).keys()].map((position) => `/${position}`);
  const slices = slicesOf(names.flatMap((name) => requests(1, name)));
  assert.equal(phaseSeries(slices, "GET /0"), null);
  assert.ok(phaseSeries(slices, "") !== null);
});
