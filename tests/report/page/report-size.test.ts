import assert from "node:assert/strict";
import { test } from "node:test";
import { Random } from "../../../src/core/random.ts";
import { renderHtml } from "../../../src/report/page/html.ts";
import { buildRunReport } from "../../../src/report/page/run-report.ts";
import { delta, failure, requests } from "../../store/store-fixture.ts";
import { deepTest } from "../../support/depth.ts";
import { withRecorded } from "../recorded-run.ts";

const limitBytes = 400_000;

/** The size of the HTML report of a run whose endpoints all have other times in each second. */
function reportBytes(endpoints: number, seconds: number): number {
  const random = new Random(20_261_129, seconds);
  const names = Array.from({ length: endpoints }, (_, position) => `/shop/v2/items/:id/resource-${position}`);
  const windows = Array.from({ length: seconds }, (_, second) => {
    const events = names.flatMap((name, position) => [
      ...requests(1, name, Math.round(1_000 * (5 + position) * (0.5 + random.next()))),
      ...requests(1, name, Math.round(1_000 * (5 + position) * (0.5 + 4 * random.next() ** 4))),
      ...(random.next() < 0.01 ? [failure("503 Service Unavailable", name)] : []),
    ]);
    return delta(second, events, { users: { Shopper: 50 } });
  });
  return withRecorded(windows, (input) => renderHtml(buildRunReport(input)).length);
}

test("the report of 200 endpoints is less than 400 kB", (t) => {
  const bytes = reportBytes(200, 60);
  t.diagnostic(`${bytes} bytes`);
  assert.ok(bytes < limitBytes, `${bytes} bytes`);
});

deepTest("so is that of a longer run", async (t) => {
  for (const [endpoints, seconds] of [
    [200, 290],
    [200, 600],
    [50, 900],
  ] as const) {
    const bytes = reportBytes(endpoints, seconds);
    t.diagnostic(`${endpoints} endpoints, ${seconds} s: ${bytes} bytes`);
    assert.ok(bytes < limitBytes, `${endpoints} endpoints, ${seconds} s: ${bytes} bytes`);
  }
});
