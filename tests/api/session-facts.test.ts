import assert from "node:assert/strict";
import { test } from "node:test";
import { optionsOf, previewOf, testFacts } from "../../src/api/session-facts.ts";
import { loadTest } from "../../src/runner/load-test.ts";
import type { LoadOptions, RunOptions } from "../../src/runner/run-options.ts";
import { fixture } from "../support/fixture.ts";

const host = "http://127.0.0.1:9";

async function factsWith(options: LoadOptions) {
  return await testFacts(await loadTest([fixture("loads")], { host, ...options }), options);
}

test("each profile tells what kind of load it is, and what the start form begins with", async () => {
  const facts = await factsWith({});
  assert.deepEqual([facts.test, facts.host, facts.profile], ["loads", null, "even"]);
  const byName = new Map(facts.profiles.map(({ classes: _, ...profile }) => [profile.name, profile]));
  const nothing = { users: null, spawnRate: null, ratePerSecond: null, durationMs: null };
  assert.deepEqual(byName.get("even"), {
    ...nothing,
    name: "even",
    kind: "open",
    ratePerSecond: 200,
    durationMs: 20_000,
  });
  assert.deepEqual(byName.get("ramp"), {
    ...nothing,
    name: "ramp",
    kind: "open",
    ratePerSecond: 100,
    durationMs: 6_000,
  });
  assert.deepEqual(byName.get("steered"), {
    ...nothing,
    name: "steered",
    kind: "closed",
    users: 10,
    spawnRate: 20,
    durationMs: 600_000,
  });
  assert.deepEqual(byName.get("total"), {
    ...nothing,
    name: "total",
    kind: "iterations",
    users: 7,
    durationMs: 600_000,
  });
  assert.deepEqual(byName.get("shaped"), { ...nothing, name: "shaped", kind: "shape" });
  assert.deepEqual(byName.get("together"), { ...nothing, name: "together", kind: "several", durationMs: 4_000 });
  assert.deepEqual(facts.profiles.find(({ name }) => name === "total")?.classes, [
    { name: "Visitor", weight: 2, fixedCount: null },
    { name: "Reader", weight: 1, fixedCount: null },
    { name: "Newcomer", weight: 0, fixedCount: null },
  ]);
});

test("the host of the form is shown without its password, and kept with it where the form leaves it as it is", async () => {
  const given = "http://me:secret@127.0.0.1:9/prod";
  const facts = await factsWith({ host: given });
  assert.equal(facts.host, "http://127.0.0.1:9/prod");
  const options = { host: given } as RunOptions;
  assert.equal(optionsOf({ host: "http://127.0.0.1:9/prod" }, facts, options).host, given);
  assert.equal(optionsOf({}, facts, options).host, given);
  assert.equal(optionsOf({ host }, facts, options).host, host);
});

test("the preview of a search tells what is tried, for how long at most, and what its trials have to hold", async () => {
  const preview = async (profile: string) => previewOf(await loadTest([fixture("searches")], { host, profile }));
  const { search, durationMs, thresholds } = await preview("short");
  assert.equal(search, "from 40/s up to 600/s");
  assert.ok(durationMs !== null && durationMs > 0);
  assert.deepEqual(thresholds, ["p95 < 500 ms", "error rate < 1 %"]);
  assert.equal((await preview("people")).search, "from 5 up to 500 users");
});

test("the command line fills the form in, where it fits the profile", async () => {
  const facts = await factsWith({ profile: "steered", users: 3, spawnRate: 2, runTime: 5_000 });
  assert.equal(facts.profile, "steered");
  const byName = new Map(facts.profiles.map((profile) => [profile.name, profile]));
  const steered = byName.get("steered");
  assert.deepEqual([steered?.users, steered?.spawnRate, steered?.durationMs], [3, 2, 5_000]);
  // A spawn rate does not go with an open load: its own figures are shown.
  assert.equal(byName.get("even")?.durationMs, 20_000);
});

test("what the form says goes before the command line, and the rest stays", async () => {
  const given = { profile: "even", users: 3, host } as unknown as RunOptions;
  const facts = await factsWith({ profile: "even" });
  const form = { profile: "steered", users: 4, durationMs: 9_000, classes: { Reader: 2 } };
  assert.deepEqual(optionsOf(form, facts, given), {
    profile: "steered",
    users: 4,
    host,
    runTime: 9_000,
    classShares: { Reader: 2 },
  });
  assert.deepEqual(optionsOf({}, facts, given), given);
});

test("a preview is the plan of a run: its lines, its peaks, its classes", async () => {
  const preview = async (options: LoadOptions) => previewOf(await loadTest([fixture("loads")], { host, ...options }));
  const closed = await preview({ profile: "steered" });
  assert.deepEqual([closed.peakUsers, closed.peakRatePerSecond, closed.durationMs], [10, null, 600_000]);
  assert.deepEqual(closed.plan, { atMs: [0, 500, 600_000], users: [0, 10, 10], ratePerSecond: null });
  const shaped = await preview({ profile: "shaped" });
  assert.deepEqual([shaped.peakUsers, shaped.durationMs], [null, null]);
  const together = await preview({ profile: "together" });
  assert.deepEqual([together.peakUsers, together.peakRatePerSecond, together.durationMs], [5, 40, 4_000]);
  assert.deepEqual(
    together.classes.filter(({ share }) => share > 0).map(({ scenario, name, share }) => [scenario, name, share]),
    [
      ["readers", "Reader", 1],
      ["visitors", "Visitor", 1],
    ],
  );
});
