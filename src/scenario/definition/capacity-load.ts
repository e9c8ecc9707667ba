import type { Targets } from "../../core/thresholds/targets.ts";

/** What a search for the capacity may be told. */
export interface SearchOptions {
  /** What must hold, over the targets of the test and the profile; an error rate of 1 % when nothing says anything of failures. */
  readonly slo?: Targets;
  /** When to end without an answer; default "20m". `--run-time` says the same. */
  readonly deadline?: string;
  /** Below 1 shortens trials and drains, for trying out. */
  readonly timeScale?: number;
}

/** Looks for the highest arrival rate that the service holds. */
export interface CapacityOfArrivals extends SearchOptions {
  readonly kind: "capacity";
  /** The first rate that is tried. */
  readonly start: number;
  /** No higher rate is tried. */
  readonly max: number;
  /** The run fails when the service holds less. */
  readonly atLeast?: number;
  /** The time that `start`, `max` and `atLeast` are counted in, such as "1m" or "10s"; default "1s". */
  readonly per?: string;
  /** The most virtual users at the same time; default enough for iterations of 10 s at the highest rate. */
  readonly maxUsers?: number;
}

/** Adds users until more of them bring no more, and fits the Universal Scalability Law. */
export interface CapacityOfUsers extends SearchOptions {
  readonly kind: "capacity-users";
  readonly users: {
    readonly start: number;
    /** `--users` overrides it. */
    readonly max: number;
    /** From one number of users to the next, users per second; by default all at once. `--spawn-rate` overrides it. */
    readonly spawnRate?: number;
  };
}

export type CapacityLoad = CapacityOfArrivals | CapacityOfUsers;

/** A search for what the service can carry: the master changes the load from trial to trial until it knows. */
export function findCapacity(load: Omit<CapacityOfArrivals, "kind">): CapacityOfArrivals;
export function findCapacity(load: Omit<CapacityOfUsers, "kind">): CapacityOfUsers;
export function findCapacity(load: Omit<CapacityOfArrivals, "kind"> | Omit<CapacityOfUsers, "kind">): CapacityLoad {
  return "users" in load ? { ...load, kind: "capacity-users" } : { ...load, kind: "capacity" };
}
