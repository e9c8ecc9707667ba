import type { Threshold } from "../core/thresholds/threshold.ts";
import type { RunTotals } from "../stats/run-totals.ts";
import { metricSourceOf } from "./metric-source.ts";

/**
 * Whether a threshold is a lower bound on a counter, such as `requests{name:/pay}` `rate>5`. Before the first of what it counts,
 * its part of the load has not begun: a scenario can start later than the run, and the first response can take long.
 */
export function isFloor({ selector, expression: { operator } }: Threshold): boolean {
  return selector.metric.kind === "counter" && (operator === ">" || operator === ">=");
}

/** Whether anything that the threshold counts happened in these totals. */
export function isCounted({ selector }: Threshold, totals: RunTotals): boolean {
  const source = metricSourceOf({ totals, durationMs: 0, users: 0, peakUsers: 0 });
  return (source.counter(selector.metric.name, selector)?.count ?? 0) > 0;
}
