import type { FailureKind } from "../../core/failure-kind.ts";

/** The width of a window: spikes are analysed second by second. */
export const windowMs = 1_000;

/** One second of the run, of all workers together. */
export interface SpikeWindow {
  readonly startMs: number;
  /** Requests that were due, including those never sent. */
  readonly offered: number;
  /** Requests that ended. */
  readonly requests: number;
  readonly failures: number;
  /** Requests that ended without failure, and in time if a target limits the times. */
  readonly good: number;
  /** Percentiles of the response time; null if no request ended. */
  readonly timesMs: { readonly p50: number; readonly p95: number; readonly p99: number } | null;
  /** Whether every target held in this second alone. */
  readonly targetsHeld: boolean;
  /** The most frequent kind of failure; null if nothing failed. */
  readonly firstFailure: FailureKind | null;
}

/** The times of one spike, in ms since the start of the run. The base load runs before, between and after spikes. */
export interface SpikeSchedule {
  /** The time when the load begins to rise. */
  readonly riseMs: number;
  /** The time when the load reaches its peak. */
  readonly peakMs: number;
  /** The time when the load begins to fall. */
  readonly dropMs: number;
}

/** The windows at least half of which are in the given time. */
export function windowsWithin(windows: readonly SpikeWindow[], fromMs: number, toMs: number): SpikeWindow[] {
  return windows.filter(({ startMs }) => startMs + windowMs / 2 >= fromMs && startMs + windowMs / 2 < toMs);
}

/** The share of failed requests among those that ended in a second, 0..1. */
export function errorRateOf({ failures, requests }: SpikeWindow): number {
  return requests > 0 ? failures / requests : 0;
}
