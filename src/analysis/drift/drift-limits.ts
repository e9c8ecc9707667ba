import { meets } from "../../core/thresholds/selector.ts";
import type { Threshold } from "../../core/thresholds/threshold.ts";
import type { DriftLimits } from "./drift-recorder.ts";
import type { DriftStatistic } from "./drift-series.ts";

/**
 * Returns the bounds that thresholds set for an endpoint; `null` stands for all requests together. Thresholds with a
 * selector that matches the endpoint override those without a selector.
 */
export function driftLimits(
  thresholds: readonly Threshold[],
  endpoint: { readonly method: string; readonly name: string } | null,
): DriftLimits {
  const limits: Partial<Record<DriftStatistic, number>> = {};
  const own = (threshold: Threshold) => threshold.selector.conditions.length > 0;
  for (const threshold of [...thresholds].sort((a, b) => Number(own(a)) - Number(own(b)))) {
    const statistic = statisticOf(threshold);
    const isOfAll = !own(threshold);
    // A bound on the throughput of all endpoints does not apply to a single one.
    if (statistic === null || (statistic === "throughput" && isOfAll !== (endpoint === null))) continue;
    if (isOfAll || (endpoint !== null && isOf(threshold, endpoint))) limits[statistic] = threshold.expression.bound;
  }
  return limits;
}

function isOf({ selector }: Threshold, endpoint: { readonly method: string; readonly name: string }): boolean {
  return selector.conditions.every((condition) => {
    const { tag } = condition;
    return (tag === "name" || tag === "method") && meets(condition, endpoint[tag]);
  });
}

function statisticOf({ selector, expression }: Threshold): DriftStatistic | null {
  const { aggregation, operator } = expression;
  const isUpper = operator === "<" || operator === "<=";
  const isRate = aggregation.kind === "rate";
  switch (selector.metric.name) {
    case "response_time":
      return isUpper ? percentileOf(aggregation) : null;
    case "failures":
      return isUpper && isRate ? "errorRate" : null;
    case "requests":
      return !isUpper && isRate ? "throughput" : null;
    default:
      return null;
  }
}

function percentileOf(aggregation: Threshold["expression"]["aggregation"]): DriftStatistic | null {
  if (aggregation.kind === "med") return "p50";
  if (aggregation.kind !== "percentile") return null;
  return percentiles.get(aggregation.percentile) ?? null;
}

const percentiles: ReadonlyMap<number, DriftStatistic> = new Map([
  [50, "p50"],
  [95, "p95"],
  [99, "p99"],
]);
