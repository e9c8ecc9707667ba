import assert from "node:assert/strict";
import { test } from "node:test";
import { buildRunReport } from "../../../src/report/page/run-report.ts";
import { kindSeries } from "../../../src/ui/selection/kind-series.ts";
import { withRecorded } from "../../report/recorded-run.ts";
import { delta, failure, requests } from "../../store/store-fixture.ts";

const { slices } = withRecorded(
  [0, 1, 2].map((second) =>
    delta(second, [
      ...requests(4, "/a"),
      ...requests(second, "/b"),
      ...(second === 1 ? [failure("503 Busy", "/a"), failure("500 Broken", "/a")] : []),
    ]),
  ),
  buildRunReport,
);

test("the throughput has the failures of the chosen kind alone", () => {
  assert.ok(slices !== undefined);
  assert.deepEqual(kindSeries(slices, "GET /a", "5xx"), {
    x: [0.5, 1.5, 2.5],
    lines: [
      [4, 6, 4],
      [0, 2, 0],
    ],
  });
  assert.deepEqual(kindSeries(slices, "", "5xx")?.lines, [
    [4, 7, 6],
    [0, 2, 0],
  ]);
  assert.deepEqual(kindSeries(slices, "GET /a", "timeout")?.lines[1], [0, 0, 0]);
  assert.equal(kindSeries(slices, "GET /other", "5xx"), null);
});
