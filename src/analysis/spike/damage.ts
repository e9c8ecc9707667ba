import { median } from "../statistics/median.ts";
import type { ErrorBurst, SpikeBaseline } from "./spike-report.ts";
import { errorRateOf, type SpikeWindow, windowMs } from "./spike-window.ts";

/** The number of seconds over which goodput is averaged: one second is noise, five are not. */
const goodputWindows = 5;

/** The failures of a spike; null if no second had more than the baseline. */
export function errorBurstOf(affected: readonly SpikeWindow[], baseline: SpikeBaseline): ErrorBurst | null {
  const failing = affected.filter((window) => errorRateOf(window) > baseline.recoveredErrorRate);
  const [first, last] = [failing[0], failing.at(-1)];
  if (first === undefined || last === undefined) return null;
  return {
    count: failing.reduce((sum, { failures }) => sum + failures, 0),
    lengthMs: last.startMs + windowMs - first.startMs,
    firstKind: first.firstFailure ?? "other",
  };
}

/** The number of requests that were due and did not succeed. A request that ended in a later second counts there. */
export function damageOf(affected: readonly SpikeWindow[]): number {
  return Math.max(
    0,
    affected.reduce((sum, { offered, good }) => sum + offered - good, 0),
  );
}

/** The drop of the goodput, as a fraction of the baseline; 0 if it never fell lower than in the baseline itself. */
export function goodputDipOf(affected: readonly SpikeWindow[], before: readonly SpikeWindow[]): number {
  const usual = median(before.map(({ good }) => good));
  const lowest = lowestGoodput(affected);
  return usual > 0 && lowest < lowestGoodput(before) ? 1 - lowest / usual : 0;
}

function lowestGoodput(windows: readonly SpikeWindow[]): number {
  let lowest = Number.POSITIVE_INFINITY;
  for (let end = goodputWindows; end <= windows.length; end++) {
    const some = windows.slice(end - goodputWindows, end);
    lowest = Math.min(lowest, some.reduce((sum, { good }) => sum + good, 0) / goodputWindows);
  }
  return lowest;
}
