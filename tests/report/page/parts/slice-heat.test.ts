import assert from "node:assert/strict";
import { test } from "node:test";
import { heatOfSlices } from "../../../../src/report/page/parts/slice-heat.ts";
import { buildRunReport } from "../../../../src/report/page/run-report.ts";
import { delta, requests } from "../../../store/store-fixture.ts";
import { withRecorded } from "../../recorded-run.ts";

/** One endpoint takes 10 ms, and from 00:30 on 200 ms; the other always 10 ms, three times as often. */
const report = withRecorded(
  [...Array(60).keys()].map((second) =>
    delta(second, [...requests(2, "/slow", second < 30 ? 10_000 : 200_000), ...requests(6, "/steady", 10_000)]),
  ),
  buildRunReport,
);

test("the heat map of an endpoint has its requests alone, and those of all endpoints add up to that of all", () => {
  const { slices, heat } = report;
  assert.ok(slices !== undefined);
  const [slow, steady] = ["GET /slow", "GET /steady"].map((endpoint) => heatOfSlices(slices, endpoint));
  assert.ok(slow != null && steady != null);
  const total = ({ counts }: typeof slow) => counts.flat().reduce((sum, count) => sum + count, 0);
  assert.deepEqual([total(slow), total(steady), total(heat)], [120, 360, 480]);
  assert.deepEqual(slow.startMs, slices.startMs);
  const bucketsOf = (column: number) =>
    slow.bucketsMs.filter((_, bucket) => (slow.counts[column]?.[bucket] ?? 0) > 0).map(Math.round);
  assert.ok(bucketsOf(0).every((ms) => ms <= 10) && bucketsOf(0).length === 1, `${bucketsOf(0)}`);
  assert.ok(
    bucketsOf(59).every((ms) => ms > 150 && ms <= 200),
    `${bucketsOf(59)}`,
  );
});

test("without the times of an endpoint there is no heat map of it", () => {
  const { slices } = report;
  assert.ok(slices !== undefined);
  const endpoints = slices.endpoints.map((one) => ({ ...one, responseTime: null }));
  assert.equal(heatOfSlices({ ...slices, endpoints }, "GET /slow"), null);
  assert.equal(heatOfSlices(slices, "GET /other"), null);
});
