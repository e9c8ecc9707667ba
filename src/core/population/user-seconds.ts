import type { Plan } from "../plan/plan.ts";
import { type Segment, segmentsOf } from "../plan/plan-segment.ts";

/**
 * The time that all virtual users of a plan exist between two times, in user-seconds: the integral of the population.
 *
 * @param fromMs the start, in ms since the start of the run
 * @param toMs the end; values after the plan's own end do not count
 * @param limit the maximum number of users of the plan's classes
 */
export function userSeconds(plan: Plan, fromMs: number, toMs: number, limit = Number.POSITIVE_INFINITY): number {
  return segmentsOf(plan).reduce((sum, segment) => {
    const startMs = Math.max(segment.startMs, fromMs);
    const endMs = Math.min(segment.endMs, toMs);
    return endMs > startMs ? sum + meanPopulation(segment, startMs, endMs, limit) * ((endMs - startMs) / 1_000) : sum;
  }, 0);
}

function meanPopulation({ startMs, spanMs, from, to }: Segment, fromMs: number, toMs: number, limit: number): number {
  const valueAt = (atMs: number) => from + ((atMs - startMs) * (to - from)) / spanMs;
  const [first, last] = from === to ? [from, from] : [valueAt(fromMs), valueAt(toMs)];
  if (Math.abs(last - first) < 1e-9) return Math.min(Math.ceil(first), limit);
  return (ceiledArea(last, limit) - ceiledArea(first, limit)) / (last - first);
}

/** The integral of min(ceil(x), limit) from 0 to `value`. */
function ceiledArea(value: number, limit: number): number {
  if (value > limit) return ceiledArea(limit, limit) + (value - limit) * limit;
  const whole = Math.floor(value);
  return (whole * (whole + 1)) / 2 + (value - whole) * (whole + 1);
}
