import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Stripe, workerOf } from "../../../src/core/arrivals/arrival-source.ts";
import { assertProperty } from "../../support/property.ts";

const anyCount = fc.integer({ min: 1, max: 40 });

function upTo(end: number, worker: number, workerCount: number, firstK: number): number[] {
  const stripe = new Stripe(worker, workerCount, firstK);
  const ks: number[] = [];
  for (let k = stripe.next(); k < end; k = stripe.next()) ks.push(k);
  return ks;
}

test("each round of iterations gives every worker one", () => {
  for (let workerCount = 1; workerCount <= 40; workerCount++) {
    const workers = Array.from({ length: 50 * workerCount }, (_, k) => workerOf(k, workerCount));
    for (let round = 0; round < 50; round++) {
      const ofRound = new Set(workers.slice(round * workerCount, (round + 1) * workerCount));
      assert.equal(ofRound.size, workerCount);
      assert.ok([...ofRound].every((worker) => worker >= 0 && worker < workerCount));
    }
  }
});

test("stripes that do not exist are refused", () => {
  for (const [worker, workerCount, firstK] of [
    [2, 2, 0],
    [-1, 2, 0],
    [0, 0, 0],
    [0.5, 2, 0],
    [0, 1, -1],
    [0, 1, 0.5],
  ]) {
    assert.throws(() => new Stripe(worker as number, workerCount as number, firstK as number), RangeError);
  }
});

test("property: whatever the workers before and after K, no iteration is lost or repeated", () => {
  assertProperty(
    fc.property(anyCount, anyCount, fc.nat({ max: 500 }), fc.nat({ max: 500 }), (before, after, k, rest) => {
      const all: number[] = [];
      for (let worker = 0; worker < before; worker++) all.push(...upTo(k, worker, before, 0));
      for (let worker = 0; worker < after; worker++) all.push(...upTo(k + rest, worker, after, k));
      assert.deepEqual(
        all.sort((one, other) => one - other),
        Array.from({ length: k + rest }, (_, index) => index),
      );
    }),
  );
});

test("property: a stripe ascends and holds the iterations of its worker", () => {
  assertProperty(
    fc.property(anyCount, fc.nat(), fc.nat({ max: 5_000_000_000 }), (workerCount, seed, firstK) => {
      const worker = seed % workerCount;
      const stripe = new Stripe(worker, workerCount, firstK);
      let previous = firstK - 1;
      for (let i = 0; i < 100; i++) {
        const k = stripe.next();
        assert.ok(k > previous && k < previous + 2 * workerCount);
        assert.equal(workerOf(k, workerCount), worker);
        previous = k;
      }
    }),
  );
});

test("user classes of any period do not stick to a worker", () => {
  const each = 200;
  for (let workerCount = 1; workerCount <= 40; workerCount++) {
    for (let period = 1; period <= 40; period++) {
      const stripe = new Stripe(workerCount - 1, workerCount);
      const counts = new Array<number>(period).fill(0);
      for (let i = 0; i < each * period; i++) {
        const place = stripe.next() % period;
        counts[place] = (counts[place] as number) + 1;
      }
      // Five standard deviations of what independent choice would give.
      const off = Math.max(...counts.map((count) => Math.abs(count - each)));
      assert.ok(off < 5 * Math.sqrt(each), `${workerCount} workers, period ${period}: ${counts}`);
    }
  }
});
