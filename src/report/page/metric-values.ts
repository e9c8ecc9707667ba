import type { ScalarMetric } from "../../stats/scalar-metric.ts";

/** The sum of the samples of a trend of the test. */
export interface TrendSum {
  readonly count: number;
  /** In thousandths of the trend's unit. */
  readonly sumMicros: number;
}

export function mergedTrends(a: TrendSum, b: TrendSum): TrendSum {
  return { count: a.count + b.count, sumMicros: a.sumMicros + b.sumMicros };
}

/** Merges a value into the map's value of the same name, if there is one. */
export function mergeInto<Value>(
  map: Map<string, Value>,
  name: string,
  value: Value,
  merge: (a: Value, b: Value) => Value,
): void {
  const known = map.get(name);
  map.set(name, known === undefined ? value : merge(known, value));
}

/**
 * Returns what charts show of a metric for a part of the run: the rate per second of a counter, the share of a rate, the last value of a
 * gauge.
 */
export function valueOfScalar(metric: ScalarMetric, widthMs: number): number | null {
  switch (metric.kind) {
    case "counter":
      return widthMs > 0 ? (metric.sum * 1_000) / widthMs : null;
    case "rate":
      return metric.total === 0 ? null : metric.count / metric.total;
    case "gauge":
      return metric.value;
  }
}
