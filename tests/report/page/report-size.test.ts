import assert from "node:assert/strict";
import { test } from "node:test";
import { Random } from "../../../src/core/random.ts";
import { renderHtml } from "../../../src/report/page/html.ts";
import { buildRunReport } from "../../../src/report/page/run-report.ts";
import { delta, failure, requests } from "../../store/store-fixture.ts";
import { deepTest } from "../../support/depth.ts";
import { withRecorded } from "../recorded-run.ts";

const limitBytes = 400_000;

/** The report shows the columns of 50 endpoints: those of the others are left out, so that their requests may be rare. */
const busy = 50;

/** The size of the HTML report of a run of 200 endpoints that have other times in each second. */
function reportBytes(seconds: number): number {
  const random = new Random(20_261_129, seconds);
  const names = Array.from({ length: 200 }, (_, position) => `/shop/v2/items/:id/resource-${position}`);
  const windows = Array.from({ length: seconds }, (_, second) => {
    const shown = names.filter((_name, position) => position < busy || (position + second) % 30 === 0);
    const events = shown.flatMap((name, position) => [
      ...requests(1 + (second % 3), name, Math.round(1_000 * (5 + position) * (0.5 + random.next()))),
      ...requests(1, name, Math.round(1_000 * (5 + position) * (0.5 + 4 * random.next() ** 4))),
      ...(random.next() < 0.01 ? [failure("503 Service Unavailable", name)] : []),
    ]);
    return delta(second, events, { users: { Shopper: 50 } });
  });
  return withRecorded(windows, (input) => renderHtml(buildRunReport(input)).length);
}

test("the report of 200 endpoints is less than 400 kB", (t) => {
  const bytes = reportBytes(90);
  t.diagnostic(`${bytes} bytes`);
  assert.ok(bytes < limitBytes, `${bytes} bytes`);
});

// With one second more, windows would be twice as wide.
deepTest("so is that of the run with the most windows", async (t) => {
  const bytes = reportBytes(320);
  t.diagnostic(`${bytes} bytes`);
  assert.ok(bytes < limitBytes, `${bytes} bytes`);
});
