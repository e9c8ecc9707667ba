import type { EndpointWindow } from "../../../src/analysis/drift/drift-recorder.ts";
import { Random } from "../../../src/core/random.ts";
import { autoregressive, normal } from "../synthetic-noise.ts";

export interface SyntheticSoak {
  readonly hours: number;
  readonly windowMs: number;
  /** The standard deviation of the logarithm of each window's times. */
  readonly deviation: number;
  /** The correlation between the noise of one window and of the next. */
  readonly correlation: number;
  /** The factor of the service's times; `progress` goes from 0 to 1 over the run. */
  readonly factor: (progress: number, hours: number) => number;
}

/**
 * The windows of 30 users who pause 1 s between requests: times with lognormal noise, partly common to all percentiles,
 * some failures, and a throughput that falls a little when times rise.
 */
export function syntheticWindows(soak: SyntheticSoak, seed: number): EndpointWindow[] {
  const { hours, windowMs, deviation, correlation, factor } = soak;
  const length = Math.round((hours * 3_600_000) / windowMs);
  const noise = [0, 1, 2, 3].map((stream) => autoregressive(new Random(seed, stream), length, correlation));
  const random = new Random(seed, 4);
  return Array.from({ length }, (_, i) => {
    const progress = (i + 0.5) / length;
    const common = noise[0]?.[i] as number;
    const time = (baseMs: number, own: number, spread: number) =>
      baseMs *
      factor(progress, progress * hours) *
      Math.exp(deviation * spread * (0.8 * common + 0.6 * (noise[own]?.[i] as number)));
    const percentilesMs = { p50: time(40, 1, 1), p95: time(120, 2, 1), p99: time(250, 3, 1.5) };
    const expected = (30 * windowMs) / (1_000 + percentilesMs.p50 * 1.3);
    const requests = Math.max(1, Math.round(expected + Math.sqrt(expected) * 0.3 * normal(random)));
    const failures = Math.max(0, Math.round(requests * 0.005 + Math.sqrt(requests * 0.005) * normal(random)));
    return {
      startMs: i * windowMs,
      durationMs: windowMs,
      requests,
      failures,
      percentilesMs,
      maxMs: percentilesMs.p99 * 1.3,
    };
  });
}

export const flat = () => 1;
export const rising = (_: number, hours: number) => 1 + 0.15 * hours;
