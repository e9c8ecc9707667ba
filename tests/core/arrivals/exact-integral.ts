import type { Plan } from "../../../src/core/plan/plan.ts";

/** Bits after the binary point: no double of the tests' times (down to 1e-9 ms) and rates (1e-6 per second) has more. */
const bits = 120;

function exactly(value: number): bigint {
  return BigInt(value * 2 ** bits);
}

/**
 * Compares the integral of the plan's value, a rate per second, from 0 to `atMs` with `amount`: -1 below, 0 equal, 1 above.
 * All doubles are taken at their exact values. The plan is finite, begins at 0 and does not end within a slope.
 */
export function compareIntegral(plan: Plan, atMs: number, amount: number): number {
  const until = exactly(Math.min(atMs, plan.durationMs));
  // Twice the integral in rate per second times ms, as whole + fraction / span of the one slope that `until` cuts.
  let whole = -2_000n * (exactly(amount) << BigInt(bits));
  let fraction = 0n;
  let span = 1n;
  for (const [index, point] of plan.points.entries()) {
    const next = plan.points[index + 1] ?? { atMs: plan.durationMs, value: point.value };
    const [start, end, from, to] = [exactly(point.atMs), exactly(next.atMs), exactly(point.value), exactly(next.value)];
    if (end <= start || until <= start) continue;
    if (until >= end) {
      whole += (from + to) * (end - start);
    } else {
      const passed = until - start;
      whole += 2n * from * passed;
      fraction = (to - from) * passed * passed;
      span = end - start;
    }
  }
  const total = whole * span + fraction;
  return total < 0n ? -1 : total > 0n ? 1 : 0;
}
