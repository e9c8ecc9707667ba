import type { GaugeView, MetricSource, RateView, TrendView } from "../core/thresholds/evaluate.ts";
import { isGroupMetric, isStreamMetric } from "../core/thresholds/metrics.ts";
import { recordedName } from "../core/thresholds/recorded-metric.ts";
import { meets, type Selector } from "../core/thresholds/selector.ts";
import { sliceOf } from "../core/thresholds/slice.ts";
import type { CumulativeHistogram } from "../stats/histogram/cumulative-histogram.ts";
import { EndpointTotals, type RunTotals } from "../stats/run-totals.ts";
import { countedSum, type ScalarMetric } from "../stats/scalar-metric.ts";
import type { ScenarioLoad } from "./load/scenario-load.ts";
import type { UnmadeLoad } from "./load/unmade-load.ts";
import { selectedAmong } from "./selected-endpoints.ts";
import { streamSamples } from "./stream-samples.ts";
import type { UnjudgedTime } from "./unjudged-time.ts";

/** The end of a load before its plan. */
export interface CutShort {
  /** The time of the end, in ms since the start of the run. */
  readonly atMs: number;
  /** The reason, such as "a user stopped the load". */
  readonly because: string;
}

export interface RunMeasurements {
  readonly totals: RunTotals;
  /** The duration of the run so far. */
  readonly durationMs: number;
  /** The pauses of the load that the duration leaves out, in order; undefined if it leaves out none. */
  readonly pauses?: readonly UnjudgedTime[];
  /** The current number of users; for a finished run, the number in its last window. */
  readonly users: number;
  readonly peakUsers: number;
  /** The planned and the generated load of each scenario; undefined if it is not known. */
  readonly load?: readonly ScenarioLoad[];
  /** How the load ended before the end of its plan; undefined or null if it did not. */
  readonly cutShort?: CutShort | null;
  /** The planned load that workers did not generate; undefined or null if there is none. */
  readonly unmade?: UnmadeLoad | null;
}

/** Creates the source of values for thresholds from the merged totals of a run. */
export function metricSourceOf(run: RunMeasurements): MetricSource {
  const { totals } = run;
  const seconds = run.durationMs / 1_000;
  return {
    trend(metric, selector) {
      const histogram = histogramOf(metric, selector, totals);
      return histogram === undefined ? undefined : trendOf(histogram);
    },
    counter(metric, selector) {
      const count = countOf(metric, selector, totals);
      if (count === undefined) return undefined;
      return { count, ratePerSecond: seconds > 0 ? count / seconds : 0 };
    },
    rate(metric, selector) {
      const recorded = recordedName(selector);
      if (recorded !== null) return recordedRate(totals.metrics.get(recorded));
      if (metric === "checks") return checkRate(selector, totals);
      if (metric === "failed_iterations") return rateOf(totals.failedIterations, totals.completedIterations);
      if (metric === "group_failures") {
        const groups = groupsOf(selector, totals);
        return rateOf(groups.failures, groups.requests);
      }
      const merged = requestsOf(selector, totals);
      // To a visitor, a dropped iteration and a user that never starts are failures: both count in the error budget.
      const undone = selector.conditions.length === 0 ? totals.droppedIterations + totals.failedStarts : 0;
      return rateOf(merged.failures + undone, merged.requests + undone);
    },
    gauge(_, selector): GaugeView | undefined {
      const recorded = recordedName(selector);
      if (recorded === null) return { value: run.users, min: 0, max: run.peakUsers };
      const own = totals.metrics.get(recorded);
      return own?.kind === "gauge" ? own : undefined;
    },
  };
}

/** The samples of a metric with a distribution; undefined for other metrics. */
export function histogramOf(metric: string, selector: Selector, totals: RunTotals): CumulativeHistogram | undefined {
  const recorded = recordedName(selector);
  if (recorded !== null) return totals.seriesOf("trend", recorded)?.serviceTime;
  if (metric === "schedule_lag") return totals.scheduleLag;
  if (metric === "response_time") return requestsOf(selector, totals).responseTime;
  if (metric === "service_time") return requestsOf(selector, totals).serviceTime;
  if (metric === "group_duration") return groupsOf(selector, totals).responseTime;
  if (metric === "group_active_time") return groupsOf(selector, totals).serviceTime;
  if (metric === "event_gap") return streamSamples(selector, totals).serviceTime;
  if (isStreamMetric(metric)) return streamSamples(selector, totals).responseTime;
  return undefined;
}

/** The groups that the selector matches, merged into one. */
export function groupsOf({ conditions }: Selector, totals: RunTotals): EndpointTotals {
  return totals.mergedGroups((path) => conditions.every((condition) => meets(condition, path)));
}

/** The requests that the selector matches, merged into one. */
export function requestsOf(selector: Selector, totals: RunTotals): EndpointTotals {
  const slice = sliceOf(selector);
  if (slice !== null) return totals.seriesOf("slice", slice.key) ?? new EndpointTotals("", slice.key);
  return totals.merged(selectedAmong(selector.conditions, totals.eachEndpoint()));
}

/** Whether the totals have data for the selector: a counter above 0, samples of a trend or rate, a gauge. */
export function hasSelected(selector: Selector, totals: RunTotals): boolean {
  const { metric, conditions } = selector;
  const matches = (name: string) => conditions.every((condition) => meets(condition, name));
  const recorded = recordedName(selector);
  if (recorded !== null) {
    const own = totals.metrics.get(recorded);
    if (own === undefined) return totals.seriesOf("trend", recorded) !== undefined;
    return own.kind === "gauge" || (own.kind === "rate" ? own.total > 0 : own.sum > 0);
  }
  if (metric.kind === "gauge") return true;
  if (metric.name === "checks") return totals.checks.keys().some(matches);
  if (isGroupMetric(metric.name)) return totals.groups().some(({ name }) => matches(name));
  if (isStreamMetric(metric.name)) return streamSamples(selector, totals).requests > 0;
  if (!metric.tags.includes("name")) return hasOfIterations(metric.name, totals);
  const slice = sliceOf(selector);
  if (slice !== null) return totals.seriesOf("slice", slice.key) !== undefined;
  const isSelected = selectedAmong(conditions, totals.eachEndpoint());
  return Iterator.from(totals.eachEndpoint()).some((one) => one.requests > 0 && isSelected(one));
}

function hasOfIterations(metric: string, totals: RunTotals): boolean {
  if (metric === "dropped_iterations") return totals.droppedIterations > 0;
  if (metric === "failed_starts") return totals.failedStarts > 0;
  if (metric === "schedule_lag") return totals.scheduleLag.count > 0;
  return totals.completedIterations > 0;
}

function trendOf(histogram: CumulativeHistogram): TrendView | undefined {
  if (histogram.count === 0) return undefined;
  return {
    avg: histogram.meanMicros / 1_000,
    min: histogram.minMicros / 1_000,
    max: histogram.maxMicros / 1_000,
    med: histogram.percentileMicros(50) / 1_000,
    count: histogram.count,
    percentile: (p) => histogram.percentileMicros(p) / 1_000,
  };
}

function countOf(metric: string, selector: Selector, totals: RunTotals): number | undefined {
  const recorded = recordedName(selector);
  if (recorded !== null) {
    const own = totals.metrics.get(recorded);
    // A declared counter that was never incremented is 0.
    return own === undefined ? 0 : own.kind === "counter" ? countedSum(own) : undefined;
  }
  if (metric === "iterations") return totals.completedIterations;
  if (metric === "dropped_iterations") return totals.droppedIterations;
  if (metric === "failed_starts") return totals.failedStarts;
  if (metric === "stream_events") return streamSamples(selector, totals).requests;
  const merged = requestsOf(selector, totals);
  if (metric === "requests") return merged.requests;
  if (metric === "bytes_in") return merged.bytesIn;
  if (metric === "bytes_out") return merged.bytesOut;
  return undefined;
}

function checkRate({ conditions }: Selector, totals: RunTotals): RateView | undefined {
  let passes = 0;
  let failures = 0;
  for (const [name, counts] of totals.checks) {
    if (!conditions.every((condition) => meets(condition, name))) continue;
    passes += counts.passes;
    failures += counts.failures;
  }
  return rateOf(passes, passes + failures);
}

function recordedRate(metric: ScalarMetric | undefined): RateView | undefined {
  return metric?.kind === "rate" ? rateOf(metric.count, metric.total) : undefined;
}

function rateOf(count: number, total: number): RateView | undefined {
  return total === 0 ? undefined : { rate: count / total, count, total };
}
