import { median } from "../statistics/median.ts";
import type { DriftWindow } from "./drift-series.ts";

/** The maximum number of points: more add no information about a drift over hours, and the number of pairs grows with the square. */
const mostPoints = 512;

/** The mean of adjacent windows, at the middle of their time. */
export interface SteadyPoint {
  readonly atMs: number;
  readonly value: number;
  readonly weight: number;
}

/**
 * The end of the warm-up: after at least 2 minutes, 5 % of the run, and the ramp-up. `leastMs` replaces the 2 minutes for
 * scaled-down runs.
 */
export function warmUpEndMs(windows: readonly DriftWindow[], rampEndMs: number, leastMs = 120_000): number {
  const last = windows.at(-1);
  const runMs = last === undefined ? 0 : last.startMs + last.durationMs;
  return Math.max(leastMs, runMs * 0.05, rampEndMs);
}

/**
 * Merges adjacent windows to at most `most` points, evenly spaced unless windows are missing. A mean of percentiles is not
 * the percentile of all requests, but it drifts in the same way.
 */
export function steadyPoints(windows: readonly DriftWindow[], fromMs: number, most = mostPoints): SteadyPoint[] {
  const steady = windows.filter(({ startMs, weight }) => startMs >= fromMs && weight > 0);
  const [first, last] = [steady[0], steady.at(-1)];
  if (first === undefined || last === undefined) return [];
  const usualMs = median(steady.map(({ durationMs }) => durationMs));
  const spanMs = last.startMs - first.startMs + usualMs;
  const binMs = usualMs * Math.max(1, Math.ceil(spanMs / usualMs / Math.max(1, Math.min(most, mostPoints)) - 1e-9));
  const bins = Map.groupBy(steady, ({ startMs }) => Math.floor((startMs - first.startMs) / binMs + 1e-9));
  return [...bins.values()].map(meanOf);
}

function meanOf(windows: readonly DriftWindow[]): SteadyPoint {
  let weight = 0;
  let weighted = 0;
  let durationMs = 0;
  let middle = 0;
  for (const window of windows) {
    weight += window.weight;
    weighted += window.value * window.weight;
    durationMs += window.durationMs;
    middle += (window.startMs + window.durationMs / 2) * window.durationMs;
  }
  return { atMs: middle / durationMs, value: weighted / weight, weight };
}
