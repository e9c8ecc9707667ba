import type { Threshold } from "../core/thresholds/threshold.ts";

/**
 * Whether a threshold is a lower bound on a counter, such as `requests{name:/pay}` `rate>5`. Until the counter first
 * rises, its part of the load has not begun: a scenario can start later than the run, and the first response can take a
 * long time.
 */
export function isFloor({ selector, expression: { operator } }: Threshold): boolean {
  return selector.metric.kind === "counter" && (operator === ">" || operator === ">=");
}
