import type { SpikeSchedule, SpikeWindow } from "../../../src/analysis/spike/spike-window.ts";
import { Random } from "../../../src/core/random.ts";
import { normal } from "../synthetic-noise.ts";

export interface SyntheticService {
  /** The capacity in requests per second at a time of the run. */
  readonly capacityAt: (atMs: number, backlog: number) => number;
  /** The number of requests that can wait; further ones fail. */
  readonly queue: number;
}

export interface SpikedLoad {
  readonly base: number;
  readonly peak: number;
  readonly spikes: readonly SpikeSchedule[];
  readonly endMs: number;
}

/** Targets: p95 below 400 ms, fewer than 1 % errors. */
const targetP95Ms = 400;

/**
 * The windows of a service with one queue, second by second: its response time is 50 ms plus the wait for earlier requests.
 */
export function windowsOf(service: SyntheticService, load: SpikedLoad, seed = 1): SpikeWindow[] {
  const random = new Random(seed, 0);
  let backlog = 0;
  return Array.from({ length: load.endMs / 1_000 }, (_, second) => {
    const startMs = second * 1_000;
    const spiking = load.spikes.some(({ peakMs, dropMs }) => startMs >= peakMs && startMs < dropMs);
    const mean = spiking ? load.peak : load.base;
    const offered = Math.max(0, Math.round(mean + Math.sqrt(mean) * normal(random)));
    const capacity = service.capacityAt(startMs, backlog);
    const served = Math.min(backlog + offered, Math.round(capacity));
    const failures = Math.max(0, backlog + offered - served - service.queue);
    backlog += offered - served - failures;
    const waitMs = capacity > 0 ? (backlog / capacity) * 1_000 : 60_000;
    const time = (baseMs: number, spread: number) => (baseMs + waitMs) * Math.exp(spread * normal(random));
    const timesMs = { p50: time(50, 0.03), p95: time(120, 0.05), p99: time(200, 0.1) };
    const requests = served + failures;
    return {
      startMs,
      offered,
      requests,
      failures,
      good: timesMs.p95 < targetP95Ms ? served : 0,
      timesMs: requests > 0 ? timesMs : null,
      targetsHeld: requests > 0 && timesMs.p95 < targetP95Ms && failures < 0.01 * requests,
      firstFailure: failures > 0 ? "5xx" : null,
    };
  });
}
