import { ConfigurationError } from "../errors.ts";
import { lastStarted } from "../last-started.ts";
import { type Plan, type PlanPoint, valueAt } from "./plan.ts";

/*
 * Changes to a plan while it runs. Each function returns a new plan with the same values before `atMs` (cutting a slope may move
 * the times of its changes by a rounding error), or the same plan object if nothing changes, as after the plan's end. Times are
 * in ms from the start of the run, 0 or more; any other time throws a RangeError.
 */

/**
 * Ramps linearly from the value at `atMs` to `target`, by `perSecond` (above 0; Infinity jumps) each second, and then holds
 * it until the plan's end, which stays the same.
 *
 * @throws ConfigurationError if the target is not finite or below 0, or `perSecond` is not above 0
 */
export function rampTo(plan: Plan, atMs: number, target: number, perSecond: number): Plan {
  if (!Number.isFinite(target) || target < 0)
    throw new ConfigurationError(`the target is ${target}; valid is 0 or more`);
  refuseUnlessSlope(perSecond);
  if (isOver(plan, atMs)) return plan;
  const value = valueAt(plan, atMs);
  const rampMs = rampMsOf(target - value, perSecond);
  const points = [...pointsUntil(plan, atMs), { atMs, value }, { atMs: atMs + rampMs, value: target }];
  return { points: withoutRepeats(points), durationMs: plan.durationMs };
}

/** Sets the plan to 0 from `atMs` on, without an end: a paused run waits until it is resumed or stopped. */
export function paused(plan: Plan, atMs: number): Plan {
  if (isOver(plan, atMs)) return plan;
  const points = withoutRepeats([...pointsUntil(plan, atMs), { atMs, value: 0 }]);
  return { points, durationMs: Number.POSITIVE_INFINITY };
}

/**
 * The plan `original`, paused from `pausedAtMs` until `resumedAtMs`. It then ramps from 0 by `perSecond` (above 0; Infinity
 * jumps) each second to the value at the pause, and continues with the rest of the plan, delayed by the pause and the ramp.
 *
 * @throws ConfigurationError if `perSecond` is not above 0
 * @throws RangeError also if `resumedAtMs` is before `pausedAtMs`
 */
export function resumed(original: Plan, pausedAtMs: number, resumedAtMs: number, perSecond: number): Plan {
  refuseUnlessSlope(perSecond);
  if (!(resumedAtMs >= pausedAtMs && Number.isFinite(resumedAtMs))) {
    throw new RangeError(`a plan paused at ${pausedAtMs} ms cannot be resumed at ${resumedAtMs} ms`);
  }
  if (isOver(original, pausedAtMs)) return original;
  const value = valueAt(original, pausedAtMs);
  const againAtMs = resumedAtMs + rampMsOf(value, perSecond);
  const byMs = againAtMs - pausedAtMs;
  const points = [
    ...pointsUntil(original, pausedAtMs),
    { atMs: pausedAtMs, value: 0 },
    { atMs: resumedAtMs, value: 0 },
    { atMs: againAtMs, value },
    ...later(pointsAfter(original, pausedAtMs), byMs),
  ];
  return { points: withoutRepeats(points), durationMs: original.durationMs + byMs };
}

/** Ends the plan at `atMs`, unless it ends earlier. */
export function endedAt(plan: Plan, atMs: number): Plan {
  return isOver(plan, atMs) ? plan : { points: plan.points, durationMs: atMs };
}

/** Delays the whole plan by `byMs`, 0 or more; it is 0 before. */
export function shifted(plan: Plan, byMs: number): Plan {
  refuseUnlessTime(byMs);
  return byMs === 0 ? plan : { points: later(plan.points, byMs), durationMs: plan.durationMs + byMs };
}

/**
 * The plan with the same values from `atMs` on, without points that no longer matter, so that a plan to which points are
 * added for hours does not grow. Earlier values are lost, and with them the iteration numbers of an open load.
 */
export function tailFrom(plan: Plan, atMs: number): Plan {
  refuseUnlessTime(atMs);
  const first = lastStarted(plan.points, atMs, (point) => point.atMs);
  return first <= 0 ? plan : { points: plan.points.slice(first), durationMs: plan.durationMs };
}

/** The points that define the values before `atMs`, ending with a point at that time. */
function pointsUntil(plan: Plan, atMs: number): PlanPoint[] {
  const firstLater = plan.points.findIndex((point) => point.atMs >= atMs);
  const points = plan.points.slice(0, firstLater < 0 ? plan.points.length : firstLater);
  const from = points.at(-1);
  if (from === undefined) return [];
  // The values before atMs lead to the first of several points at atMs; valueAt returns the last.
  const to = plan.points[firstLater] ?? { atMs, value: from.value };
  const value = to.atMs === atMs ? to.value : valueAt(plan, atMs);
  return [...points, { atMs, value }];
}

/** The points that define the values after `atMs`, to be appended to other points. */
function pointsAfter(plan: Plan, atMs: number): PlanPoint[] {
  const points = plan.points.filter((point) => point.atMs > atMs);
  const first = plan.points[0];
  // Before its first point a plan is 0, and jumps from there.
  return first !== undefined && first.atMs > atMs ? [{ atMs: first.atMs, value: 0 }, ...points] : points;
}

function later(points: readonly PlanPoint[], byMs: number): PlanPoint[] {
  return points.map(({ atMs, value }) => ({ atMs: atMs + byMs, value }));
}

function withoutRepeats(points: readonly PlanPoint[]): PlanPoint[] {
  return points.filter(({ atMs, value }, index) => {
    const previous = points[index - 1];
    return previous?.atMs !== atMs || previous.value !== value;
  });
}

function rampMsOf(difference: number, perSecond: number): number {
  return (Math.abs(difference) / perSecond) * 1_000;
}

function isOver(plan: Plan, atMs: number): boolean {
  refuseUnlessTime(atMs);
  return atMs >= plan.durationMs;
}

function refuseUnlessTime(ms: number): void {
  if (!Number.isFinite(ms) || ms < 0) throw new RangeError(`a plan changes at 0 ms or later, not at ${ms}`);
}

function refuseUnlessSlope(perSecond: number): void {
  if (!(perSecond > 0)) throw new ConfigurationError(`the change per second is ${perSecond}; it must be above 0`);
}
