import assert from "node:assert/strict";
import { test } from "node:test";
import { ConfigurationError } from "../../../src/core/errors.ts";
import { closed, defineTest, defineUser, type TestDefinition } from "../../../src/index.ts";
import { resolveRun } from "../../../src/scenario/resolve/resolve.ts";

const tasks = { list: () => {} };
const load = closed({ users: 5, spawnRate: 1, duration: "1m" });
const definition = defineTest({
  host: "http://127.0.0.1:8000",
  users: [
    defineUser({ name: "Shopper", weight: 10, tasks }),
    defineUser({ name: "Admin", fixedCount: 2, tasks }),
    defineUser({ name: "Spike", weight: 0, tasks }),
    defineUser({ name: "Guest", tasks }),
  ],
  profiles: {
    standard: { load },
    spike: { load, users: { Spike: 3, Guest: { fixedCount: 4 } } },
  },
});

const classesOf = (profile: string, ...classNames: string[]) =>
  resolveRun(definition, { profile, classNames }).scenarios[0]?.classes ?? [];
const refused = (message: RegExp) => (error: unknown) =>
  error instanceof ConfigurationError && message.test(error.message);

test("without a word about classes each has its own weight or fixed count, 1 by default", () => {
  assert.deepEqual(classesOf("standard"), [
    { name: "Shopper", weight: 10 },
    { name: "Admin", weight: 0, fixedCount: 2 },
    { name: "Spike", weight: 0 },
    { name: "Guest", weight: 1 },
  ]);
});

test("a profile that names classes leaves the others out, and its shares go before the classes' own", () => {
  assert.deepEqual(classesOf("spike"), [
    { name: "Shopper", weight: 0 },
    { name: "Admin", weight: 0 },
    { name: "Spike", weight: 3 },
    { name: "Guest", weight: 0, fixedCount: 4 },
  ]);
});

test("classes named on the command line run alone; positions stay those of the test file", () => {
  assert.deepEqual(classesOf("standard", "Guest", "Admin"), [
    { name: "Shopper", weight: 0 },
    { name: "Admin", weight: 0, fixedCount: 2 },
    { name: "Spike", weight: 0 },
    { name: "Guest", weight: 1 },
  ]);
});

test("a named class of weight 0, or one that the profile leaves out, counts with weight 1", () => {
  assert.deepEqual(classesOf("standard", "Spike")[2], { name: "Spike", weight: 1 });
  assert.deepEqual(classesOf("spike", "Shopper")[0], { name: "Shopper", weight: 1 });
});

test("an unknown class is refused with the nearest or with all there are", () => {
  assert.throws(() => classesOf("standard", "Shoper"), refused(/unknown user class "Shoper"; did you mean Shopper\?/));
  assert.throws(() => classesOf("standard", "X"), refused(/valid: Shopper, Admin, Spike, Guest/));
});

test("a profile that names an unknown class is refused", () => {
  // In JavaScript nothing else notices.
  const profiles = { standard: { load, users: { Gust: 1 } } };
  const untyped = { ...definition, profiles } as TestDefinition;
  assert.throws(() => resolveRun(untyped, {}), refused(/unknown user class "Gust"; did you mean Guest\?/));
});

test("two classes of one name are refused", () => {
  const twice = defineTest({
    ...definition,
    profiles: {},
    users: [...definition.users, defineUser({ name: "Admin", tasks })],
  });
  assert.throws(() => resolveRun(twice, {}), refused(/two user classes are named Admin/));
});

test("--equal-weights makes equal who runs by weight, and nobody else", () => {
  const [scenario] = resolveRun(definition, { equalWeights: true }).scenarios;
  assert.deepEqual(scenario?.classes, [
    { name: "Shopper", weight: 1 },
    { name: "Admin", weight: 0, fixedCount: 2 },
    { name: "Spike", weight: 0 },
    { name: "Guest", weight: 1 },
  ]);
  const [named] = resolveRun(definition, { equalWeights: true, classNames: ["Spike", "Shopper"] }).scenarios;
  assert.deepEqual(
    named?.classes.map(({ weight }) => weight),
    [1, 0, 1, 0],
  );
});

test("a run of nobody is refused", () => {
  const spikeOnly = defineTest({ ...definition, profiles: { spike: { load, users: { Spike: 0 } } } });
  assert.throws(() => resolveRun(spikeOnly, {}), refused(/every user class has weight 0/));
});

test("what the start form says of a class goes before everything else; what it does not name stays", () => {
  const { scenarios } = resolveRun(definition, {
    profile: "standard",
    classShares: { Admin: 0, Spike: { fixedCount: 2 }, Guest: 5 },
  });
  assert.deepEqual(scenarios[0]?.classes, [
    { name: "Shopper", weight: 10 },
    { name: "Admin", weight: 0 },
    { name: "Spike", weight: 0, fixedCount: 2 },
    { name: "Guest", weight: 5 },
  ]);
  assert.throws(() => resolveRun(definition, { classShares: { Gest: 1 } }), refused(/did you mean Guest/i));
});
