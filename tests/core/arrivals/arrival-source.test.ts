import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type ArrivalSource, EvenArrivals, PoissonArrivals } from "../../../src/core/arrivals/arrival-source.ts";
import { ArrivalTimes } from "../../../src/core/arrivals/arrivals.ts";
import type { Plan } from "../../../src/core/plan/plan.ts";
import { Random } from "../../../src/core/random.ts";
import { assertProperty } from "../../support/property.ts";
import { planOf } from "../plan/plans.ts";

const never = Number.POSITIVE_INFINITY;

interface Arrival {
  readonly k: number;
  readonly dueAtMs: number;
}

function drain(source: ArrivalSource): Arrival[] {
  const arrivals: Arrival[] = [];
  while (source.dueAtMs !== never) {
    arrivals.push({ k: source.k, dueAtMs: source.dueAtMs });
    const more = source.advance();
    assert.equal(more, source.dueAtMs !== never);
  }
  assert.equal(source.advance(), false);
  return arrivals;
}

function poisson(plan: Plan, workerCount: number, seed: number): Arrival[] {
  const arrivals = Array.from({ length: workerCount }, (_, worker) =>
    drain(new PoissonArrivals({ plan, worker, workerCount }, new Random(seed, worker))),
  );
  return arrivals.flat().sort((one, other) => one.dueAtMs - other.dueAtMs);
}

/** Variance of the counts per `binMs`, divided by their mean: 1 for a Poisson process, 0 for even arrivals. */
function dispersion(arrivals: readonly Arrival[], durationMs: number, binMs: number): number {
  const counts = new Float64Array(durationMs / binMs);
  for (const { dueAtMs } of arrivals)
    counts[Math.floor(dueAtMs / binMs)] = (counts[Math.floor(dueAtMs / binMs)] ?? 0) + 1;
  const mean = arrivals.length / counts.length;
  return counts.reduce((sum, count) => sum + (count - mean) ** 2, 0) / (counts.length - 1) / mean;
}

test("property: the workers together run each iteration of the plan once, when it is due", () => {
  const stages = fc.array(fc.tuple(fc.integer({ min: 0, max: 3_000 }), fc.integer({ min: 0, max: 30 })), {
    maxLength: 6,
  });
  assertProperty(
    fc.property(stages, fc.integer({ min: 1, max: 20 }), fc.nat({ max: 50 }), (stages, workerCount, firstK) => {
      let atMs = 0;
      const points = stages.map(([lengthMs, value]) => {
        atMs += lengthMs;
        return { atMs, value };
      });
      const plan = { points, durationMs: atMs + 500 };
      const times = new ArrivalTimes(plan);
      const arrivals = Array.from({ length: workerCount }, (_, worker) =>
        drain(new EvenArrivals({ plan, worker, workerCount, firstK })),
      );
      const expected = Array.from({ length: Math.max(0, times.count() - firstK) }, (_, index) => ({
        k: firstK + index,
        dueAtMs: times.dueAtMs(firstK + index),
      }));
      assert.deepEqual(
        arrivals.flat().sort((one, other) => one.k - other.k),
        expected,
      );
    }),
  );
});

test("Poisson arrivals have the variance of a Poisson process, over the cluster and over short and long times", () => {
  const arrivals = poisson(planOf(500_000, [0, 200]), 4, 1);
  assert.ok(Math.abs(arrivals.length - 100_000) < 4 * Math.sqrt(100_000), `${arrivals.length}`);
  for (const binMs of [5, 50, 250]) {
    const index = dispersion(arrivals, 500_000, binMs);
    assert.ok(index > 0.9 && index < 1.1, `${binMs} ms: ${index}`);
  }
  assert.equal(new Set(arrivals.map(({ k }) => k)).size, arrivals.length);
});

test("Poisson arrivals follow a ramp", () => {
  const arrivals = poisson(planOf(1_000_000, [0, 0], [1_000_000, 200]), 3, 2);
  for (let quarter = 0; quarter < 4; quarter++) {
    const count = arrivals.filter(({ dueAtMs }) => Math.floor(dueAtMs / 250_000) === quarter).length;
    const mean = 6_250 * (2 * quarter + 1);
    assert.ok(Math.abs(count - mean) < 4 * Math.sqrt(mean), `${count} instead of ${mean}`);
  }
});

test("property: Poisson arrivals ascend within the plan, none where its rate is 0, and repeat with the seed", () => {
  const plan = planOf(4_000, [1_000, 10], [2_000, 40], [2_000, 0], [3_000, 0], [3_500, 20]);
  assertProperty(
    fc.property(fc.integer(), fc.integer({ min: 1, max: 9 }), (seed, workerCount) => {
      const share = { plan, worker: workerCount - 1, workerCount };
      const arrivals = drain(new PoissonArrivals(share, new Random(seed, 5)));
      for (const [index, { dueAtMs }] of arrivals.entries()) {
        assert.ok(dueAtMs >= 1_000 && dueAtMs < 4_000 && !(dueAtMs > 2_000 && dueAtMs < 3_000));
        assert.ok(index === 0 || dueAtMs >= (arrivals[index - 1] as Arrival).dueAtMs);
      }
      assert.deepEqual(drain(new PoissonArrivals(share, new Random(seed, 5))), arrivals);
    }),
  );
});

test("Poisson arrivals after a change begin with the agreed iteration", () => {
  const share = { plan: planOf(never, [0, 100]), worker: 0, workerCount: 1, firstK: 1_000 };
  const means = Array.from({ length: 2_000 }, (_, seed) => new PoissonArrivals(share, new Random(seed, 0)).dueAtMs);
  const mean = means.reduce((sum, dueAtMs) => sum + dueAtMs, 0) / means.length;
  assert.ok(means.every((dueAtMs) => dueAtMs >= 10_000));
  assert.ok(Math.abs(mean - 10_010) < 1, `${mean}`);
});
