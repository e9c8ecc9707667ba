import { formatClock } from "../core/duration.ts";
import type { Threshold } from "../core/thresholds/threshold.ts";
import type { JudgedThreshold } from "./judged-threshold.ts";
import type { CutShort } from "./metric-source.ts";

/** The shortest time that a threshold is evaluated on, in ms. */
const shortestMs = 1_000;

/** In runs of earlier versions, a stop by the code of the test is a `stopped` event, too. Its text begins like this. */
const earlierStopByTest = "the test stopped the run: ";

/** The causes that end a load before the end of its plan and leave the verdict to the measurements, by the kind of the event. */
const causes: ReadonlyMap<string, string> = new Map([
  ["stopped", "a user stopped the load"],
  ["max-requests", "all requests that maxRequests allows were made"],
  ["max-cost", "all requests that the budget (cost) allows were made"],
  ["max-duration", "the load had lasted as long as maxDuration allows"],
]);

/** Returns how a user or a limit such as `maxRequests` ended the load before the end of its plan; null if none did. */
export function cutShortIn(
  events: readonly { readonly atMs: number; readonly kind: string; readonly text: string }[],
): CutShort | null {
  for (const { atMs, kind, text } of events) {
    const because = causes.get(kind);
    if (because !== undefined && !text.startsWith(earlierStopByTest)) return { atMs, because };
  }
  return null;
}

/**
 * Whether a threshold may have failed only because the load ended at `cutMs`, before the end of its plan: the whole plan
 * may have reached its count, its part of the run was not reached, or its window did not fit.
 */
export function wasCutShort({ expression, span }: Threshold, outcome: JudgedThreshold, cutMs: number): boolean {
  if (outcome.passed) return false;
  const { aggregation, operator, bound } = expression;
  if (span !== null && span.fromMs + (span.windowMs ?? shortestMs) > cutMs) return true;
  const isUpperBound = operator === "<" || operator === "<=" || operator === "!=";
  return aggregation.kind === "count" && !isUpperBound && span?.windowMs == null && (outcome.value ?? 0) <= bound;
}

/** Describes why a threshold that was cut short was not judged. */
export function describeCut({ atMs, because }: CutShort): string {
  return `${because} after ${formatClock(atMs)}: it is not known whether the rest of the plan would have met this`;
}
