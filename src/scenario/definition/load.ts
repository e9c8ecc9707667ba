import type { CapacityLoad } from "./capacity-load.ts";
import type { OpenOptions } from "./open-options.ts";
import type { SpikeLoad } from "./spike-load.ts";

/** How much load, as a test file says it. Compiled into plans (`core/plan.ts`) when the run is resolved. */
export type Load = PlainLoad | SpikeLoad | CapacityLoad;

/** Those that are what they say; any other is made of them. */
export type PlainLoad = ClosedLoad | OpenLoad | IterationLoad | ShapedLoad;

export type ClosedLoad = ConstantUsers | StagedUsers;

/** `users` are started at `spawnRate` per second and stay until `duration` after the start. */
export interface ConstantUsers {
  readonly kind: "closed";
  readonly users: number;
  /** Users per second. */
  readonly spawnRate: number;
  /** From the start, the ramp included. */
  readonly duration: string;
}

/** Straight lines from target to target; a stage of "0s" is a jump. */
export interface StagedUsers {
  readonly kind: "closed-stages";
  readonly stages: readonly Stage[];
  readonly startUsers: number;
}

export interface Stage {
  readonly duration: string;
  readonly target: number;
}

/** Iterations begin when they are due, whether or not earlier ones have ended. */
export type OpenLoad =
  | (OpenOptions & { readonly kind: "open"; readonly rate: number; readonly duration: string })
  | (OpenOptions & { readonly kind: "open-stages"; readonly stages: readonly Stage[]; readonly startRate: number });

/** A given number of iterations, by all users together (`total`) or by each (`perUser`). */
export interface IterationLoad {
  readonly kind: "iterations";
  readonly users: number;
  readonly total?: number;
  readonly perUser?: number;
  /** What has not begun by then is dropped, and counted; default "10m". */
  readonly maxDuration: string;
}

/** What a shape function sees of the run so far, all workers merged. */
export interface ShapeStatistics {
  readonly users: number;
  readonly requests: number;
  readonly failures: number;
  /** Over the last seconds. */
  readonly requestsPerSecond: number;
  readonly failuresPerSecond: number;
  /** Response times since the start; 0 before the first response. */
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
}

/** The users to have from now on, and how fast to get there. `classes` (weights by name) replaces who they are. */
export interface ShapeTarget {
  readonly users: number;
  /** Users per second. */
  readonly spawnRate: number;
  readonly classes?: Readonly<Record<string, number>>;
}

/** Called on the master once a second with the seconds since the start; null ends the run. */
export type ShapeFunction = (elapsedSeconds: number, statistics: ShapeStatistics) => ShapeTarget | null;

export interface ShapedLoad {
  readonly kind: "shape";
  readonly shape: ShapeFunction;
}

/** A closed load: each user waits for its own answers, so a slower service gets fewer requests. */
export function closed(load: { users: number; spawnRate: number; duration: string }): ConstantUsers;
export function closed(load: { stages: readonly Stage[]; startUsers?: number }): StagedUsers;
export function closed(
  load: { users: number; spawnRate: number; duration: string } | { stages: readonly Stage[]; startUsers?: number },
): ClosedLoad {
  if ("stages" in load) return { startUsers: 0, ...load, kind: "closed-stages" };
  return { ...load, kind: "closed" };
}

/** An open load: the arrival rate does not depend on how fast the service answers, as with real visitors. */
export function open(load: OpenOptions & { rate: number; duration: string }): OpenLoad;
export function open(load: OpenOptions & { stages: readonly Stage[]; startRate?: number }): OpenLoad;
export function open(
  load: OpenOptions & ({ rate: number; duration: string } | { stages: readonly Stage[]; startRate?: number }),
): OpenLoad {
  if ("stages" in load) return { startRate: 0, ...load, kind: "open-stages" };
  return { ...load, kind: "open" };
}

/** A load that ends by count: exactly so many iterations run, with any number of workers. */
export function iterations(
  load: { users: number; maxDuration?: string } & ({ total: number } | { perUser: number }),
): IterationLoad {
  return { maxDuration: "10m", ...load, kind: "iterations" };
}

/** A load that a function decides as it goes. */
export function shape(decide: ShapeFunction): ShapedLoad {
  return { kind: "shape", shape: decide };
}
