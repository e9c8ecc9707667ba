import type { Targets } from "../../core/thresholds/targets.ts";

/** Options of a capacity search. */
export interface SearchOptions {
  /**
   * The targets that each trial must meet. They override the targets of the test and the profile. Without a target for
   * failures, the target is an error rate of 1 %.
   */
  readonly slo?: Targets;
  /** The search ends after this time, with or without an answer; default "20m". `--run-time` overrides it. */
  readonly deadline?: string;
  /**
   * The factor for the length of trials and drains, at most 1; default 1. A smaller factor makes it quick to try out a
   * search.
   */
  readonly timeScale?: number;
}

/** Searches for the highest arrival rate at which the service meets its targets. */
export interface CapacityOfArrivals extends SearchOptions {
  readonly kind: "capacity";
  /** The first rate to try. */
  readonly start: number;
  /** The highest rate to try. */
  readonly max: number;
  /** The run fails if the capacity is lower than this rate. */
  readonly atLeast?: number;
  /** The time unit of `start`, `max` and `atLeast`, such as "1m" or "10s"; default "1s". */
  readonly per?: string;
  /** The highest number of virtual users at the same time; default: enough for iterations of 10 s at the highest rate. */
  readonly maxUsers?: number;
}

/** Adds users until the throughput no longer rises, and fits the Universal Scalability Law (N. Gunther) to the trials. */
export interface CapacityOfUsers extends SearchOptions {
  readonly kind: "capacity-users";
  readonly users: {
    readonly start: number;
    /** The highest number of users to try. `--users` overrides it. */
    readonly max: number;
    /** Users started per second between trials; default: all at once. `--spawn-rate` overrides it. */
    readonly spawnRate?: number;
  };
}

export type CapacityLoad = CapacityOfArrivals | CapacityOfUsers;

/** Searches for the capacity of the service: the master runs trials at different loads until it has found the limit. */
export function findCapacity(load: Omit<CapacityOfArrivals, "kind">): CapacityOfArrivals;
export function findCapacity(load: Omit<CapacityOfUsers, "kind">): CapacityOfUsers;
export function findCapacity(load: Omit<CapacityOfArrivals, "kind"> | Omit<CapacityOfUsers, "kind">): CapacityLoad {
  return "users" in load ? { ...load, kind: "capacity-users" } : { ...load, kind: "capacity" };
}
