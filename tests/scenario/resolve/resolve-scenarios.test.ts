import assert from "node:assert/strict";
import { test } from "node:test";
import { ConfigurationError } from "../../../src/core/errors.ts";
import { populationAt } from "../../../src/core/population/population.ts";
import { closed, defineTest, defineUser, iterations, open, shape } from "../../../src/index.ts";
import { type ResolvedScenario, resolveRun } from "../../../src/scenario/resolve/resolve.ts";
import { endOf } from "../../../src/scenario/resolve/resolve-load.ts";

const tasks = { list: () => {} };
const users = [defineUser({ name: "a", tasks }), defineUser({ name: "b", weight: 3, tasks })];
const host = "http://127.0.0.1:8000";
const test1 = defineTest({
  host,
  users,
  profiles: {
    several: {
      users: { b: 2 },
      load: {
        browse: { load: closed({ users: 10, spawnRate: 10, duration: "60s" }) },
        buy: { load: open({ rate: 5, duration: "30s" }), users: { a: 5 }, startAfter: "10s" },
        once: { load: iterations({ users: 2, total: 6, maxDuration: "20s" }), startAfter: "1m" },
      },
    },
    shaped: { load: { wave: { load: shape(() => null), startAfter: "5s" } } },
  },
});
const refused = (message: RegExp) => (error: unknown) =>
  error instanceof ConfigurationError && message.test(error.message);
const ends = (scenarios: readonly ResolvedScenario[]) => scenarios.map(({ name, load }) => [name, endOf(load)]);

test("several scenarios run side by side, each with its own load, classes and start; the last one's end is the run's", () => {
  const { scenarios, durationMs } = resolveRun(test1, {});
  assert.deepEqual(ends(scenarios), [
    ["browse", 60_000],
    ["buy", 40_000],
    ["once", 80_000],
  ]);
  assert.equal(durationMs, 80_000);
  const [browse, buy, once] = scenarios;
  assert.ok(browse?.load.kind === "closed" && buy?.load.kind === "open" && once?.load.kind === "iterations");
  assert.deepEqual(buy.load.plan.points, [{ atMs: 10_000, value: 5 }]);
  assert.equal(once.load.startMs, 60_000);
  assert.equal(populationAt(browse.load.plan, 2_000), 10);
});

test("a scenario's classes go before its profile's", () => {
  const classes = resolveRun(test1, {}).scenarios.map((scenario) => scenario.classes);
  const ofProfile = [
    { name: "a", weight: 0 },
    { name: "b", weight: 2 },
  ];
  const own = [
    { name: "a", weight: 5 },
    { name: "b", weight: 0 },
  ];
  assert.deepEqual(classes, [ofProfile, own, ofProfile]);
});

test("the run time is that of the whole run: it cuts each scenario at the same moment", () => {
  const { scenarios, durationMs } = resolveRun(test1, { runTimeMs: 65_000 });
  assert.deepEqual(
    scenarios.map(({ load }) => endOf(load)),
    [65_000, 65_000, 65_000],
  );
  assert.equal(durationMs, 65_000);
  const { scenarios: shaped } = resolveRun(test1, { profile: "shaped", runTimeMs: 9_000 });
  assert.deepEqual(ends(shaped), [["wave", 9_000]]);
  assert.equal(resolveRun(test1, { profile: "shaped" }).durationMs, Number.POSITIVE_INFINITY);
});

test("a run time before a scenario begins is refused by its name", () => {
  for (const runTimeMs of [1, 60_000]) {
    assert.throws(
      () => resolveRun(test1, { runTimeMs }),
      refused(/^--run-time ends before scenario (buy|once) begins \(startAfter (10s|1m)\)/),
    );
  }
  assert.throws(() => resolveRun(test1, { runTimeMs: 0 }), refused(/^--run-time must be longer than 0s$/));
});

test("numbers of users or a rate say nothing when there are several scenarios, and the names are told", () => {
  for (const overrides of [{ users: 0 }, { spawnRate: 1 }, { rate: 5 }]) {
    assert.throws(() => resolveRun(test1, overrides), refused(/which scenario they are for: browse, buy, once$/));
  }
});

// An open load has arrivals of each class by weight; it has no users to count. Without one, workers could not begin.
test("an open load of nothing but fixed counts is refused", () => {
  const fixed = defineTest({ host, users: [defineUser({ name: "a", fixedCount: 2, tasks })] });
  const load = open({ rate: 5, duration: "1m" });
  assert.throws(() => resolveRun(defineTest({ ...fixed, load }), {}), refused(/fixed|weight/));
  const asked = { ...fixed, load: closed({ users: 5, spawnRate: 1, duration: "1m" }) };
  assert.throws(() => resolveRun(asked, { rate: 5 }), refused(/fixed|weight/));
});

// The test file refuses them; without a user a total has no share for any worker, and every arrival is dropped.
test("0 users from the command line are refused where someone must carry out a number of iterations or a rate", () => {
  for (const load of [iterations({ users: 3, total: 10 }), open({ rate: 3, duration: "1m" })]) {
    assert.throws(() => resolveRun(defineTest({ host, users, load }), { users: 0 }), refused(/users/));
  }
});

test("a single scenario may be changed from the command line", () => {
  const { scenarios } = resolveRun(test1, { profile: "shaped", users: 4, runTimeMs: 9_000 });
  const [wave] = scenarios;
  assert.ok(scenarios.length === 1 && wave?.load.kind === "closed");
  assert.deepEqual([populationAt(wave.load.plan, 4_999), populationAt(wave.load.plan, 8_999)], [0, 4]);
  assert.equal(endOf(wave.load), 9_000);
});
