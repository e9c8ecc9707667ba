import { type Plan, valueAt } from "./plan.ts";

/** Straight lines between points in columns; of two points at the same time the later one counts from there. */
export interface PlanLine {
  readonly atMs: readonly number[];
  /** By plan group: the sum of its plans; null for a group without a plan. */
  readonly values: readonly (readonly number[] | null)[];
}

/** Sums the plans of each group, all at the same times. A plan counts from 0 to its end; after that it is 0. */
export function planLine(groups: readonly (readonly Plan[])[]): PlanLine {
  const plans = groups.flat();
  const times = [0, ...plans.flatMap(({ points, durationMs }) => [...points.map(({ atMs }) => atMs), durationMs])];
  const endMs = Math.max(0, ...plans.map(({ durationMs }) => durationMs));
  const atMs: number[] = [];
  const values = groups.map(() => [] as number[]);
  for (const time of [...new Set(times)].filter((one) => one <= endMs).sort((a, b) => a - b)) {
    const before = groups.map((group) => sum(group, (plan) => valueBefore(plan, time)));
    const from = groups.map((group) => sum(group, (plan) => (time < plan.durationMs ? valueAt(plan, time) : 0)));
    const jumps = before.some((value, position) => value !== from[position]);
    // Nobody needs to be shown that the run ends at its end.
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

/** What the plan comes to just before a time. */
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
