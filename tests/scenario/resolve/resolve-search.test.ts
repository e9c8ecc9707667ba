import assert from "node:assert/strict";
import { test } from "node:test";
import { ConfigurationError } from "../../../src/core/errors.ts";
import { defineTest, defineUser, findCapacity, open } from "../../../src/index.ts";
import { validateTest } from "../../../src/scenario/bundle/load-bundle.ts";
import { type ResolvedRun, type RunOverrides, resolveRun } from "../../../src/scenario/resolve/resolve.ts";

const users = [defineUser({ name: "A", tasks: { nothing: () => {} } })];
const host = "http://127.0.0.1:8000";
const targets = { p95: "500ms", errorRate: "2%", requestsPerSecond: 1_000 } as const;

function resolved(load: unknown, overrides: RunOverrides = {}, over: object = { targets }): ResolvedRun {
  return resolveRun(validateTest({ host, users, load, ...over }), overrides);
}

function targetsOf({ search }: ResolvedRun): string[] {
  return (search?.targets ?? []).map(({ metric, expression }) => `${metric}: ${expression.source}`);
}

test("a search begins as an endless load of its first rate, with users for the highest", () => {
  const run = resolved(findCapacity({ start: 300, max: 6_000, atLeast: 1_200, per: "1m", deadline: "5m" }));
  const [scenario] = run.scenarios;
  assert.ok(scenario?.load.kind === "open" && run.search?.kind === "arrivals");
  assert.deepEqual(scenario.load.plan, { points: [{ atMs: 0, value: 5 }], durationMs: Number.POSITIVE_INFINITY });
  assert.equal(scenario.load.maxUsers, 1_000);
  const { startPerSecond, maxPerSecond, atLeastPerSecond, deadlineMs, timeScale, tailPercentile } = run.search;
  assert.deepEqual([startPerSecond, maxPerSecond, atLeastPerSecond], [5, 100, 20]);
  assert.deepEqual([deadlineMs, timeScale, tailPercentile], [300_000, 1, 95]);
  assert.equal(run.durationMs, Number.POSITIVE_INFINITY);
});

test("one of users begins with its first users", () => {
  const run = resolved(findCapacity({ users: { start: 3, max: 200 } }));
  const [scenario] = run.scenarios;
  assert.ok(scenario?.load.kind === "closed" && run.search?.kind === "users");
  assert.deepEqual(scenario.load.plan, { points: [{ atMs: 0, value: 3 }], durationMs: Number.POSITIVE_INFINITY });
  assert.deepEqual([run.search.startUsers, run.search.maxUsers, run.search.deadlineMs], [3, 200, 1_200_000]);
});

test("targets of test, slo and command line are what trials must hold, not the run; totals are not", () => {
  const load = findCapacity({ start: 5, max: 50, slo: { p99: "1s", errorRate: "1%" } });
  const run = resolved(
    load,
    { targets: { p95: "300ms" } },
    { targets, thresholds: { checks: "rate>0.9", users: "max>5", response_time: ["count>1000", "count<9000"] } },
  );
  assert.deepEqual(run.thresholds, []);
  assert.deepEqual(targetsOf(run), [
    "response_time: p(95)<300",
    "failures: rate<0.01",
    "response_time: p(99)<1000",
    "checks: rate>0.9",
    "response_time: count<9000",
  ]);
  const ignored = run.search?.ignored.map(({ metric, expression }) => `${metric}: ${expression.source}`);
  assert.deepEqual(ignored, ["requests: rate>1000", "users: max>5", "response_time: count>1000"]);
  assert.equal(run.search?.tailPercentile, 99);
  // A service that answers nothing but errors holds no rate.
  assert.deepEqual(targetsOf(resolved(findCapacity({ start: 5, max: 50 }), {}, {})), ["failures: rate<0.01"]);
  assert.equal(resolved(open({ rate: 5, duration: "1m" })).search, null);
});

test("--run-time is the deadline; what does not go with a search is refused with one line", () => {
  const load = findCapacity({ start: 5, max: 50 });
  assert.equal(resolved(load, { runTimeMs: 90_000 }).search?.deadlineMs, 90_000);
  const refusal = (wrong: unknown, overrides: RunOverrides = {}) => {
    try {
      resolved(wrong, overrides);
    } catch (error) {
      assert.ok(error instanceof ConfigurationError, `${error}`);
      return error.message;
    }
    return assert.fail("accepted");
  };
  assert.match(refusal({ ...load, max: 4 }), /findCapacity: start is 5, but max only 4/);
  assert.match(refusal(findCapacity({ users: { start: 5, max: 4 } })), /start is 5, but max only 4/);
  assert.match(refusal({ ...load, atLeast: 60 }), /findCapacity: atLeast is 60, but no rate above max, 50, is tested/);
  assert.match(refusal({ ...load, deadline: "19s" }), /the deadline is 19s, but the first trial takes 20s/);
  assert.match(refusal(load, { runTimeMs: 10_000 }), /the deadline is 10s, but the first trial takes 20s/);
  assert.match(
    refusal(findCapacity({ users: { start: 20, max: 40, spawnRate: 2 }, deadline: "25s" })),
    /the deadline is 25s, but the first trial takes 30s/,
  );
  assert.match(refusal({ ...load, slo: { p95: 500 } }), /load\.slo\.p95/);
  assert.match(refusal({ ...load, begin: 4 }), /Unrecognized key: "begin"/);
  assert.match(
    refusal(load, { spawnRate: 5 }),
    /--spawn-rate does not apply to a search: --rate sets its highest rate/,
  );
  assert.match(refusal(load, { users: 0 }), /--users 0/);
  const ofUsers = findCapacity({ users: { start: 20, max: 100, spawnRate: 5 } });
  assert.match(refusal(ofUsers, { rate: 5 }), /--rate does not apply to a search over users: --users sets its maximum/);
  assert.match(refusal({ one: { load } }), /findCapacity cannot be one of several scenarios/);
});

test("a search over users takes --users as its maximum, --spawn-rate and --run-time", () => {
  const load = findCapacity({ users: { start: 20, max: 100, spawnRate: 5 } });
  const searchOf = (overrides: RunOverrides) => {
    const { search } = resolved(load, overrides);
    assert.ok(search?.kind === "users");
    const { startUsers, maxUsers, spawnRate, deadlineMs } = search;
    return { startUsers, maxUsers, spawnRate, deadlineMs };
  };
  const asWritten = { startUsers: 20, maxUsers: 100, spawnRate: 5, deadlineMs: 1_200_000 };
  assert.deepEqual(searchOf({}), asWritten);
  assert.deepEqual(searchOf({ users: 200, spawnRate: 20, runTimeMs: 600_000 }), {
    ...{ startUsers: 20, maxUsers: 200, spawnRate: 20, deadlineMs: 600_000 },
  });
  assert.deepEqual(searchOf({ users: 10 }), { ...asWritten, startUsers: 10, maxUsers: 10 });
});

test("a search over rates takes --rate as its maximum, per second, and --users to run them", () => {
  const run = resolved(findCapacity({ start: 60, max: 600, per: "10s" }), { rate: 100, users: 7 });
  assert.ok(run.search?.kind === "arrivals");
  assert.deepEqual([run.search.startPerSecond, run.search.maxPerSecond], [6, 100]);
  const [{ load } = assert.fail()] = run.scenarios;
  assert.ok(load.kind === "open");
  assert.equal(load.maxUsers, 7);
});

test("types: a search is of rates or of users", () => {
  defineTest({ host, users, load: findCapacity({ start: 1, max: 2, atLeast: 1 }) });
  // @ts-expect-error: users have no rate to be asked for
  findCapacity({ users: { start: 1, max: 2 }, atLeast: 1 });
});
