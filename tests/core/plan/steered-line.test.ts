import assert from "node:assert/strict";
import { test } from "node:test";
import { constantUsersPlan } from "../../../src/core/plan/plan.ts";
import { type ScenarioPlan, steeredLine } from "../../../src/core/plan/steered-line.ts";

const users = constantUsersPlan({ users: 10, spawnRatePerSecond: 5, durationMs: 10_000 });
const shop: ScenarioPlan = { scenario: "shop", kind: "closed", plan: users };
const api: ScenarioPlan = {
  scenario: "api",
  kind: "open",
  plan: { points: [{ atMs: 0, value: 100 }], durationMs: 10_000 },
};

test("without a change the line is the plan", () => {
  assert.deepEqual(steeredLine([shop], []), {
    atMs: [0, 2_000, 10_000],
    values: [[0, 10, 10], null],
    isEndless: false,
  });
});

test("a change of users is a part of the plan of its scenario, and of no other", () => {
  const change = { kind: "users", atMs: 4_000, scenario: "shop", target: 30, perSecond: 10 } as const;
  const { atMs, values } = steeredLine([shop, { ...shop, scenario: "other" }, api], [change]);
  assert.deepEqual(atMs, [0, 2_000, 4_000, 6_000, 10_000]);
  assert.deepEqual(values, [
    [0, 20, 20, 40, 40],
    [100, 100, 100, 100, 100],
  ]);
});

test("a paused plan is 0 without an end; resumed, its users return at the spawn rate, and its end is later", () => {
  const pause = { kind: "pause", atMs: 4_000 } as const;
  const paused = steeredLine([shop, api], [pause]);
  assert.deepEqual(paused, {
    atMs: [0, 2_000, 4_000, 4_000],
    values: [
      [0, 10, 10, 0],
      [100, 100, 100, 0],
    ],
    isEndless: true,
  });
  const resumed = steeredLine([shop, api], [pause, { kind: "resume", atMs: 7_000 }]);
  assert.equal(resumed.isEndless, false);
  // The pause of 3 s, and the ramp of 2 s after it.
  assert.deepEqual(resumed.atMs, [0, 2_000, 4_000, 4_000, 7_000, 7_000, 9_000, 13_000, 13_000, 15_000]);
  assert.deepEqual(resumed.values[0], [0, 10, 10, 0, 0, 0, 10, 10, 10, 10]);
  assert.deepEqual(resumed.values[1], [100, 100, 100, 0, 0, 100, 100, 100, 0, 0]);
});

test("a pause of counted iterations keeps their users, and delays the end", () => {
  const counted: ScenarioPlan = {
    scenario: "import",
    kind: "iterations",
    plan: { points: [{ atMs: 0, value: 4 }], durationMs: 60_000 },
  };
  const pause = { kind: "pause", atMs: 10_000 } as const;
  assert.deepEqual(steeredLine([counted], [pause]), { atMs: [0], values: [[4], null], isEndless: true });
  const { atMs, values } = steeredLine([counted], [pause, { kind: "resume", atMs: 25_000 }]);
  assert.deepEqual(
    [atMs, values[0]],
    [
      [0, 75_000],
      [4, 4],
    ],
  );
});
