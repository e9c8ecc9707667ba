import { formatClock } from "../core/duration.ts";
import type { Threshold } from "../core/thresholds/threshold.ts";
import type { JudgedThreshold } from "./judged-threshold.ts";

/** The shortest time that a threshold is evaluated on, in ms. */
const shortestMs = 1_000;

/** In runs of earlier versions, a stop by the code of the test is a `stopped` event, too. Its text begins like this. */
const earlierStopByTest = "the test stopped the run: ";

/** When a user ended the load before its plan, in ms since the start of the run; null if nobody did. */
export function cutShortAt(
  events: readonly { readonly atMs: number; readonly kind: string; readonly text: string }[],
): number | null {
  return events.find(({ kind, text }) => kind === "stopped" && !text.startsWith(earlierStopByTest))?.atMs ?? null;
}

/**
 * Whether a threshold failed because a user ended the load at `cutMs`: a count that the whole plan may have reached, a part of
 * the run that was not reached, or a window that did not fit.
 */
export function wasCutShort({ expression, span }: Threshold, outcome: JudgedThreshold, cutMs: number): boolean {
  if (outcome.passed) return false;
  const { aggregation, operator, bound } = expression;
  if (span !== null && span.fromMs + (span.windowMs ?? shortestMs) > cutMs) return true;
  const isUpperBound = operator === "<" || operator === "<=" || operator === "!=";
  return aggregation.kind === "count" && !isUpperBound && span?.windowMs == null && (outcome.value ?? 0) <= bound;
}

/** Says why such a threshold was not judged. */
export function describeCut(cutMs: number): string {
  return `a user stopped the load after ${formatClock(cutMs)}: whether the rest of the plan had met this is not known`;
}
