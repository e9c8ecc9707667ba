import { ConfigurationError } from "../errors.ts";
import { lastStarted } from "../last-started.ts";

/** The planned load at one time: a number of virtual users, or iterations per second; 0 or more. */
export interface PlanPoint {
  readonly atMs: number;
  readonly value: number;
}

/**
 * The planned load as a piecewise-linear function of the time since the start of the run. Points have non-decreasing times
 * from 0 on; of two points at the same time (a jump), the later one counts from that time on. Plans are immutable: make a
 * new one.
 */
export interface Plan {
  readonly points: readonly PlanPoint[];
  readonly durationMs: number;
}

/**
 * The planned value at a time: 0 before the first point, the last value after the last one, regardless of the plan's
 * duration.
 */
export function valueAt(plan: Plan, atMs: number): number {
  const at = lastStarted(plan.points, atMs, (point) => point.atMs);
  const point = plan.points[at];
  const next = plan.points[at + 1];
  if (point === undefined || next === undefined) return point?.value ?? 0;
  return point.value + ((atMs - point.atMs) * (next.value - point.value)) / (next.atMs - point.atMs);
}

/** The time in ms when the first rise ends: the last point of the first run of rising values; 0 if nothing rises. */
export function rampEndMs(plan: Plan): number {
  const rises = (at: number) => (plan.points[at]?.value ?? 0) > (plan.points[at - 1]?.value ?? 0);
  let at = plan.points.findIndex((_, index) => rises(index));
  while (at >= 0 && rises(at + 1)) at++;
  return Math.min(plan.points[at]?.atMs ?? 0, plan.durationMs);
}

/**
 * A plan of `users` virtual users, reached after users / spawnRatePerSecond seconds (at once if the rate is Infinity) and
 * then held.
 *
 * @throws ConfigurationError if `users` or `durationMs` is not 0 or more, or the spawn rate is not above 0
 */
export function constantUsersPlan(load: { users: number; spawnRatePerSecond: number; durationMs: number }): Plan {
  const { users, spawnRatePerSecond, durationMs } = load;
  refuseUnlessAmount("users", users);
  if (!(spawnRatePerSecond > 0))
    throw new ConfigurationError(`the spawn rate is ${spawnRatePerSecond}; it must be above 0`);
  if (!(durationMs >= 0)) throw new ConfigurationError(`the duration is ${durationMs} ms; valid is 0 or more`);
  const rampMs = (users / spawnRatePerSecond) * 1_000;
  const full = { atMs: rampMs, value: users };
  const points = rampMs > 0 ? [{ atMs: 0, value: 0 }, full] : [full];
  return truncated({ points, durationMs: Number.POSITIVE_INFINITY }, durationMs);
}

/**
 * A plan of consecutive stages. Each changes linearly from the target of the stage before (at first `start`, default 0) to
 * its own; a stage of 0 ms jumps.
 *
 * @throws ConfigurationError if there is no stage, or a target or duration is not finite or below 0
 */
export function stagesPlan(load: { stages: readonly { durationMs: number; target: number }[]; start?: number }): Plan {
  const { stages, start = 0 } = load;
  if (stages.length === 0) throw new ConfigurationError("the plan has no stage; valid is one or more");
  refuseUnlessAmount("start", start);
  const points: PlanPoint[] = [{ atMs: 0, value: start }];
  let durationMs = 0;
  for (const [index, stage] of stages.entries()) {
    refuseUnlessAmount(`duration in ms of stage ${index + 1}`, stage.durationMs);
    refuseUnlessAmount(`target of stage ${index + 1}`, stage.target);
    durationMs += stage.durationMs;
    points.push({ atMs: durationMs, value: stage.target });
  }
  return { points, durationMs };
}

/**
 * The same plan with another duration in ms: cut off, or extended with its last value. Cutting a slope may move the times
 * of its changes by a rounding error.
 */
export function truncated(plan: Plan, durationMs: number): Plan {
  const cutMs = Math.min(plan.durationMs, durationMs);
  const points = plan.points.filter((point) => point.atMs <= cutMs);
  const last = points.at(-1);
  if (last !== undefined && last.atMs < cutMs && points.length < plan.points.length) {
    points.push({ atMs: cutMs, value: valueAt(plan, cutMs) });
  }
  return { points, durationMs };
}

function refuseUnlessAmount(what: string, value: number): void {
  if (!Number.isFinite(value) || value < 0) throw new ConfigurationError(`the ${what} is ${value}; valid is 0 or more`);
}
