import assert from "node:assert/strict";
import { test } from "node:test";
import type { AnySearchStep } from "../../../src/analysis/capacity/search.ts";
import { planColumns } from "../../../src/report/page/plan-columns.ts";
import { searchPlan } from "../../../src/report/page/search-plan.ts";

const length = { settleMs: 5_000, measureMs: 20_000 };
const trial = (ratePerSecond: number): AnySearchStep => ({
  kind: "trial",
  purpose: "bracket",
  ratePerSecond,
  ...length,
});
const drain: AnySearchStep = { kind: "drain", ratePerSecond: 10, untilP95Ms: null, capMs: 30_000 };
const end: AnySearchStep = { kind: "end", reason: "found" };

test("the plan of a search is the load of each trial and drain, in steps, and holds on while it goes on", () => {
  const steps = [
    { atMs: 0, step: trial(20) },
    { atMs: 25_000, step: trial(30) },
    { atMs: 50_000, step: drain },
  ];
  const plan = { atMs: [0, 25_000, 25_000, 50_000, 50_000], users: null, ratePerSecond: [20, 20, 30, 30, 10] };
  assert.deepEqual(searchPlan(steps), { ...plan, isEndless: true });
  assert.deepEqual(searchPlan([...steps, { atMs: 60_000, step: end }]), {
    atMs: [...plan.atMs, 60_000],
    users: null,
    ratePerSecond: [...plan.ratePerSecond, 10],
  });
});

test("users of a search start at once, or at their spawn rate", () => {
  const users = (count: number, spawnRate?: number): AnySearchStep => {
    return { kind: "users", users: count, ...(spawnRate === undefined ? {} : { spawnRate }), ...length };
  };
  const steps = (spawnRate?: number) => [
    { atMs: 0, step: users(10, spawnRate) },
    { atMs: 30_000, step: users(20, spawnRate) },
    { atMs: 60_000, step: end },
  ];
  assert.deepEqual(searchPlan(steps()), {
    ...{ atMs: [0, 30_000, 30_000, 60_000], users: [10, 10, 20, 20], ratePerSecond: null },
  });
  assert.deepEqual(searchPlan(steps(5)), {
    ...{ atMs: [0, 2_000, 30_000, 32_000, 60_000], users: [0, 10, 10, 20, 20], ratePerSecond: null },
  });
});

test("a search that ends before it begins has no plan, and a run without a search its own", () => {
  const nothing = { atMs: [], users: null, ratePerSecond: [] };
  assert.deepEqual(searchPlan([{ atMs: 0, step: end }]), nothing);
  const plan = { atMs: [0, 1_000], users: [5, 5], ratePerSecond: null };
  assert.deepEqual(planColumns({ plan, plans: [], classes: [] }, [], []), plan);
});
