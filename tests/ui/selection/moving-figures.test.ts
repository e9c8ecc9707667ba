import assert from "node:assert/strict";
import { test } from "node:test";
import { movedMost } from "../../../src/report/page/moved-most.ts";
import { movingFigures } from "../../../src/ui/selection/moving-figures.ts";
import { changedSelection, isSelected, noSelection } from "../../../src/ui/selection/selection.ts";
import { randomSeconds, reportOfSeconds } from "./random-run.ts";
import { twoSpeeds } from "./two-speeds.ts";

const report = reportOfSeconds(randomSeconds(40, 7));

test("endpoints, phases, groups, checks and workers are ranked, and what names a part selects it", () => {
  const figures = movingFigures(report, noSelection);
  const subjects = new Set(figures.map(({ subject }) => subject));
  for (const subject of ["all endpoints", "GET /jobs", "group order", "check paid", "worker #2"]) {
    assert.ok(subjects.has(subject), subject);
  }
  for (const { subject, selects, startMs, values } of figures) {
    assert.equal(startMs.length, values.length, subject);
    if (selects === null) continue;
    assert.ok(isSelected(changedSelection(noSelection, selects)), subject);
  }
});

test("of a part, its own figures are ranked and no others", () => {
  const subjectsOf = (part: object) => [
    ...new Set(movingFigures(report, { ...noSelection, ...part }).map(({ subject }) => subject)),
  ];
  assert.deepEqual(subjectsOf({ worker: 2 }), ["worker #2"]);
  assert.deepEqual(subjectsOf({ userClass: "User" }), ["User"]);
  assert.deepEqual(subjectsOf({ group: "order" }), ["group order"]);
  assert.deepEqual(subjectsOf({ check: "paid" }), ["check paid"]);
});

test("the workers, endpoints and observed metrics of a run that changed are found", () => {
  const run = twoSpeeds();
  const { startMs, widthMs } = run.windows;
  const values = startMs.map((start) => (start < 150_000 ? 0.2 : 0.9));
  const queue = { kind: "observed", name: "cpu", unit: "cores", values, p95: null } as const;
  const own = { startMs, widthMs, series: [queue] };
  const { moves } = movedMost(movingFigures({ ...run, own }, noSelection), 150_000, 300_000);
  const found = moves.map(({ of }) => `${of.subject} ${of.figure}`);
  for (const one of [
    "GET /slow failed",
    "cpu observed, cores",
    "worker #1 loop utilisation",
    "worker #2 loop utilisation",
  ]) {
    assert.ok(found.includes(one), found.join(", "));
  }
});
