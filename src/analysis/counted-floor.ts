import type { Threshold } from "../core/thresholds/threshold.ts";

/**
 * Whether a threshold is a lower bound on a counter, such as `requests{name:/pay}` `rate>5`. Before the first of what it counts,
 * its part of the load has not begun: a scenario can start later than the run, and the first response can take long.
 */
export function isFloor({ selector, expression: { operator } }: Threshold): boolean {
  return selector.metric.kind === "counter" && (operator === ">" || operator === ">=");
}
