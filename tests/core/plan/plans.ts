import fc from "fast-check";
import type { Plan } from "../../../src/core/plan/plan.ts";

export function planOf(durationMs: number, ...points: [number, number][]): Plan {
  return { points: points.map(([atMs, value]) => ({ atMs, value })), durationMs };
}

// Times in whole and values in quarters, so that the reference below can tell "at" from "just after" safely.
const quarters = fc.nat({ max: 40 }).map((count) => count / 4);
export const anyPlan = fc
  .record({
    points: fc.array(fc.record({ atMs: fc.nat({ max: 40 }), value: fc.oneof(quarters, fc.nat({ max: 10 })) }), {
      maxLength: 7,
    }),
    durationMs: fc.nat({ max: 60 }),
  })
  .map(({ points, durationMs }) => ({ points: points.sort((one, other) => one.atMs - other.atMs), durationMs }));
export const roughPlan = fc
  .record({
    gaps: fc.array(
      fc.tuple(fc.double({ min: 0, max: 1e6, noNaN: true }), fc.double({ min: 0, max: 30, noNaN: true })),
      {
        maxLength: 7,
      },
    ),
    durationMs: fc.double({ min: 0, max: 5e6, noNaN: true }),
  })
  .map(({ gaps, durationMs }) => {
    let atMs = 0;
    const points = gaps.map(([gapMs, value]) => {
      atMs += gapMs;
      return { atMs, value };
    });
    return { points, durationMs };
  });
