import type { OpenOptions } from "./open-options.ts";

/** The times of a spike. */
export interface SpikeTimes {
  /** The time at the peak. */
  readonly hold: string;
  /** The time from base to peak; default "0s", a jump. */
  readonly rise?: string;
  /** The time from peak to base; default "0s", a jump. */
  readonly fall?: string;
  /** The time at base load before the first spike, which is the baseline of the comparison; default "1m". */
  readonly before?: string;
  /**
   * The time at base load after each spike; default: long enough to detect a metastable failure: 5 minutes or 5 times the
   * spike, plus 30 s.
   */
  readonly after?: string;
  /**
   * The number of spikes, one after another; default 1. A second spike shows how the service behaves once it has scaled out.
   */
  readonly spikes?: number;
  /**
   * The factor for the times that the verdict needs (10 s clean, 30 s recovered, 5 minutes until metastable), at most 1;
   * default 1. A smaller factor makes it quick to try out a spike.
   */
  readonly timeScale?: number;
}

/** A spike of the arrival rate, in iterations per second: from base to peak and back. */
export interface SpikeOfArrivals extends OpenOptions, SpikeTimes {
  readonly kind: "spike";
  readonly base: number;
  readonly peak: number;
}

/** A spike of the number of users: from base to peak and back. */
export interface SpikeOfUsers extends SpikeTimes {
  readonly kind: "spike-users";
  readonly users: { readonly base: number; readonly peak: number };
}

export type SpikeLoad = SpikeOfArrivals | SpikeOfUsers;

/**
 * A sudden peak of the arrival rate, or of users. The result shows whether the service absorbs the spike and recovers from
 * it.
 */
export function spike(load: OpenOptions & SpikeTimes & { base: number; peak: number }): SpikeOfArrivals;
export function spike(load: SpikeTimes & { users: { base: number; peak: number } }): SpikeOfUsers;
export function spike(
  load: SpikeTimes & ((OpenOptions & { base: number; peak: number }) | { users: { base: number; peak: number } }),
): SpikeLoad {
  return "users" in load ? { ...load, kind: "spike-users" } : { ...load, kind: "spike" };
}
