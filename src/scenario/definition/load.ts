import type { CapacityLoad } from "./capacity-load.ts";
import type { OpenOptions } from "./open-options.ts";
import type { SpikeLoad } from "./spike-load.ts";

/** The load in a test file. It becomes a plan (`core/plan/plan.ts`) when the run is resolved. */
export type Load = PlainLoad | SpikeLoad | CapacityLoad;

/** The basic loads. Spikes and capacity searches are composed of them. */
export type PlainLoad = ClosedLoad | OpenLoad | IterationLoad | ShapedLoad;

export type ClosedLoad = ConstantUsers | StagedUsers;

/** Starts `users` at `spawnRate` and keeps them until `duration` is over. */
export interface ConstantUsers {
  readonly kind: "closed";
  readonly users: number;
  /** Users per second. */
  readonly spawnRate: number;
  /** The time from the start to the end, ramp included. */
  readonly duration: string;
}

/** Ramps linearly from target to target, like k6's `ramping-vus`; a stage of "0s" is a jump. */
export interface StagedUsers {
  readonly kind: "closed-stages";
  readonly stages: readonly Stage[];
  readonly startUsers: number;
}

export interface Stage {
  readonly duration: string;
  readonly target: number;
}

/** Starts iterations when they are due, whether or not earlier ones have ended (k6's arrival-rate executors). */
export type OpenLoad =
  | (OpenOptions & { readonly kind: "open"; readonly rate: number; readonly duration: string })
  | (OpenOptions & { readonly kind: "open-stages"; readonly stages: readonly Stage[]; readonly startRate: number });

/**
 * Runs a fixed number of iterations: `total` for all users together (k6's `shared-iterations`), or `perUser` for each user
 * (k6's `per-vu-iterations`).
 */
export interface IterationLoad {
  readonly kind: "iterations";
  readonly users: number;
  readonly total?: number;
  readonly perUser?: number;
  /** The maximum duration; iterations that have not started by then are dropped and counted. Default "10m". */
  readonly maxDuration: string;
}

/** Statistics of the run so far, of all workers together, for a shape function. */
export interface ShapeStatistics {
  readonly users: number;
  readonly requests: number;
  readonly failures: number;
  /** The throughput over the last seconds. */
  readonly requestsPerSecond: number;
  readonly failuresPerSecond: number;
  /** Percentiles of the response time since the start; 0 before the first response. */
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
}

/** The target number of users from now on. `classes`, weights by name, replaces the mix of classes. */
export interface ShapeTarget {
  readonly users: number;
  /** Users per second. */
  readonly spawnRate: number;
  readonly classes?: Readonly<Record<string, number>>;
}

/** Returns the load for the next second; null ends the run. The master calls it once a second, as Locust calls `tick()`. */
export type ShapeFunction = (elapsedSeconds: number, statistics: ShapeStatistics) => ShapeTarget | null;

export interface ShapedLoad {
  readonly kind: "shape";
  readonly shape: ShapeFunction;
}

/**
 * A closed load: a fixed number of users, each of which waits for its own responses. A slower service gets fewer requests.
 */
export function closed(load: { users: number; spawnRate: number; duration: string }): ConstantUsers;
export function closed(load: { stages: readonly Stage[]; startUsers?: number }): StagedUsers;
export function closed(
  load: { users: number; spawnRate: number; duration: string } | { stages: readonly Stage[]; startUsers?: number },
): ClosedLoad {
  if ("stages" in load) return { startUsers: 0, ...load, kind: "closed-stages" };
  return { ...load, kind: "closed" };
}

/** An open load: iterations arrive at a fixed rate, however slow the service is, as independent visitors do. */
export function open(load: OpenOptions & { rate: number; duration: string }): OpenLoad;
export function open(load: OpenOptions & { stages: readonly Stage[]; startRate?: number }): OpenLoad;
export function open(
  load: OpenOptions & ({ rate: number; duration: string } | { stages: readonly Stage[]; startRate?: number }),
): OpenLoad {
  if ("stages" in load) return { startRate: 0, ...load, kind: "open-stages" };
  return { ...load, kind: "open" };
}

/** A load of a fixed number of iterations. Exactly this many run, whatever the number of workers. */
export function iterations(
  load: { users: number; maxDuration?: string } & ({ total: number } | { perUser: number }),
): IterationLoad {
  return { maxDuration: "10m", ...load, kind: "iterations" };
}

/** A load that a function controls during the run (Locust's `LoadTestShape`). */
export function shape(decide: ShapeFunction): ShapedLoad {
  return { kind: "shape", shape: decide };
}
