import { type Plan, valueAt } from "./plan.ts";

/** A part of a run, in ms since its start; the end is Infinity if it is open. */
export interface IdleTime {
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * Lists the times in which a plan has no load, in order: before its first point, where its value stays 0, and after its
 * end.
 * @param sinceMs the time since which the plan is known; earlier times count as load
 */
export function idleTimesOf(plan: Plan, sinceMs = 0): IdleTime[] {
  const { points, durationMs } = plan;
  const later = points.filter(({ atMs }) => atMs >= sinceMs && atMs < durationMs);
  const known = [{ atMs: sinceMs, value: valueAt(plan, sinceMs) }, ...later];
  const hasBegun = (points[0]?.atMs ?? Number.POSITIVE_INFINITY) <= sinceMs;
  const times: { fromMs: number; toMs: number }[] = [];
  for (const [position, { atMs, value }] of known.entries()) {
    const next = known[position + 1];
    const toMs = next?.atMs ?? durationMs;
    const isBefore = position === 0 && !hasBegun;
    const stays = value === 0 && (isBefore || next === undefined || next.value === 0);
    if (stays && toMs > atMs) add(times, atMs, toMs);
  }
  if (durationMs < Number.POSITIVE_INFINITY) add(times, Math.max(sinceMs, durationMs), Number.POSITIVE_INFINITY);
  return times;
}

function add(times: { fromMs: number; toMs: number }[], fromMs: number, toMs: number): void {
  const last = times.at(-1);
  if (last?.toMs === fromMs) last.toMs = toMs;
  else times.push({ fromMs, toMs });
}

/** Returns the times that are in all of the lists, each of which is in order. */
export function commonIdleTimes(lists: readonly (readonly IdleTime[])[]): IdleTime[] {
  const [first = [], ...others] = lists;
  return others.reduce<IdleTime[]>(
    (common, list) =>
      common.flatMap((one) =>
        list.flatMap((other) => {
          const [fromMs, toMs] = [Math.max(one.fromMs, other.fromMs), Math.min(one.toMs, other.toMs)];
          return fromMs < toMs ? [{ fromMs, toMs }] : [];
        }),
      ),
    [...first],
  );
}
