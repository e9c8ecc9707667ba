import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { trendsOf } from "../../../src/api/archive/trends.ts";
import type { RunRow } from "../../../src/api/contract/runs.ts";
import { alsoChanged, trendPicture } from "../../../src/ui/data/trend-picture.ts";
import { assertProperty } from "../../support/property.ts";
import { runRow } from "../run-row.ts";

/** Rows as the archive lists them, the newest first. */
function rowsOf(p95s: readonly number[], row: Partial<RunRow> = {}): RunRow[] {
  return p95s.map((p95Ms, position) => runRow(position, { p95Ms, ...row })).toReversed();
}

test("runs are grouped by test and profile; those that tell nothing of the service are left out and counted", () => {
  const rows = [
    runRow(5, { verdict: null, state: "running" }),
    runRow(4, { profile: "soak" }),
    runRow(3, { verdict: "invalid" }),
    runRow(2, { verdict: "failed" }),
    runRow(1, { requests: 0, p95Ms: null }),
    runRow(0),
  ];
  const trends = trendsOf(rows);
  assert.deepEqual(
    trends.map(({ test: name, profile, latest, runs, leftOut }) => [
      name,
      profile,
      latest.id,
      runs.map(({ id }) => id),
      leftOut,
    ]),
    [
      ["shop", "default", "run-5", ["run-0", "run-2"], 3],
      ["shop", "soak", "run-4", ["run-4"], 0],
    ],
  );
  assert.deepEqual(
    trends[0]?.figures.p95.map(({ from, runs }) => [from, runs]),
    [[0, 2]],
  );
});

test("a level that begins is marked at its first run, and a run outside of the band is told", () => {
  const values = [100, 102, 99, 101, 100, 98, 150, 152, 149, 151, 150, 148, 220];
  const [trend] = trendsOf(rowsOf(values));
  assert.ok(trend !== undefined);
  const { points, levels, range } = trendPicture(trend, "p95");
  assert.deepEqual(
    levels.map(({ begins }) => begins?.id ?? null),
    [null, "run-6"],
  );
  assert.deepEqual(
    points.filter(({ isOutside }) => isOutside).map(({ run }) => run.id),
    ["run-12"],
  );
  assert.ok(range[0] < 98 && range[1] > 220);
});

test("a p95 of few requests is told, and no other figure is", () => {
  const [trend] = trendsOf([runRow(1), runRow(0, { requests: 99 })]);
  assert.ok(trend !== undefined);
  const few = (figure: "p95" | "errorRate") => trendPicture(trend, figure).points.map(({ isFew }) => isFew);
  assert.deepEqual(few("p95"), [true, false]);
  assert.deepEqual(few("errorRate"), [false, false]);
});

test("everything lies within the picture, in the order of the runs, whatever the values and however many are shown", () => {
  assertProperty(
    fc.property(
      fc.array(fc.double({ min: 0, max: 1e5, noNaN: true }), { minLength: 1, maxLength: 80 }),
      fc.integer({ min: 1, max: 60 }),
      fc.constantFrom("p95" as const, "errorRate" as const, "requestsPerSecond" as const),
      (values, most, figure) => {
        const [trend] = trendsOf(rowsOf(values));
        assert.ok(trend !== undefined);
        const { points, levels } = trendPicture(trend, figure, most);
        assert.deepEqual(
          points.map(({ run }) => run.id),
          trend.runs.slice(-most).map(({ id }) => id),
        );
        const shares = [
          ...points.flatMap(({ x, y }) => [x, y]),
          ...levels.flatMap(({ fromX, toX, band }) => [fromX, toX, ...(band === null ? [] : [band.top, band.bottom])]),
        ];
        for (const share of shares) assert.ok(share >= -1e-9 && share <= 1 + 1e-9, String(share));
        for (const [position, { x }] of points.entries())
          assert.ok(position === 0 || x > (points[position - 1]?.x ?? 0));
      },
    ),
  );
});

test("what else has changed at a change point is named", () => {
  assert.deepEqual(alsoChanged(runRow(0), runRow(1)), []);
  assert.deepEqual(alsoChanged(runRow(0), runRow(1, { host: "http://b", users: 20, workers: null })), [
    "host http://127.0.0.1:8000 → http://b",
    "users 10 → 20",
  ]);
});
