import type { GaugeView, MetricSource, RateView, TrendView } from "../core/thresholds/evaluate.ts";
import type { MetricName } from "../core/thresholds/metrics.ts";
import type { Selector } from "../core/thresholds/selector.ts";
import type { CumulativeHistogram } from "../stats/cumulative-histogram.ts";
import type { EndpointTotals, RunTotals } from "../stats/run-totals.ts";

export interface RunMeasurements {
  readonly totals: RunTotals;
  /** Of the run so far. */
  readonly durationMs: number;
  /** Now, or in the last window of a run that is over. */
  readonly users: number;
  readonly peakUsers: number;
}

/** What thresholds are held against: the merged totals of a run. */
export function metricSourceOf(run: RunMeasurements): MetricSource {
  const seconds = run.durationMs / 1_000;
  const counter = (count: number) => ({ count, ratePerSecond: seconds > 0 ? count / seconds : 0 });
  return {
    trend(metric, selector) {
      const histogram = histogramOf(metric, selector, run.totals);
      return histogram === undefined ? undefined : trendOf(histogram);
    },
    counter(metric, selector) {
      const count = countOf(metric, selector, run.totals);
      return count === undefined ? undefined : counter(count);
    },
    rate(metric, selector) {
      if (metric === "checks") return checkRate(selector, run.totals);
      if (metric === "failed_iterations") return rateOf(run.totals.failedIterations, run.totals.completedIterations);
      const merged = run.totals.merged((endpoint) => matchesEndpoint(endpoint, selector));
      // A dropped iteration is a request that somebody waited for in vain: it counts in the error budget.
      const dropped = Object.keys(selector.tags).length === 0 ? run.totals.droppedIterations : 0;
      return rateOf(merged.failures + dropped, merged.requests + dropped);
    },
    gauge(): GaugeView {
      return { value: run.users, min: 0, max: run.peakUsers };
    },
  };
}

/** The samples of a metric that has any; undefined for other metrics. */
export function histogramOf(
  metric: MetricName,
  selector: Selector,
  totals: RunTotals,
): CumulativeHistogram | undefined {
  if (metric === "schedule_lag") return totals.scheduleLag;
  const merged = () => totals.merged((endpoint) => matchesEndpoint(endpoint, selector));
  if (metric === "response_time") return merged().responseTime;
  if (metric === "service_time") return merged().serviceTime;
  return undefined;
}

/** Whether the endpoint is one of those that the selector names. */
export function matchesEndpoint(endpoint: EndpointTotals, selector: Selector): boolean {
  const { name, method } = selector.tags;
  return (name === undefined || endpoint.name === name) && (method === undefined || endpoint.method === method);
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

function countOf(metric: MetricName, selector: Selector, totals: RunTotals): number | undefined {
  if (metric === "iterations") return totals.completedIterations;
  if (metric === "dropped_iterations") return totals.droppedIterations;
  const merged = totals.merged((endpoint) => matchesEndpoint(endpoint, selector));
  if (metric === "requests") return merged.requests;
  if (metric === "bytes_in") return merged.bytesIn;
  if (metric === "bytes_out") return merged.bytesOut;
  return undefined;
}

function checkRate(selector: Selector, totals: RunTotals): RateView | undefined {
  const wanted = selector.tags.check;
  let passes = 0;
  let failures = 0;
  for (const [name, counts] of totals.checks) {
    if (wanted !== undefined && wanted !== name) continue;
    passes += counts.passes;
    failures += counts.failures;
  }
  return rateOf(passes, passes + failures);
}

function rateOf(count: number, total: number): RateView | undefined {
  return total === 0 ? undefined : { rate: count / total, count, total };
}
