import { reconnectsMetric, retriesMetric } from "../../core/thresholds/metrics.ts";
import type { RunTotals } from "../../stats/run-totals.ts";
import { countedSum, type ScalarMetric } from "../../stats/scalar-metric.ts";
import { count, percent, perSecondText } from "../numbers.ts";
import { distributionOf } from "./distribution-of.ts";
import type { Result } from "./result-schema.ts";

export type OwnMetric = NonNullable<Result["metrics"]>[number];

/** The custom metrics of the test, by name. */
export function ownMetrics(totals: RunTotals, seconds: number): OwnMetric[] {
  const scalars = [...totals.metrics]
    // These metrics have their own fields in the result.
    .filter(([name]) => name !== reconnectsMetric && name !== retriesMetric)
    .map(([name, metric]) => scalarResult(name, metric, seconds));
  const trends = [...totals.eachSeries()].flatMap(({ kind, samples }): OwnMetric[] =>
    kind === "trend"
      ? [{ name: samples.name, kind: "trend", count: samples.requests, ...distributionOf(samples.serviceTime) }]
      : [],
  );
  return [...scalars, ...trends].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The number of requests that were resent because their reused connection was closed. */
export function reconnectCount(totals: RunTotals): number {
  return counterSum(totals, reconnectsMetric);
}

/** The number of retries that the test asked for. */
export function retryCount(totals: RunTotals): number {
  return counterSum(totals, retriesMetric);
}

function counterSum({ metrics }: RunTotals, name: string): number {
  const metric = metrics.get(name);
  return metric?.kind === "counter" ? metric.sum : 0;
}

function scalarResult(name: string, metric: ScalarMetric, seconds: number): OwnMetric {
  switch (metric.kind) {
    case "counter": {
      const count = countedSum(metric);
      return { name, kind: "counter", count, ratePerSecond: seconds > 0 ? count / seconds : 0 };
    }
    case "rate":
      return { name, kind: "rate", rate: metric.count / metric.total, count: metric.count, total: metric.total };
    case "gauge":
      return { name, kind: "gauge", value: metric.value, min: metric.min, max: metric.max };
  }
}

/** One metric as text: "93.1 %  (1,120 of 1,204)". */
export function describeMetric(metric: OwnMetric): string {
  switch (metric.kind) {
    case "counter":
      return `${short(metric.count)}  (${perSecondText(metric.ratePerSecond)}/s)`;
    case "rate":
      return `${percent(metric.rate)}  (${count(metric.count)} of ${count(metric.total)})`;
    case "gauge":
      return `${short(metric.value)}  (from ${short(metric.min)} to ${short(metric.max)})`;
    case "trend": {
      const [p50 = 0, p95 = 0] = [metric.percentiles["50"], metric.percentiles["95"]];
      return `p50 ${short(p50)}  p95 ${short(p95)}  max ${short(metric.max)}  (${count(metric.count)} values)`;
    }
  }
}

/** Rounds to significant digits, because the magnitude of a custom metric is unknown. */
function short(value: number): string {
  return Math.abs(value) >= 1_000 ? count(value) : String(Number(value.toPrecision(3)));
}
