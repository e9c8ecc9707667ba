import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { ConfigurationError } from "../../../src/core/errors.ts";
import { createTaskPicker, type TaskChoice } from "../../../src/core/population/task-choice.ts";
import { Random } from "../../../src/core/random.ts";
import { assertProperty } from "../../support/property.ts";

function tally(choice: TaskChoice, taskCount: number, draws: number): number[] {
  const counts = new Array<number>(taskCount).fill(0);
  for (let draw = 0; draw < draws; draw++) {
    const task = choice.next();
    counts[task] = (counts[task] ?? Number.NaN) + 1;
  }
  return counts;
}

test("40 / 30 / 20 / 8 / 2 holds exactly after each deck of 50 and over 20,000 draws", () => {
  const choice = createTaskPicker([40, 30, 20, 8, 2], "random")(new Random(1, 0));
  for (let deck = 0; deck < 10; deck++) assert.deepEqual(tally(choice, 5, 50), [20, 15, 10, 4, 1]);
  const whole = createTaskPicker([40, 30, 20, 8, 2], "random")(new Random(1, 1));
  assert.deepEqual(tally(whole, 5, 20_000), [8_000, 6_000, 4_000, 1_600, 400]);
});

test("decimal weights reduce to a deck too", () => {
  const cases: [number[], number[]][] = [
    [
      [0.8, 1],
      [4, 5],
    ],
    [
      [0.25, 0, 0.75],
      [1, 0, 3],
    ],
    [
      [1e-7, 3e-7],
      [1, 3],
    ],
    [
      [1 / 3, 1 / 3],
      [1, 1],
    ],
    [
      [5e5, 1e6],
      [1, 2],
    ],
    [
      [0, 7],
      [0, 1],
    ],
  ];
  for (const [weights, counts] of cases) {
    const deck = counts.reduce((sum, count) => sum + count);
    assert.deepEqual(tally(createTaskPicker(weights, "random")(new Random(2, 0)), weights.length, deck), counts);
  }
});

test("within a deck the order is shuffled evenly", () => {
  const pick = createTaskPicker([1, 1, 1], "random");
  const orders = new Map<string, number>();
  for (let user = 0; user < 6_000; user++) {
    const choice = pick(new Random(3, user));
    const order = `${choice.next()}${choice.next()}${choice.next()}`;
    orders.set(order, (orders.get(order) ?? 0) + 1);
  }
  assert.equal(orders.size, 6);
  // 6 standard deviations of a binomial count of 6,000 draws at 1 / 6.
  for (const count of orders.values()) assert.ok(Math.abs(count - 1_000) < 174);
});

test("weights that are not in a small ratio hold on average", () => {
  const weights = [1_000_003, 500_000, 0, Math.PI * 100_000];
  const total = weights.reduce((sum, weight) => sum + weight);
  const draws = 100_000;
  const counts = tally(createTaskPicker(weights, "random")(new Random(4, 0)), 4, draws);
  assert.equal(counts[2], 0);
  for (const [task, weight] of weights.entries()) {
    const share = weight / total;
    assert.ok(Math.abs((counts[task] as number) - draws * share) <= 5 * Math.sqrt(draws * share * (1 - share)));
  }
});

test("enormous and tiny weights work", () => {
  const enormous = tally(createTaskPicker([1e308, 1.7e308], "random")(new Random(5, 0)), 2, 100);
  assert.equal((enormous[0] as number) + (enormous[1] as number), 100);
  assert.deepEqual(tally(createTaskPicker([1, 5e-324], "random")(new Random(5, 0)), 2, 100), [100, 0]);
});

test("more than 256 tasks fit a deck", () => {
  const weights = new Array<number>(900).fill(2);
  assert.deepEqual(tally(createTaskPicker(weights, "random")(new Random(6, 0)), 900, 900), new Array(900).fill(1));
});

test("in sequence each task of weight above 0 comes once a round, in order", () => {
  const choice = createTaskPicker([5, 0, 1, 0.5], "sequential")(new Random(1, 0));
  assert.deepEqual(
    Array.from({ length: 7 }, () => choice.next()),
    [0, 2, 3, 0, 2, 3, 0],
  );
});

test("weights that are all zero or not valid are refused", () => {
  for (const bad of [[], [0, 0], [-1, 2], [Number.NaN], [Number.POSITIVE_INFINITY]]) {
    assert.throws(() => createTaskPicker(bad, "random"), ConfigurationError);
    assert.throws(() => createTaskPicker(bad, "sequential"), ConfigurationError);
  }
});

const smallWeights = fc
  .array(fc.nat({ max: 20 }), { minLength: 1, maxLength: 8 })
  .filter((weights) => weights.some((weight) => weight > 0));

test("property: shares are exact after as many draws as the weights add up to, for each virtual user", () => {
  assertProperty(
    fc.property(smallWeights, fc.maxSafeInteger(), fc.constantFrom(1, 0.1, 0.01, 1_000), (weights, seed, scale) => {
      // toPrecision: 3 * 0.1 is not the 0.3 that a person writes.
      const scaled = weights.map((weight) => Number((weight * scale).toPrecision(12)));
      const pick = createTaskPicker(scaled, "random");
      const draws = weights.reduce((sum, weight) => sum + weight);
      const [one, other] = [pick(new Random(seed, 0)), pick(new Random(seed, 1))];
      for (let round = 0; round < 2; round++) {
        assert.deepEqual(tally(one, weights.length, draws), weights);
        assert.deepEqual(tally(other, weights.length, draws), weights);
      }
    }),
  );
});

test("property: the same seed and stream choose the same tasks", () => {
  const anyWeights = fc.array(fc.double({ min: 1e-3, max: 1e3, noNaN: true }), { minLength: 1, maxLength: 8 });
  assertProperty(
    fc.property(fc.oneof(smallWeights, anyWeights), fc.maxSafeInteger(), (weights, seed) => {
      const pick = createTaskPicker(weights, "random");
      const [one, same] = [pick(new Random(seed, 9)), pick(new Random(seed, 9))];
      for (let draw = 0; draw < 30; draw++) {
        const task = one.next();
        assert.equal(task, same.next());
        assert.ok((weights[task] as number) > 0);
      }
    }),
  );
});
