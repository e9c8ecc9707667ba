import assert from "node:assert/strict";
import { test } from "node:test";
import { soakMarks } from "../../../src/ui/pictures/soak-marks.ts";
import { soakFigures } from "../../../src/ui/pictures/soak-series.ts";
import { type Drift, drifting, notJudged, withDrift } from "./answered-reports.ts";

const series = (position: number): Drift["series"][number] => {
  const one = drifting.series[position];
  if (one === undefined) throw new Error("no such series");
  return one;
};

function pictureOf(changed: Partial<Drift["series"][number]>) {
  const [picture] = soakMarks(withDrift({ ...drifting, series: [{ ...series(0), ...changed }], workers: [] }));
  if (picture === undefined) throw new Error("no picture");
  return picture;
}

test("the worst finding comes first, then the others; stable and untested series have no picture", () => {
  assert.deepEqual(
    soakMarks(withDrift(drifting)).map(({ title }) => title),
    ["p95 of all requests", "memory of worker 2", "p50 of GET /items/0"],
  );
});

test("the line is that of the result, and crosses the target when the result says", () => {
  const { line, ahead, crossing, limit } = pictureOf({});
  const { line: fitted } = series(0).trend ?? {};
  assert.deepEqual(line, [
    [fitted?.fromMs, fitted?.from],
    [fitted?.toMs, fitted?.to],
  ]);
  assert.deepEqual([limit, crossing], [100, { atMs: 300_000 + 135_714, value: 100 }]);
  assert.deepEqual(ahead, [
    [300_000, 80.4],
    [435_714, 100],
  ]);
});

test("the interval contains the line, and is the slopes of the result around its middle", () => {
  const { band } = pictureOf({});
  const slope = (points: readonly (readonly [number, number | null])[] = []) => {
    const [first, last] = [points[0], points.at(-1)];
    return (((last?.[1] ?? 0) - (first?.[1] ?? 0)) / ((last?.[0] ?? 0) - (first?.[0] ?? 0))) * 3_600_000;
  };
  assert.ok(Math.abs(slope(band?.low) - 480) < 1e-6);
  assert.ok(Math.abs(slope(band?.high) - 600) < 1e-6);
  assert.deepEqual(band?.low[1], band?.high[1]);
});

test("a target that is missed already is crossed within the run, and one far away is only named", () => {
  const missed = pictureOf({ limit: 60, verdict: { kind: "drifting", direction: "worse", targetBreaksAfterMs: 0 } });
  assert.ok((missed.crossing?.atMs ?? 0) > 20_000 && (missed.crossing?.atMs ?? 0) < 300_000);
  const far = pictureOf({ limit: 9e4, verdict: { kind: "drifting", direction: "worse", targetBreaksAfterMs: 36e6 } });
  assert.equal(far.crossing, null);
  assert.match(far.finding, /misses its target in 10 h$/);
});

test("the points are the measured windows; a step has levels instead of a line", () => {
  const report = withDrift(drifting);
  const [p95, heap, step] = soakMarks(report);
  assert.deepEqual(
    p95?.points.map(([, value]) => value),
    report.windows.total.p95Ms,
  );
  assert.deepEqual(
    heap?.points.map(([, value]) => value),
    report.workers[1]?.series.heapBytes,
  );
  assert.deepEqual(step?.line, []);
  assert.deepEqual(
    step?.levels.map(([, value]) => value),
    [10, 10, 16, 16],
  );
});

test("a soak that was not judged says so, and draws no line", () => {
  const [picture] = soakMarks(withDrift(notJudged));
  assert.equal(picture?.finding, "– not judged: 11 points after the warm-up; 24 are needed");
  assert.deepEqual([picture?.line, picture?.band, picture?.crossing], [[], null, null]);
  assert.deepEqual(
    soakFigures(notJudged).map(({ value }) => value),
    ["not judged"],
  );
});

test("a result from before the line was kept shows its points and its finding", () => {
  const { line: _, ...trend } = series(0).trend ?? { line: null };
  const picture = pictureOf({ trend: trend as Drift["series"][number]["trend"] });
  assert.deepEqual([picture.line, picture.band, picture.crossing], [[], null, null]);
  assert.match(picture.finding, /^✗ drifts \+540 ms per hour/);
  assert.ok(picture.points.length > 0);
});

test("an observed metric that leaks has a picture of its readings, in its unit; one that does not leak has none", () => {
  const [leak] = drifting.workers;
  if (leak === undefined) throw new Error("no series");
  const leaking = { ...leak, statistic: "observed", subject: "memory", unit: "bytes", isJudged: true } as const;
  const busy = { ...leaking, subject: "cpu", unit: null, isJudged: false };
  const report = withDrift({ ...drifting, series: [], workers: [], observed: [busy, leaking] });
  const values = [26e6, null, 34e6];
  const own = {
    ...{ startMs: [0, 10_000, 20_000], widthMs: [10_000, 10_000, 10_000] },
    series: [{ kind: "observed", name: "memory", unit: "bytes", values, p95: null }],
  } as const;
  const [picture, ...others] = soakMarks({ ...report, own });
  assert.deepEqual([picture?.title, others], ["observed memory", []]);
  assert.equal(picture?.finding, "✗ drifts +102.0 MB per hour (+72.0 MB to +132.0 MB)");
  assert.deepEqual(picture.points, [
    [5_000, 26e6],
    [15_000, null],
    [25_000, 34e6],
  ]);
});
