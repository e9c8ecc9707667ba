import assert from "node:assert/strict";
import { test } from "node:test";
import { buildRunReport } from "../../../../src/report/page/run-report.ts";
import { delta, requests } from "../../../store/store-fixture.ts";
import { withRecorded } from "../../recorded-run.ts";

test("slices have the phases of their requests, and the metrics of the test", () => {
  const phased = (micros: number) =>
    requests(2).map((one) => ({ ...one, phases: [{ phase: 4, micros }] }) as typeof one);
  const { slices } = withRecorded(
    [
      delta(0, [
        ...phased(500),
        { kind: "metric", name: "orders", metric: { kind: "counter", sum: 7 } },
        { kind: "metric", name: "hits", metric: { kind: "rate", count: 1, total: 4 } },
        { kind: "metric", name: "depth", metric: { kind: "gauge", value: 9, min: 1, max: 9, atMs: 10 } },
        { kind: "sample", series: "trend", name: "size", micros: 3_000 },
        { kind: "sample", series: "trend", name: "size", micros: 5_000 },
      ]),
      delta(2, phased(1_500)),
    ],
    buildRunReport,
  );
  assert.deepEqual(slices?.series, [
    { kind: "phase", name: "waiting", values: [0.5, null, 1.5] },
    { kind: "gauge", name: "depth", values: [9, null, null] },
    { kind: "rate", name: "hits", values: [0.25, null, null] },
    { kind: "counter", name: "orders", values: [7, 0, 0] },
    { kind: "trend", name: "size", values: [4, null, null] },
  ]);
});
