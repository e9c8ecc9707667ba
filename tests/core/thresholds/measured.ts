import type {
  CounterView,
  GaugeView,
  MetricSource,
  RateView,
  ThresholdOutcome,
  TrendView,
} from "../../../src/core/thresholds/evaluate.ts";
import { evaluateThreshold } from "../../../src/core/thresholds/evaluate.ts";
import { parseThresholds, type Threshold } from "../../../src/core/thresholds/threshold.ts";

/** The measurements of a run, by metric; a name tag selects the key `metric name`. */
export interface Measured {
  readonly trends?: Readonly<Record<string, TrendView>>;
  readonly counters?: Readonly<Record<string, CounterView>>;
  readonly rates?: Readonly<Record<string, RateView>>;
  readonly gauges?: Readonly<Record<string, GaugeView>>;
}

/** A trend of values whose every percentile is `value`. */
export function steady(value: number, count = 10): TrendView {
  return { avg: value, min: value, max: value, med: value, count, percentile: () => value };
}

/** Evaluates the one threshold `expression` on `metric` against `measured`. */
export function evaluate(
  metric: string,
  expression: string,
  measured: Measured,
): { threshold: Threshold; outcome: ThresholdOutcome } {
  const key: (name: string, selector: Threshold["selector"]) => string = (name, { conditions }) => {
    const named = conditions.find(({ tag }) => tag === "name");
    return named === undefined ? name : `${name} ${named.value}`;
  };
  const source: MetricSource = {
    trend: (name, selector) => measured.trends?.[key(name, selector)],
    counter: (name, selector) => measured.counters?.[key(name, selector)],
    rate: (name, selector) => measured.rates?.[key(name, selector)],
    gauge: (name, selector) => measured.gauges?.[key(name, selector)],
  };
  const [threshold] = parseThresholds({ [metric]: expression });
  if (threshold === undefined) throw new Error("no threshold was read");
  return { threshold, outcome: evaluateThreshold(threshold, source) };
}
