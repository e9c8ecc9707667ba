import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type Plan, valueAt } from "../../../src/core/plan/plan.ts";
import { SteeredPlan } from "../../../src/core/plan/steered-plan.ts";
import { assertProperty } from "../../support/property.ts";

const atOnce = Number.POSITIVE_INFINITY;
const hill: Plan = {
  points: [
    { atMs: 0, value: 0 },
    { atMs: 10_000, value: 100 },
    { atMs: 20_000, value: 0 },
  ],
  durationMs: 20_000,
};
const values = (plan: SteeredPlan, ...times: number[]) => times.map((atMs) => valueAt(plan.current, atMs));

test("without an edit it is the plan", () => {
  assert.equal(new SteeredPlan(hill).current, hill);
});

test("a ramp leaves what was before it, and the end", () => {
  const plan = new SteeredPlan(hill);
  plan.rampTo(10, 5_000, 20);
  assert.deepEqual(values(plan, 2_000, 5_000, 6_000, 7_000, 15_000), [20, 50, 30, 10, 10]);
  assert.equal(plan.current.durationMs, 20_000);
});

test("paused it is 0 without an end, resumed it goes on where it stood", () => {
  const plan = new SteeredPlan(hill);
  plan.pause(12_000);
  assert.deepEqual(values(plan, 11_999, 12_000, 999_999), [80.01, 0, 0]);
  assert.equal(plan.current.durationMs, Number.POSITIVE_INFINITY);
  plan.resume(30_000, 40);
  assert.deepEqual(values(plan, 11_999, 12_000, 30_000, 31_000, 32_000, 36_000, 40_000), [80.01, 0, 0, 40, 80, 40, 0]);
  assert.equal(plan.current.durationMs, 40_000);
});

test("a second pause and a second resume change nothing", () => {
  const plan = new SteeredPlan(hill);
  plan.resume(1_000, atOnce);
  assert.equal(plan.current, hill);
  plan.pause(5_000);
  plan.pause(8_000);
  plan.resume(9_000, atOnce);
  const { current } = plan;
  plan.resume(15_000, atOnce);
  assert.equal(plan.current, current);
  assert.deepEqual([...values(plan, 4_999, 5_000, 8_999, 9_000), current.durationMs], [49.99, 0, 0, 50, 24_000]);
});

test("a ramp during a pause begins when the pause ends", () => {
  const plan = new SteeredPlan(hill);
  plan.pause(5_000);
  plan.rampTo(70, 6_000, 10);
  assert.deepEqual(values(plan, 5_000, 7_000, 60_000), [0, 0, 0]);
  plan.resume(10_000, atOnce);
  assert.deepEqual(values(plan, 9_999, 10_000, 11_000, 12_000, 20_000), [0, 50, 60, 70, 70]);
});

test("the last of several ramps during a pause wins", () => {
  const plan = new SteeredPlan(hill);
  plan.pause(5_000);
  for (const target of [90, 10, 30]) plan.rampTo(target, 6_000, atOnce);
  plan.resume(10_000, 30);
  assert.deepEqual(values(plan, 10_000, 10_500, 11_000, 20_000), [0, 15, 30, 30]);
});

test("a plan that is over stays over", () => {
  const plan = new SteeredPlan(hill);
  plan.pause(20_000);
  assert.equal(plan.current.durationMs, 20_000);
  plan.resume(30_000, atOnce);
  plan.rampTo(5, 40_000, atOnce);
  assert.equal(plan.current, hill);
});

const edit = fc.oneof(
  fc.record({ kind: fc.constant("ramp" as const), target: fc.nat(50), perSecond: fc.integer({ min: 1, max: 90 }) }),
  fc.record({ kind: fc.constant("pause" as const) }),
  fc.record({ kind: fc.constant("resume" as const) }),
);

/** Edits a plan, and keeps account of its pauses. */
class Steered {
  readonly plan = new SteeredPlan(hill);
  #sinceMs: number | null = null;
  #endMs = hill.durationMs;

  get endMs(): number {
    return this.#sinceMs === null ? this.#endMs : Number.POSITIVE_INFINITY;
  }

  do(one: typeof edit extends fc.Arbitrary<infer Edit> ? Edit : never, atMs: number): void {
    if (one.kind === "ramp") this.plan.rampTo(one.target, atMs, one.perSecond);
    else if (one.kind === "pause") {
      this.plan.pause(atMs);
      this.#sinceMs ??= atMs;
    } else {
      this.plan.resume(atMs, atOnce);
      this.#endMs += atMs - (this.#sinceMs ?? atMs);
      this.#sinceMs = null;
    }
  }
}

test("property: whatever is done, what was before it stays, and every pause is made up for at the end", () => {
  const edits = fc.array(fc.tuple(fc.integer({ min: 1, max: 3_000 }), edit), { maxLength: 10 });
  assertProperty(
    fc.property(edits, (list) => {
      const steered = new Steered();
      let atMs = 0;
      for (const [afterMs, one] of list) {
        atMs += afterMs;
        if (atMs >= steered.endMs) break;
        const samples = [0, 0.25, 0.5, 0.75, 0.999].map((share) => share * atMs);
        const before = values(steered.plan, ...samples);
        steered.do(one, atMs);
        const after = values(steered.plan, ...samples);
        assert.ok(
          after.every((value, position) => Math.abs(value - (before[position] ?? 0)) < 1e-6),
          one.kind,
        );
        const { durationMs } = steered.plan.current;
        assert.ok(durationMs === steered.endMs || Math.abs(durationMs - steered.endMs) < 1e-6, `${durationMs}`);
        if (steered.endMs === Number.POSITIVE_INFINITY) assert.equal(valueAt(steered.plan.current, atMs + 1), 0);
      }
    }),
  );
});
