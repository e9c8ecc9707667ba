import type { Aggregation, Expression } from "./expression.ts";
import type { Selector } from "./selector.ts";
import type { Threshold } from "./threshold.ts";

/** The distribution of a trend, in the metric's unit (ms). With a `count` of 0 the other fields are not read. */
export interface TrendView {
  readonly avg: number;
  readonly min: number;
  readonly max: number;
  readonly med: number;
  readonly count: number;
  /** @param p 0..100 */
  percentile(p: number): number;
}

export interface CounterView {
  readonly count: number;
  readonly ratePerSecond: number;
}

/** `count` of `total` events had the property (failed, for failures; held, for checks); `rate` is count / total, 0..1. */
export interface RateView {
  readonly rate: number;
  readonly count: number;
  readonly total: number;
}

/** The last value and the extremes over the run. */
export interface GaugeView {
  readonly value: number;
  readonly min: number;
  readonly max: number;
}

/** Where thresholds take their numbers from. Undefined means that nothing was recorded for that selector. */
export interface MetricSource {
  trend(metric: string, selector: Selector): TrendView | undefined;
  counter(metric: string, selector: Selector): CounterView | undefined;
  rate(metric: string, selector: Selector): RateView | undefined;
  gauge(metric: string, selector: Selector): GaugeView | undefined;
}

export interface ThresholdOutcome {
  /** As written, with its selector. */
  readonly metric: string;
  /** As written. */
  readonly expression: string;
  /** In the unit of the metric; null when there is no data. */
  readonly value: number | null;
  readonly passed: boolean;
  readonly noData: boolean;
  /** Not there when it is about the whole run. */
  readonly span?: JudgedSpan;
}

/** The part of a run that a threshold was held against. */
export interface JudgedSpan {
  /** What completed before this, in ms since the start of the run, did not count. */
  readonly fromMs: number;
  /** Null without a window. */
  readonly windows: JudgedWindows | null;
}

/** The windows that a threshold was held against. Its value is that of the worst of them. */
export interface JudgedWindows {
  readonly widthMs: number;
  readonly judged: number;
  /** In how many it did not hold. */
  readonly broken: number;
  /** When the worst one began, in ms since the start of the run; null when there was none. */
  readonly worstStartMs: number | null;
}

/**
 * Holds `threshold` against what was measured. No data fails, whatever the operator, unless it says otherwise: a run that
 * measured nothing proves nothing. A counter that exists and stands at 0 is data; a trend without samples or a rate of no events is not.
 */
export function evaluateThreshold(threshold: Threshold, source: MetricSource): ThresholdOutcome {
  const { metric, expression, span } = threshold;
  const measured = measure(threshold, source);
  // NaN would hold against `!=`.
  const value = measured === undefined || Number.isNaN(measured) ? null : measured;
  const passed = value === null ? threshold.passesWithoutData : satisfies(value, expression);
  const outcome = { metric, expression: expression.source, value, passed, noData: value === null };
  return span === null ? outcome : { ...outcome, span: { fromMs: span.fromMs, windows: null } };
}

/** Whether `value` keeps the bound of the expression; both in the unit of the metric. */
export function satisfies(value: number, { operator, bound }: Pick<Expression, "operator" | "bound">): boolean {
  switch (operator) {
    case "<":
      return value < bound;
    case "<=":
      return value <= bound;
    case ">":
      return value > bound;
    case ">=":
      return value >= bound;
    case "==":
    case "===":
      return value === bound;
    case "!=":
      return value !== bound;
  }
}

function measure({ selector, expression }: Threshold, source: MetricSource): number | undefined {
  const { name, kind } = selector.metric;
  const { aggregation } = expression;
  switch (kind) {
    case "trend": {
      const view = source.trend(name, selector);
      return view === undefined || view.count === 0 ? undefined : ofTrend(view, aggregation);
    }
    case "counter": {
      const view = source.counter(name, selector);
      return aggregation.kind === "rate" ? view?.ratePerSecond : view?.count;
    }
    case "rate": {
      const view = source.rate(name, selector);
      if (view === undefined || view.total === 0) return undefined;
      return aggregation.kind === "count" ? view.count : view.rate;
    }
    case "gauge": {
      const view = source.gauge(name, selector);
      return aggregation.kind === "min" || aggregation.kind === "max" ? view?.[aggregation.kind] : view?.value;
    }
  }
}

function ofTrend(view: TrendView, aggregation: Aggregation): number | undefined {
  switch (aggregation.kind) {
    case "percentile":
      return view.percentile(aggregation.percentile);
    case "avg":
    case "min":
    case "max":
    case "med":
    case "count":
      return view[aggregation.kind];
    default:
      return undefined; // parseThresholds lets no other through
  }
}
