import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { ConfigurationError } from "../../../src/core/errors.ts";
import { valueAt } from "../../../src/core/plan/plan.ts";
import { peak, populationAt } from "../../../src/core/population/population.ts";
import { closed, iterations, open, shape } from "../../../src/index.ts";
import {
  delayed,
  endOf,
  type LoadOverrides,
  type ResolvedLoad,
  resolveLoad,
} from "../../../src/scenario/resolve/resolve-load.ts";
import { assertProperty } from "../../support/property.ts";

const up = [
  { duration: "10s", target: 60 },
  { duration: "10s", target: 0 },
];
const loads = {
  closed: closed({ users: 50, spawnRate: 5, duration: "5m" }),
  staged: closed({ stages: up, startUsers: 20 }),
  open: open({ rate: 120, per: "1m", duration: "1m", maxUsers: 7 }),
  rising: open({ stages: up, startRate: 30, per: "1m", whenBusy: "drop", arrivals: "poisson" }),
  total: iterations({ users: 4, total: 100 }),
  each: iterations({ users: 4, perUser: 3, maxDuration: "30s" }),
  shape: shape(() => null),
  odd: open({ rate: 5, per: "10s", duration: "1m" }),
  daily: open({ stages: up, startRate: 8_640, per: "1d" }),
};
type LoadName = keyof typeof loads;

/** What came of a load, in one line. */
function told(load: ResolvedLoad): string {
  if (load.kind === "closed") {
    const { plan } = load;
    return `closed: ${peak(plan)} at most, ${populationAt(plan, 1_000)} after 1 s, ${plan.durationMs / 1_000} s`;
  }
  if (load.kind === "open") {
    const { plan, maxUsers, queueLimit, arrivals } = load;
    const rates = [0, 5_000].map((atMs) => valueAt(plan, atMs)).join(" and ");
    return `open: ${rates}/s, ${maxUsers} users, queue ${queueLimit}, ${arrivals}, ${plan.durationMs / 1_000} s`;
  }
  if (load.kind === "shape") return `shape: ${load.endMs / 1_000} s`;
  return `iterations: ${load.users} users, ${JSON.stringify(load.count)}, ${load.endMs / 1_000} s`;
}

/** Each load under each override of the command line; an error is written as a pattern of its message. */
const table: readonly (readonly [LoadName, LoadOverrides, string | RegExp])[] = [
  ["closed", {}, "closed: 50 at most, 6 after 1 s, 300 s"],
  ["closed", { users: 20 }, "closed: 20 at most, 6 after 1 s, 300 s"],
  ["closed", { spawnRate: 10 }, "closed: 50 at most, 11 after 1 s, 300 s"],
  ["closed", { runTimeMs: 2_000 }, "closed: 10 at most, 6 after 1 s, 2 s"],
  ["closed", { runTimeMs: 900_000 }, "closed: 50 at most, 6 after 1 s, 900 s"],
  ["closed", { users: 0 }, "closed: 0 at most, 0 after 1 s, 300 s"],
  ["closed", { rate: 2 }, "open: 2 and 2/s, 100 users, queue 1000, even, 300 s"],
  ["closed", { rate: 2, users: 9, runTimeMs: 8_000 }, "open: 2 and 2/s, 9 users, queue 1000, even, 8 s"],
  ["staged", {}, "closed: 60 at most, 25 after 1 s, 20 s"],
  ["staged", { users: 4 }, "closed: 4 at most, 2 after 1 s, 20 s"],
  ["staged", { users: 4, spawnRate: 2 }, "closed: 4 at most, 3 after 1 s, 20 s"],
  ["staged", { spawnRate: 2 }, /^--spawn-rate needs --users/],
  ["staged", { runTimeMs: 5_000 }, "closed: 40 at most, 25 after 1 s, 5 s"],
  ["staged", { rate: 1 }, "open: 1 and 1/s, 100 users, queue 1000, even, 20 s"],
  ["open", {}, "open: 2 and 2/s, 7 users, queue 1000, even, 60 s"],
  ["open", { users: 3 }, "open: 2 and 2/s, 3 users, queue 1000, even, 60 s"],
  ["open", { spawnRate: 3 }, /^--spawn-rate does not apply to an open load/],
  ["open", { rate: 4_000 }, "open: 4000 and 4000/s, 7 users, queue 240000, even, 60 s"],
  ["open", { runTimeMs: 1_000 }, "open: 2 and 2/s, 7 users, queue 1000, even, 1 s"],
  ["rising", {}, "open: 0.5 and 0.75/s, 100 users, queue 0, poisson, 20 s"],
  ["rising", { users: 3, runTimeMs: 5_000 }, "open: 0.5 and 0.75/s, 3 users, queue 0, poisson, 5 s"],
  ["rising", { rate: 4 }, "open: 4 and 4/s, 100 users, queue 0, poisson, 20 s"],
  ["odd", {}, "open: 0.5 and 0.5/s, 100 users, queue 1000, even, 60 s"],
  ["odd", { rate: 3 }, "open: 3 and 3/s, 100 users, queue 1000, even, 60 s"],
  ["daily", {}, `open: 0.1 and ${(8_640 - (8_640 - 60) / 2) / 86_400}/s, 100 users, queue 1000, even, 20 s`],
  ["total", {}, 'iterations: 4 users, {"total":100}, 600 s'],
  ["total", { users: 9, runTimeMs: 5_000 }, 'iterations: 9 users, {"total":100}, 5 s'],
  ["total", { spawnRate: 1 }, /^--spawn-rate does not apply to iterations/],
  ["total", { rate: 20 }, "open: 20 and 20/s, 200 users, queue 1200, even, 600 s"],
  ["each", {}, 'iterations: 4 users, {"perUser":3}, 30 s'],
  ["each", { users: 2 }, 'iterations: 2 users, {"perUser":3}, 30 s'],
  ["shape", {}, "shape: Infinity s"],
  ["shape", { runTimeMs: 5_000 }, "shape: 5 s"],
  ["shape", { users: 4 }, /^--users needs --run-time/],
  ["shape", { spawnRate: 4 }, /^--spawn-rate needs --users/],
  ["shape", { users: 4, spawnRate: 2, runTimeMs: 5_000 }, "closed: 4 at most, 3 after 1 s, 5 s"],
  ["shape", { rate: 4 }, /^--rate needs --run-time/],
  ["shape", { rate: 4, runTimeMs: 5_000 }, "open: 4 and 4/s, 100 users, queue 1000, even, 5 s"],
];

for (const [name, overrides, expected] of table) {
  test(`${name} with ${JSON.stringify(overrides)}`, () => {
    const resolve = () => told(resolveLoad(loads[name], overrides));
    if (typeof expected === "string") assert.equal(resolve(), expected);
    else assert.throws(resolve, (error) => error instanceof ConfigurationError && expected.test(error.message));
  });
}

test("without maxUsers there are enough for iterations of 10 s, within bounds", () => {
  const usersAt = (rate: number) => {
    const load = resolveLoad(open({ rate, duration: "1m" }), {});
    return load.kind === "open" ? load.maxUsers : null;
  };
  assert.deepEqual([1, 10, 50, 1_999.95, 50_000].map(usersAt), [100, 100, 500, 20_000, 20_000]);
});

const anyOverrides = fc.record(
  {
    users: fc.integer({ min: 1, max: 500 }),
    spawnRate: fc.integer({ min: 1, max: 50 }),
    rate: fc.integer({ min: 1, max: 500 }),
    runTimeMs: fc.integer({ min: 1, max: 1_000_000 }),
  },
  { requiredKeys: [] },
);

test("property: a run time is when the load ends, a rate makes it open, and a delay moves all of it", () => {
  assertProperty(
    fc.property(fc.constantFrom(...Object.values(loads)), anyOverrides, fc.nat(100_000), (load, overrides, byMs) => {
      let resolved: ResolvedLoad;
      try {
        resolved = resolveLoad(load, overrides);
      } catch (error) {
        assert.ok(error instanceof ConfigurationError && /^--(users|spawn-rate|rate) /.test(error.message), `${error}`);
        return;
      }
      if (overrides.runTimeMs !== undefined) assert.equal(endOf(resolved), overrides.runTimeMs);
      assert.equal(resolved.kind === "open", overrides.rate !== undefined || load.kind.startsWith("open"));
      const later = delayed(resolved, byMs);
      assert.equal(endOf(later), endOf(resolved) + byMs);
      if (!("plan" in resolved) || !("plan" in later)) return;
      for (const atMs of [0, 1, 5_000, 12_345, 20_001]) {
        const difference: number = valueAt(later.plan, atMs + byMs) - valueAt(resolved.plan, atMs);
        assert.ok(Math.abs(difference) < 1e-6, `${difference} at ${atMs}`);
        if (atMs > 0 && atMs <= byMs) assert.equal(valueAt(later.plan, byMs - atMs), 0);
      }
    }),
  );
});
