import assert from "node:assert/strict";
import { test } from "node:test";
import { capacityMarks } from "../../../src/ui/pictures/capacity-marks.ts";
import { type Arrivals, found, notFound, trial } from "./answered-reports.ts";

const first = ([figure]: ReturnType<typeof capacityMarks>["figures"]) =>
  figure === undefined ? "" : `${figure.value} ${figure.unit}, ${figure.note}`;

test("each trial is a point with the figures of the result, and its interval", () => {
  const { points } = capacityMarks(found);
  assert.deepEqual(
    points.map(({ load, p95Ms, goodPerSecond }) => [load, p95Ms, goodPerSecond]),
    found.trials.map(({ ratePerSecond, measurement }) => [
      ratePerSecond,
      measurement.p95Ms === 0 ? null : measurement.p95Ms,
      measurement.succeededPerSecond,
    ]),
  );
  const { p95IntervalMs } = found.trials[5]?.measurement ?? {};
  assert.deepEqual([points[5]?.p95LowMs, points[5]?.p95HighMs], [p95IntervalMs?.lowMs, p95IntervalMs?.highMs]);
  assert.equal(points[0]?.p95HighMs, null, "too few requests for an upper bound");
});

test("a void trial and one that the generator spoilt are marked as such, and not as failures", () => {
  const standings = capacityMarks(found).points.map(({ standing }) => standing);
  assert.deepEqual(standings.slice(3, 8), ["void", "failed", "held", "not-judged", "held"]);
});

test("the interval of an error rate contains it, also if nothing failed", () => {
  for (const { errorRate, errorInterval } of capacityMarks(found).points) {
    if (errorInterval === null) continue;
    const [low, high] = errorInterval;
    assert.ok(low <= errorRate && errorRate <= high && high > low && high <= 1);
  }
  // 1,000 requests without a failure: by the rule of three, at most about 0.3 % fail.
  const [point] = capacityMarks({ ...found, trials: [trial(50, 41, { kind: "passed" })] }).points;
  assert.ok(Math.abs((point?.errorInterval?.[1] ?? 0) - 0.0038) < 0.0001);
});

test("the answer, the knee, the limit and the targets are marked where the result has them", () => {
  const { marks, between, p95Limits, errorLimits, figures } = capacityMarks(found);
  assert.deepEqual(
    marks.map(({ label }) => label),
    ["operate at 266", "required 300", "knee 320", "holds 380", "fails 400"],
  );
  assert.deepEqual(between, [380, 400]);
  assert.deepEqual(
    [...p95Limits, ...errorLimits].map(({ bound }) => bound),
    [500, 0.01],
  );
  assert.equal(first(figures), "380 /s, capacity");
});

test("that nothing was found is an answer too", () => {
  assert.equal(first(capacityMarks(notFound).figures), "< 50 /s, not found: the lowest rate fails");
  assert.equal(capacityMarks(notFound).between, null);
  const unknown: Arrivals = { ...notFound, reason: "stopped", capacity: { kind: "unknown" }, trials: [] };
  assert.equal(first(capacityMarks(unknown).figures), "unknown , capacity not found");
  const none = { kind: "users", holdsUsers: null, firstBroken: [], peakGoodput: null, trials: [] } as const;
  const users = {
    ...none,
    reason: "nothing-holds",
    targets: [],
    law: { kind: "insufficient", reason: "few" },
  } as const;
  assert.equal(first(capacityMarks(users).figures), "none , not found: no number of users holds");
});

test("a required capacity between what holds and what fails is not said to be missed", () => {
  const required = (atLeastPerSecond: number) =>
    capacityMarks({ ...found, atLeastPerSecond }).figures.find(({ note }) => note.includes("required"))?.note;
  assert.equal(required(380), "✓ required");
  assert.equal(required(390), "! required, not confirmed");
  assert.equal(required(400), "✗ required");
});
