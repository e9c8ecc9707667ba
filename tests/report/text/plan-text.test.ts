import assert from "node:assert/strict";
import { test } from "node:test";
import { constantUsersPlan, type Plan, stagesPlan } from "../../../src/core/plan/plan.ts";
import { type PlannedLoad, scenarioReport } from "../../../src/core/plan/plan-report.ts";
import { renderPlan } from "../../../src/report/text/plan-text.ts";
import { plainStyle } from "../../../src/report/text/style.ts";

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

function rendered(
  loads: Readonly<Record<string, PlannedLoad>>,
  { workers = 2, thresholds = ["response_time: p(95)<500"], atSecond = null as number | null } = {},
): string {
  const scenarios = Object.entries(loads).map(([name, load]) => scenarioReport({ name, load, classes }, workers));
  const names = { test: "plot-palette", profile: "standard", host: "http://127.0.0.1:8000" };
  const report = { schema: "muster-plan/1", ...names, durationMs: 60_000, workers, thresholds, scenarios } as const;
  return renderPlan(report, plainStyle, atSecond);
}

function textOf(plan: Plan, workers = 2, thresholds = ["response_time: p(95)<500"]): string {
  return rendered({ default: { kind: "closed", plan } }, { workers, thresholds });
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

test("only the first workers are shown, with the number of further ones", () => {
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

test("a plan without users and a plan without duration are rendered", () => {
  for (const plan of [
    constantUsersPlan({ users: 0, spawnRatePerSecond: 1, durationMs: 5_000 }),
    constantUsersPlan({ users: 5, spawnRatePerSecond: 1, durationMs: 0 }),
  ]) {
    assert.doesNotMatch(textOf(plan), /NaN|undefined|Infinity/);
  }
});

test("--at shows the workers at that second, after the end the last", () => {
  const load = { default: { kind: "closed", plan: ramp } } as const;
  assert.match(rendered(load, { atSecond: 3 }), /00:03: 16 users\n +#1 +8 /);
  assert.match(rendered(load, { atSecond: 600 }), /00:59: 50 users\n +#1 +25 /);
});

test("an open load is drawn by its rate, and its workers by their share of the users", () => {
  const plan = stagesPlan({ start: 10, stages: [{ durationMs: 10_000, target: 40 }] });
  const text = rendered({ default: { kind: "open", plan, maxUsers: 101 } });
  for (const part of [
    "iterations per second, by at most 101 users",
    "   40",
    "at the peak, 00:09: 37.0 iterations/s",
  ]) {
    assert.ok(text.includes(part), `${part} in ${text}`);
  }
  assert.match(text, /#1 +51\n +#2 +50\n/);
});

test("a load that ends by count says how many iterations, and who shares them", () => {
  const plan = { points: [{ atMs: 2_000, value: 10 }], durationMs: 12_000 };
  const text = rendered({ default: { kind: "iterations", plan, iterations: 1_000 } });
  assert.ok(text.includes("users, until 1,000 iterations are done"), text);
  assert.match(text, /at the peak, 00:02: 10 users\n +#1 +5 +[45] +[01]\n/);
});

test("for a shape function, only the classes are shown", () => {
  const text = rendered({ default: { kind: "shape" } });
  assert.ok(text.includes("a shape function decides users second by second"));
  assert.match(text, /Shopper +90\.0 %/);
  assert.doesNotMatch(text, /[▁▂▃▄▅▆▇█]|NaN|undefined|Infinity|worker/);
});

test("several scenarios stand one below the other, each under its name", () => {
  const text = rendered({ browse: { kind: "closed", plan: ramp }, buy: { kind: "shape" } });
  assert.ok(text.indexOf("scenario browse") < text.indexOf("scenario buy") && text.includes("scenario browse"));
  assert.doesNotMatch(textOf(ramp), /scenario/);
});
