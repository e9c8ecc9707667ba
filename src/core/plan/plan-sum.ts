import { type Plan, valueAt } from "./plan.ts";

/**
 * A piecewise-linear function for each plan group, in columns. Where two points have the same time (a jump), the later one
 * counts from that time on.
 */
export interface PlanLine {
  readonly atMs: readonly number[];
  /** The sums of the plans by plan group; null for a group without a plan. */
  readonly values: readonly (readonly number[] | null)[];
}

/**
 * Sums the plans of each group, with the same times for all groups. A plan counts from 0 to its end and is 0 after it. The line of
 * plans without an end stops at their last point.
 */
export function planLine(groups: readonly (readonly Plan[])[]): PlanLine {
  const plans = groups.flat();
  const times = [0, ...plans.flatMap(({ points, durationMs }) => [...points.map(({ atMs }) => atMs), durationMs])];
  const finite = [...new Set(times)].filter(Number.isFinite);
  const endMs = Math.max(0, ...plans.map(({ durationMs }) => durationMs));
  const atMs: number[] = [];
  const values = groups.map(() => [] as number[]);
  for (const time of finite.filter((one) => one <= endMs).sort((a, b) => a - b)) {
    const before = groups.map((group) => sum(group, (plan) => valueBefore(plan, time)));
    const from = groups.map((group) => sum(group, (plan) => (time < plan.durationMs ? valueAt(plan, time) : 0)));
    const jumps = before.some((value, position) => value !== from[position]);
    // The drop to 0 at the end of the run is left out.
    const shown = time === 0 ? [from] : time === endMs || !jumps ? [before] : [before, from];
    for (const row of shown) {
      atMs.push(time);
      row.forEach((value, position) => {
        values[position]?.push(value);
      });
    }
  }
  return { atMs, values: values.map((column, position) => (groups[position]?.length === 0 ? null : column)) };
}

/** The plan's value just before a time (the limit from the left). */
function valueBefore({ points, durationMs }: Plan, atMs: number): number {
  if (atMs > durationMs) return 0;
  const next = points.findIndex((point) => point.atMs >= atMs);
  const [from, to] = [points[next < 0 ? points.length - 1 : next - 1], points[next]];
  if (from === undefined) return 0;
  if (next < 0 || to === undefined) return from.value;
  return from.value + ((atMs - from.atMs) * (to.value - from.value)) / (to.atMs - from.atMs);
}

function sum(plans: readonly Plan[], of: (plan: Plan) => number): number {
  return plans.reduce((total, plan) => total + of(plan), 0);
}
