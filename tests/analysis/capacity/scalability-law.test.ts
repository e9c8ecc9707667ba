import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { fitScalability, type UserStep } from "../../../src/analysis/capacity/scalability-law.ts";
import { nextUsers } from "../../../src/analysis/capacity/search.ts";
import { Random } from "../../../src/core/random.ts";
import { assertProperty } from "../../support/property.ts";
import { normal } from "../synthetic-noise.ts";

function assertNear(actual: number | undefined, expected: number, relative: number): void {
  assert.ok(actual !== undefined && Math.abs(actual - expected) <= relative * expected, `${actual} is not ${expected}`);
}

test("the coefficients of a published example", () => {
  // SPEC SDM91, a Sun SPARCcenter 2000: Gunther, Guerrilla Capacity Planning, chapter 5; the R package usl, whose vignette gives
  // 89.995, 0.02773 and 0.0001044 for it.
  const users = [1, 18, 36, 72, 108, 144, 216];
  const perSecond = [64.9, 995.9, 1652.4, 1853.2, 1828.9, 1775.0, 1702.2];
  const fit = fitScalability(users.map((count, i) => ({ users: count, succeededPerSecond: perSecond[i] as number })));
  assert.ok(fit.kind === "fitted" && fit.peak !== null);
  assertNear(fit.perUser, 89.995, 0.001);
  assertNear(fit.contention, 0.02773, 0.001);
  assertNear(fit.coherency, 0.0001044, 0.002);
  assertNear(fit.peak.users, 96.5, 0.01);
  assert.ok(fit.determination > 0.98);
});

const lawAt = (users: number, perUser: number, contention: number, coherency: number) =>
  (perUser * users) / (1 + contention * (users - 1) + coherency * users * (users - 1));

test("property: the law that generated the points is found, with 2 % noise approximately", () => {
  const parameters = fc.tuple(
    fc.double({ min: 0.5, max: 100, noNaN: true }),
    fc.double({ min: 0.01, max: 0.2, noNaN: true }),
    fc.double({ min: 1e-4, max: 5e-3, noNaN: true }),
    fc.nat(),
  );
  assertProperty(
    fc.property(parameters, ([perUser, contention, coherency, seed]) => {
      const random = new Random(seed, 0);
      const peakUsers = Math.sqrt((1 - contention) / coherency);
      const users = [...new Set(Array.from({ length: 12 }, (_, i) => Math.max(1, Math.round((i * peakUsers) / 5))))];
      const exact = users.map((count) => ({
        users: count,
        succeededPerSecond: lawAt(count, perUser, contention, coherency),
      }));
      const fit = fitScalability(exact);
      assert.ok(fit.kind === "fitted");
      assertNear(fit.peak?.users, peakUsers, 1e-3);
      assertNear(fit.contention, contention, 0.01);
      const noisy = exact.map((step) => ({
        ...step,
        succeededPerSecond: step.succeededPerSecond * (1 + 0.02 * normal(random)),
      }));
      const roughly = fitScalability(noisy);
      assert.ok(roughly.kind === "fitted");
      // The position of the peak of a flat curve depends on noise; its height does not.
      if (roughly.peak !== null)
        assertNear(roughly.peak.perSecond, lawAt(peakUsers, perUser, contention, coherency), 0.1);
    }),
  );
});

test("throughput that levels off without falling has no peak", () => {
  const steps = [1, 4, 8, 16, 32, 64, 128].map((users) => ({ users, succeededPerSecond: lawAt(users, 20, 0.05, 0) }));
  const fit = fitScalability(steps);
  assert.ok(fit.kind === "fitted");
  assert.equal(fit.peak, null);
  assertNear(fit.contention, 0.05, 1e-3);
});

test("fewer than six points, or none beyond the bend, are not fitted", () => {
  const straight = [1, 2, 4, 8, 16, 32].map((users) => ({ users, succeededPerSecond: 10 * users }));
  assert.deepEqual(fitScalability(straight), {
    kind: "insufficient",
    reason: "the throughput rose with the users up to the end: it did not level off",
  });
  assert.deepEqual(fitScalability(straight.slice(0, 5)), {
    kind: "insufficient",
    reason: "5 numbers of users were tested; 6 are needed",
  });
});

test("users are increased until the throughput no longer rises", () => {
  const steps: UserStep[] = [];
  for (let users = nextUsers(steps, 4, 10_000); users !== null; users = nextUsers(steps, 4, 10_000)) {
    steps.push({ users, succeededPerSecond: lawAt(users, 20, 0.03, 1e-4) });
  }
  assert.ok((steps.at(-1)?.users ?? 0) < 300);
  const fit = fitScalability(steps);
  assert.ok(fit.kind === "fitted");
  assertNear(fit.peak?.users, Math.sqrt(0.97 / 1e-4), 0.01);
  assert.equal(nextUsers([], 50, 20), 20);
  assert.equal(nextUsers([{ users: 20, succeededPerSecond: 1 }], 5, 20), null);
  assert.equal(nextUsers([{ users: 16, succeededPerSecond: 1 }], 5, 20), 20);
});
