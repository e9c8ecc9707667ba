import { parseDuration } from "../../core/duration.ts";
import { ConfigurationError } from "../../core/errors.ts";
import {
  constantUsersPlan,
  type Plan,
  type PlanPoint,
  rampEndMs,
  stagesPlan,
  truncated,
} from "../../core/plan/plan.ts";
import { shifted } from "../../core/plan/plan-edit.ts";
import type { IterationLoad, OpenLoad, PlainLoad, ShapeFunction } from "../definition/load.ts";
import type { OpenOptions } from "../definition/open-options.ts";

/** A load with all defaults filled in. Times are in ms since the start of the run. */
export type ResolvedLoad = ResolvedClosed | ResolvedOpen | ResolvedIterations | ResolvedShape;

export interface ResolvedClosed {
  readonly kind: "closed";
  /** Users over time. */
  readonly plan: Plan;
}

export interface ResolvedOpen {
  readonly kind: "open";
  /** Iterations per second over time. */
  readonly plan: Plan;
  readonly maxUsers: number;
  /** The number of iterations that can wait for a free user; further ones are dropped. 0 if none can wait. */
  readonly queueLimit: number;
  readonly arrivals: "even" | "poisson";
}

export interface ResolvedIterations {
  readonly kind: "iterations";
  readonly users: number;
  /** The number of iterations, of all users together or of each user. */
  readonly count: { readonly total: number } | { readonly perUser: number };
  readonly startMs: number;
  readonly endMs: number;
}

export interface ResolvedShape {
  readonly kind: "shape";
  readonly shape: ShapeFunction;
  readonly startMs: number;
  /** Infinity if only the shape function ends the run; `--run-time` can end it earlier. */
  readonly endMs: number;
}

/** Options of the command line that override a load. */
export interface LoadOverrides {
  readonly users?: number | undefined;
  /** Users per second. */
  readonly spawnRate?: number | undefined;
  /** Iterations per second; turns the load into an open one. */
  readonly rate?: number | undefined;
  readonly runTimeMs?: number | undefined;
}

/** The iteration time, in seconds, that the default of `maxUsers` allows for at the highest rate (Little's law). */
const defaultIterationSeconds = 10;
const fewestDefaultUsers = 100;
const mostDefaultUsers = 20_000;
/** The queue of waiting iterations has room for the arrivals of this many seconds. */
const queueSeconds = 60;

/**
 * Resolves a load of a test file.
 * @throws ConfigurationError if an option of the command line does not apply to the load
 */
export function resolveLoad(load: PlainLoad, overrides: LoadOverrides): ResolvedLoad {
  if (overrides.rate !== undefined || load.kind === "open" || load.kind === "open-stages") {
    return resolveOpen(load, overrides);
  }
  if (load.kind === "iterations") return resolveIterations(load, overrides);
  if (load.kind === "shape" && overrides.users === undefined && overrides.spawnRate === undefined) {
    return { kind: "shape", shape: load.shape, startMs: 0, endMs: overrides.runTimeMs ?? Number.POSITIVE_INFINITY };
  }
  return { kind: "closed", plan: closedPlan(load, overrides) };
}

/** Returns the time unit of a rate, in seconds. */
export function secondsOf(per: string | undefined): number {
  return per === undefined ? 1 : parseDuration(per) / 1_000;
}

/** Delays a load by `byMs`. */
export function delayed(load: ResolvedLoad, byMs: number): ResolvedLoad {
  if (byMs === 0) return load;
  if (load.kind === "iterations" || load.kind === "shape") {
    return { ...load, startMs: load.startMs + byMs, endMs: load.endMs + byMs };
  }
  return { ...load, plan: shifted(load.plan, byMs) };
}

/** Returns when the load ends, in ms; Infinity for a shape. */
export function endOf(load: ResolvedLoad): number {
  return load.kind === "iterations" || load.kind === "shape" ? load.endMs : load.plan.durationMs;
}

function closedPlan(load: PlainLoad, { users, spawnRate, runTimeMs }: LoadOverrides): Plan {
  if (load.kind === "closed") {
    return constantUsersPlan({
      users: users ?? load.users,
      spawnRatePerSecond: spawnRate ?? load.spawnRate,
      durationMs: runTimeMs ?? parseDuration(load.duration),
    });
  }
  const staged = load.kind === "closed-stages" ? plannedStages(load.stages, load.startUsers, 1) : null;
  if (users === undefined && spawnRate === undefined && staged !== null) {
    return runTimeMs === undefined ? staged : truncated(staged, runTimeMs);
  }
  const durationMs = runTimeMs ?? staged?.durationMs;
  if (users === undefined || durationMs === undefined) {
    const missing = users === undefined ? "--spawn-rate needs --users" : "--users needs --run-time";
    throw new ConfigurationError(`${missing} here: the load of the profile has no single number to override`);
  }
  return constantUsersPlan({ users, spawnRatePerSecond: spawnRate ?? 1, durationMs });
}

function resolveOpen(load: PlainLoad, { rate, users, runTimeMs, spawnRate }: LoadOverrides): ResolvedOpen {
  if (spawnRate !== undefined) throw new ConfigurationError("--spawn-rate does not apply to an open load: use --rate");
  if (users === 0) throw new ConfigurationError("--users 0: at least one user must run the iterations");
  const options: OpenOptions = load.kind === "open" || load.kind === "open-stages" ? load : {};
  const plan = openPlan(load, rate, runTimeMs);
  const peak = highest(plan.points);
  const needed = Math.ceil(peak * defaultIterationSeconds);
  const maxUsers = users ?? options.maxUsers ?? Math.min(mostDefaultUsers, Math.max(fewestDefaultUsers, needed));
  return {
    kind: "open",
    plan,
    maxUsers,
    queueLimit: options.whenBusy === "drop" ? 0 : Math.max(1_000, Math.ceil(peak * queueSeconds)),
    arrivals: options.arrivals ?? "even",
  };
}

function openPlan(load: PlainLoad, rate: number | undefined, runTimeMs: number | undefined): Plan {
  if (rate === undefined && load.kind === "open-stages") {
    const plan = plannedStages(load.stages, load.startRate, secondsOf(load.per));
    return runTimeMs === undefined ? plan : truncated(plan, runTimeMs);
  }
  const durationMs = runTimeMs ?? writtenDurationMs(load);
  const perSecond = rate ?? rateOf(load);
  return { points: [{ atMs: 0, value: perSecond }], durationMs };
}

function rateOf(load: PlainLoad): number {
  return load.kind === "open" ? load.rate / secondsOf(load.per) : 0;
}

function writtenDurationMs(load: PlainLoad): number {
  if (load.kind === "closed" || load.kind === "open") return parseDuration(load.duration);
  if (load.kind === "iterations") return parseDuration(load.maxDuration);
  if (load.kind === "shape") throw new ConfigurationError("--rate needs --run-time here: a shape has no duration");
  return load.stages.reduce((sum, stage) => sum + parseDuration(stage.duration), 0);
}

function plannedStages(stages: OpenStages, start: number, per: number): Plan {
  return stagesPlan({
    stages: stages.map((stage) => ({ durationMs: parseDuration(stage.duration), target: stage.target / per })),
    start: start / per,
  });
}

type OpenStages = Extract<OpenLoad, { kind: "open-stages" }>["stages"];

function resolveIterations(load: IterationLoad, { users, spawnRate, runTimeMs }: LoadOverrides): ResolvedIterations {
  if (spawnRate !== undefined) {
    throw new ConfigurationError("--spawn-rate does not apply to iterations: all users start at once");
  }
  if (users === 0) throw new ConfigurationError("--users 0: at least one user must run the iterations");
  return {
    kind: "iterations",
    users: users ?? load.users,
    count: load.total !== undefined ? { total: load.total } : { perUser: load.perUser ?? 1 },
    startMs: 0,
    endMs: runTimeMs ?? parseDuration(load.maxDuration),
  };
}

function highest(points: readonly PlanPoint[]): number {
  return points.reduce((most, point) => Math.max(most, point.value), 0);
}

/**
 * Returns the end of the first ramp of a load, in ms since the start of the run; null for a shape, whose ramp is not known in
 * advance.
 */
export function rampEndOf(load: ResolvedLoad): number | null {
  switch (load.kind) {
    case "closed":
    case "open":
      return rampEndMs(load.plan);
    case "iterations":
      return load.startMs;
    case "shape":
      return null;
  }
}

/** Returns the time at which the ramps of all loads have ended; null if it is not known in advance. */
export function lastRampEndOf(loads: readonly ResolvedLoad[]): number | null {
  const ends = loads.map(rampEndOf);
  return ends.includes(null) ? null : Math.max(...ends.map((end) => end ?? 0));
}
