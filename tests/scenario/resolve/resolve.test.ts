import assert from "node:assert/strict";
import { test } from "node:test";
import { ConfigurationError } from "../../../src/core/errors.ts";
import type { Plan } from "../../../src/core/plan/plan.ts";
import { peak, populationAt } from "../../../src/core/population/population.ts";
import { closed, defineTest, defineUser, type TestDefinition } from "../../../src/index.ts";
import { type RunOverrides, resolveRun } from "../../../src/scenario/resolve/resolve.ts";

const tasks = { list: () => {} };
const users = [defineUser({ name: "a", tasks })];
const host = "http://127.0.0.1:8000";
const profiles = {
  standard: { load: closed({ users: 50, spawnRate: 5, duration: "5m" }) },
  staged: {
    load: closed({
      stages: [
        { duration: "10s", target: 10 },
        { duration: "20s", target: 10 },
        { duration: "10s", target: 0 },
      ],
    }),
  },
};
const test1 = defineTest({ host, users, profiles });

function planOf(overrides: RunOverrides, definition: TestDefinition = test1): Plan {
  const { scenarios, durationMs } = resolveRun(definition, overrides);
  const [scenario] = scenarios;
  assert.ok(scenarios.length === 1 && scenario?.load.kind === "closed");
  assert.deepEqual([scenario.name, scenario.load.plan.durationMs], ["default", durationMs]);
  return scenario.load.plan;
}

const refused = (message: RegExp) => (error: unknown) =>
  error instanceof ConfigurationError && message.test(error.message);

test("the first profile runs when none is asked for, the named one when one is", () => {
  assert.equal(resolveRun(test1, {}).profile, "standard");
  assert.equal(resolveRun(test1, { profile: "staged" }).profile, "staged");
});

test("a load of the test itself goes before the profiles, unless one is asked for", () => {
  const both = defineTest({ ...test1, load: closed({ users: 3, spawnRate: 1, duration: "9s" }) });
  const plan = planOf({}, both);
  assert.deepEqual([resolveRun(both, {}).profile, peak(plan), plan.durationMs], ["default", 3, 9_000]);
  assert.equal(resolveRun(both, { profile: "standard" }).profile, "standard");
});

test("a test without any load is one user for a minute", () => {
  const plan = planOf({}, defineTest({ host, users }));
  assert.deepEqual([peak(plan), plan.durationMs], [1, 60_000]);
});

test("an unknown profile is refused with the nearest, or with all there are", () => {
  assert.throws(() => resolveRun(test1, { profile: "standart" }), refused(/"standart"; did you mean standard\?/));
  assert.throws(() => resolveRun(test1, { profile: "xyz" }), refused(/valid: standard, staged/));
  assert.throws(() => resolveRun(test1, { profile: "toString" }), refused(/unknown profile "toString"/));
  assert.throws(() => resolveRun(defineTest({ host, users }), { profile: "x" }), refused(/the test has none/));
});

test("users, spawn rate and run time of the command line go before the profile's", () => {
  const plan = planOf({ users: 20, spawnRate: 10, runTimeMs: 30_000 });
  assert.deepEqual([peak(plan), plan.durationMs], [20, 30_000]);
  assert.equal(populationAt(plan, 1_000), 11, "ten a second, the first at the start");
  assert.equal(populationAt(planOf({ users: 20 }), 1_000), 6, "the profile's spawn rate stays");
  assert.equal(planOf({ users: 20 }).durationMs, 300_000);
  assert.equal(peak(planOf({ spawnRate: 50 })), 50);
});

test("the run time cuts a staged load, or holds its last value", () => {
  const cut = planOf({ profile: "staged", runTimeMs: 5_000 });
  assert.deepEqual([cut.durationMs, populationAt(cut, 4_999)], [5_000, 5]);
  const held = planOf({ profile: "staged", runTimeMs: 60_000 });
  assert.deepEqual([held.durationMs, populationAt(held, 50_000)], [60_000, 0]);
});

test("users of the command line stand in place of all stages, for as long as they take together", () => {
  const plan = planOf({ profile: "staged", users: 4, spawnRate: 2 });
  assert.deepEqual([peak(plan), plan.durationMs, populationAt(plan, 39_999)], [4, 40_000, 4]);
});

test("a spawn rate alone says nothing about a staged load", () => {
  assert.throws(() => planOf({ profile: "staged", spawnRate: 2 }), refused(/--spawn-rate needs --users/));
});

test("0 users is a plan of nobody", () => {
  const plan = planOf({ users: 0 });
  assert.deepEqual([peak(plan), plan.durationMs], [0, 300_000]);
});

const hosts: readonly (readonly [given: string, taken: string])[] = [
  ["http://127.0.0.1:8000", "http://127.0.0.1:8000"],
  ["https://api.example.com/prod/", "https://api.example.com/prod"],
  ["http://localhost///", "http://localhost"],
  [" HTTPS://API.Example.COM:443/a b/../prod?\n", "https://api.example.com/prod"],
  ["http://münchen.example:8000", "http://xn--mnchen-3ya.example:8000"],
  ["http://us%40er:p%3Aw@example.com/prod", "http://example.com/prod"],
];

test("the host is taken without the slash at its end, the command line's first", () => {
  for (const [given, taken] of hosts) assert.equal(resolveRun(test1, { host: given }).host, taken);
  assert.equal(resolveRun(test1, {}).host, host);
});

test("no host, or one that is no http URL, is refused", () => {
  assert.throws(() => resolveRun(defineTest({ users, profiles }), {}), refused(/no host: give --host/));
  assert.throws(() => resolveRun(test1, { host: "" }), refused(/no host/));
  for (const bad of ["localhost:8000", "127.0.0.1", "ftp://example.com", "http://", "/jobs", "example.com/prod"]) {
    assert.throws(() => resolveRun(test1, { host: bad }), refused(/is not an http:\/\/ or https:\/\/ URL/), bad);
  }
});

test("the user and the password of the host reach the workers, and are not part of what is shown", () => {
  const given = "http://me:secret@example.com/prod";
  const { host, requestHost } = resolveRun(test1, { host: given });
  assert.deepEqual([host, requestHost], ["http://example.com/prod", given]);
});

test("a host with a query or a fragment is refused, and no refusal shows a password", () => {
  for (const [bad, message] of [
    ["http://me:secret@example.com/prod?stage=1", /^host "http:\/\/…@example\.com\/prod\?stage=1" has a query/],
    ["http://me:secret@example.com/#/jobs", /has a fragment \(#\/jobs\)/],
    ["ftp://me:secret@example.com", /^host "ftp:\/\/…@example\.com" is not an http/],
    ["http://me:se/cr:secret@example.com", /^host "http:\/\/…@example\.com" is not an http/],
    ["me:secret@example.com", /is not an http/],
    ["localhost:8000/prod", /is not an http:\/\/ or https:\/\/ URL, e\.g\. "http:\/\/localhost:8000\/prod"$/],
  ] as const) {
    assert.throws(
      () => resolveRun(test1, { host: bad }),
      (error: Error) => refused(message)(error) && !error.message.includes("secret"),
      bad,
    );
  }
});

test("targets and thresholds: the command line's over the profile's over the test's, name by name", () => {
  const layered = defineTest({
    host,
    users,
    targets: { p50: "10ms", p95: "20ms", p99: "30ms" },
    thresholds: { checks: "rate>0.9", requests: "count>1" },
    profiles: {
      strict: {
        load: closed({ users: 1, spawnRate: 1, duration: "1s" }),
        targets: { p95: "2ms", p99: "3ms" },
        thresholds: { checks: ["rate>0.99", "rate>0.5"] },
      },
    },
  });
  const written = (overrides: RunOverrides) =>
    resolveRun(layered, overrides).thresholds.map(({ metric, expression }) => `${metric}: ${expression.source}`);
  assert.deepEqual(written({ targets: { p99: "1ms", errorRate: "2%" } }), [
    "response_time: p(50)<10",
    "response_time: p(95)<2",
    "response_time: p(99)<1",
    "failures: rate<0.02",
    "checks: rate>0.99",
    "checks: rate>0.5",
    "requests: count>1",
  ]);
});

test("a threshold that cannot be understood is refused before anything starts", () => {
  const bad = defineTest({ host, users, thresholds: { respons_time: "p(95)<1" } });
  assert.throws(() => resolveRun(bad, {}), /response_time/);
});
