import { satisfies } from "../core/thresholds/evaluate.ts";
import { isGroupMetric, isStreamMetric } from "../core/thresholds/metrics.ts";
import type { Selector } from "../core/thresholds/selector.ts";
import type { Threshold } from "../core/thresholds/threshold.ts";
import type { EndpointTotals, RunTotals } from "../stats/run-totals.ts";
import type { GeneratorDelay } from "./health/generator-delay.ts";
import { type JudgedThreshold, judgeThreshold } from "./judged-threshold.ts";
import { groupsOf, histogramOf, type RunMeasurements, requestsOf } from "./metric-source.ts";
import { streamSamples } from "./stream-samples.ts";

/** A delay of the event loop shows only in the highest percentiles. */
const highPercentile = 90;

/** Evaluates a threshold, and marks it as stalled if it failed and a stall of the generator explains that. */
export function withDelay(threshold: Threshold, run: RunMeasurements, delay: GeneratorDelay): JudgedThreshold {
  const outcome = judgeThreshold(threshold, run);
  return mayBeStalled(threshold, outcome, run, delay) ? { ...outcome, stalled: true } : outcome;
}

/**
 * Whether a threshold that failed could hold if the generator had not stalled: then it is not known whether the service
 * failed. A stall may have changed any figure that does not leave out the stalled requests, during the stall and for the
 * same length of time after it.
 */
export function mayBeStalled(
  threshold: Threshold,
  outcome: JudgedThreshold,
  run: RunMeasurements,
  delay: GeneratorDelay,
): boolean {
  if (outcome.passed || (delay.stalledMs === 0 && delay.delayMs === 0)) return false;
  const { selector } = threshold;
  const { name, kind } = selector.metric;
  const { value } = outcome;
  // All requests of the threshold were left out.
  if (value === null) return isTime(threshold) && samplesOf(selector, run.totals).requests > 0;
  const share = Math.min(1, (2 * delay.stalledMs) / Math.max(1, run.durationMs));
  switch (kind) {
    case "counter":
      return holds(threshold, share < 1 ? value / (1 - share) : Number.POSITIVE_INFINITY, value / (1 + share));
    case "rate":
      return name === "failures" || name === "group_failures"
        ? holds(threshold, failuresOfRequests(threshold, run))
        : holds(threshold, value - share, value + share);
    case "gauge":
      return false;
    case "trend":
      // A delay much longer than the measured value is not part of it.
      return isTime(threshold)
        ? isHigh(threshold) && value >= delay.delayMs / 2 && holds(threshold, value - delay.delayMs)
        : mayHoldWithout(threshold, share, run);
  }
}

/** Whether one of `values` satisfies the threshold. */
function holds({ expression }: Threshold, ...values: readonly number[]): boolean {
  return values.some((one) => satisfies(one, expression));
}

/** Whether the threshold is about times that leave out stalled requests, groups or events. */
function isTime({ selector }: Threshold): boolean {
  const { name, phase } = selector.metric;
  if (isGroupMetric(name) || isStreamMetric(name)) return true;
  return name === "response_time" || name === "service_time" || phase !== undefined;
}

/** Whether the threshold may hold without the highest values, the given share of all values. */
function mayHoldWithout(threshold: Threshold, share: number, run: RunMeasurements): boolean {
  const percentile = percentileOf(threshold);
  if (percentile === null) return share > 0;
  const { selector } = threshold;
  const histogram = histogramOf(selector.metric.name, selector, run.totals);
  if (histogram === undefined) return false;
  return holds(threshold, histogram.percentileMicros(Math.max(0, percentile - 100 * share)) / 1_000);
}

function samplesOf(selector: Selector, totals: RunTotals): EndpointTotals {
  if (isStreamMetric(selector.metric.name)) return streamSamples(selector, totals);
  return isGroupMetric(selector.metric.name) ? groupsOf(selector, totals) : requestsOf(selector, totals);
}

/** The error rate of the requests or groups, without dropped iterations: a stall makes iterations late, so that they are dropped. */
function failuresOfRequests({ selector }: Threshold, run: RunMeasurements): number {
  const { requests, failures } = samplesOf(selector, run.totals);
  return requests === 0 ? 0 : failures / requests;
}

function isHigh(threshold: Threshold): boolean {
  const percentile = percentileOf(threshold);
  return percentile === null ? threshold.expression.aggregation.kind === "max" : percentile >= highPercentile;
}

/** The percentile that the threshold is about; null for other aggregations. */
function percentileOf({ expression: { aggregation } }: Threshold): number | null {
  return aggregation.kind === "med" ? 50 : aggregation.kind === "percentile" ? aggregation.percentile : null;
}
