import type { OpenOptions } from "./open-options.ts";

/** When a spike comes and how long it is watched. */
export interface SpikeTimes {
  /** How long the load stays at its peak. */
  readonly hold: string;
  /** From base to peak; default "0s", a jump. */
  readonly rise?: string;
  /** From peak to base; default "0s". */
  readonly fall?: string;
  /** Base load before the first spike, which the others are compared with; default "1m". */
  readonly before?: string;
  /** Base load after each spike; default long enough to call trouble metastable: 5 minutes or 5 times the spike, and 30 s. */
  readonly after?: string;
  /** One after another; default 1. The second finds a service that has seen such load. */
  readonly spikes?: number;
  /** Below 1 shortens what is asked of a service (10 s clean, 30 s recovered, 5 minutes of patience) for trying out. */
  readonly timeScale?: number;
}

/** Iterations per second, from base to peak and back. */
export interface SpikeOfArrivals extends OpenOptions, SpikeTimes {
  readonly kind: "spike";
  readonly base: number;
  readonly peak: number;
}

/** Users, from base to peak and back. */
export interface SpikeOfUsers extends SpikeTimes {
  readonly kind: "spike-users";
  readonly users: { readonly base: number; readonly peak: number };
}

export type SpikeLoad = SpikeOfArrivals | SpikeOfUsers;

/** A sudden peak of the arrival rate, or of users; the result says whether the service absorbs it and recovers from it. */
export function spike(load: OpenOptions & SpikeTimes & { base: number; peak: number }): SpikeOfArrivals;
export function spike(load: SpikeTimes & { users: { base: number; peak: number } }): SpikeOfUsers;
export function spike(
  load: SpikeTimes & ((OpenOptions & { base: number; peak: number }) | { users: { base: number; peak: number } }),
): SpikeLoad {
  return "users" in load ? { ...load, kind: "spike-users" } : { ...load, kind: "spike" };
}
