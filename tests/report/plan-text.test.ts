import assert from "node:assert/strict";
import { test } from "node:test";
import { constantUsersPlan, type Plan, stagesPlan } from "../../src/core/plan.ts";
import { planReport } from "../../src/core/plan-report.ts";
import { renderPlan } from "../../src/report/plan-text.ts";
import { plainStyle } from "../../src/report/style.ts";

const classes = [
  {
    name: "Shopper",
    weight: 9,
    tasks: [
      { name: "list jobs", weight: 3 },
      { name: "get job", weight: 1 },
    ],
  },
  { name: "Admin", weight: 1, tasks: [{ name: "stats", weight: 1 }] },
];

function textOf(plan: Plan, workers = 2, thresholds = ["response_time: p(95)<500"]): string {
  const names = { test: "plot-palette", profile: "standard", host: "http://127.0.0.1:8000" };
  return renderPlan(planReport({ ...names, plan, classes, workers, thresholds }), plainStyle);
}

const ramp = constantUsersPlan({ users: 50, spawnRatePerSecond: 5, durationMs: 60_000 });

test("a plan shows its load, its classes and tasks, each worker's share and the thresholds", () => {
  const text = textOf(ramp);
  for (const part of [
    "plot-palette / standard → http://127.0.0.1:8000",
    "   50 ",
    "00:00",
    "01:00",
    "at the peak, 00:10",
    "response_time: p(95)<500",
  ]) {
    assert.ok(text.includes(part), `${part} in ${text}`);
  }
  assert.match(
    text,
    /Shopper +45 +90\.0 % +list jobs +75\.0 %\n +get job +25\.0 %\n {2}Admin +5 +10\.0 % +stats +100\.0 %/,
  );
  assert.match(text, /#1 +25 +2[23] +[23]\n +#2 +25 +2[23] +[23]\n/);
});

test("the chart rises with the ramp and is full from then on", () => {
  const rows = textOf(ramp)
    .split("\n")
    .filter((line) => /[▁▂▃▄▅▆▇█]/.test(line));
  assert.equal(rows.length, 8);
  assert.ok(rows.every((row) => row.endsWith("█".repeat(50))));
  assert.ok((rows[0]?.match(/█/g)?.length ?? 0) < (rows[7]?.match(/█/g)?.length ?? 0));
});

test("of many workers the first are shown, and how many more there are", () => {
  const text = textOf(ramp, 40);
  assert.ok(text.includes("#16") && !text.includes("#17"));
  assert.ok(text.includes("and 24 more workers"));
});

test("without thresholds it says what that means", () => {
  assert.ok(textOf(ramp, 2, []).includes("the run passes whatever it measures"));
});

// The timeline has one moment a second; the peak need not fall on one.
test("the workers' shares are shown also when the peak lies between two seconds", () => {
  const peakAtHalf = stagesPlan({
    stages: [
      { durationMs: 2_500, target: 25 },
      { durationMs: 2_500, target: 0 },
    ],
  });
  assert.match(textOf(peakAtHalf), /worker +users +Shopper +Admin +at the peak/);
  const cutOnTheWay = constantUsersPlan({ users: 50, spawnRatePerSecond: 20, durationMs: 2_000 });
  assert.match(textOf(cutOnTheWay), /worker +users +Shopper +Admin +at the peak/);
});

test("a plan of nobody and a plan of no time are drawn too", () => {
  for (const plan of [
    constantUsersPlan({ users: 0, spawnRatePerSecond: 1, durationMs: 5_000 }),
    constantUsersPlan({ users: 5, spawnRatePerSecond: 1, durationMs: 0 }),
  ]) {
    assert.doesNotMatch(textOf(plan), /NaN|undefined|Infinity/);
  }
});
