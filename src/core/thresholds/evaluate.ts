import type { Aggregation, Expression } from "./expression.ts";
import type { Selector } from "./selector.ts";
import type { Threshold } from "./threshold.ts";

/** The distribution of a trend metric, in the metric's unit (ms). If `count` is 0, the other fields are not read. */
export interface TrendView {
  readonly avg: number;
  readonly min: number;
  readonly max: number;
  readonly med: number;
  readonly count: number;
  /** The latest value of an observed metric; no other trend has one. */
  readonly last?: number;
  /** @param p 0..100 */
  percentile(p: number): number;
}

export interface CounterView {
  readonly count: number;
  readonly ratePerSecond: number;
}

/**
 * A rate metric: `count` of `total` events had the property (failed, for failures; passed, for checks); `rate` is count /
 * total, 0..1.
 */
export interface RateView {
  readonly rate: number;
  readonly count: number;
  readonly total: number;
}

/** A gauge metric: the last value and the extremes over the run. */
export interface GaugeView {
  readonly value: number;
  readonly min: number;
  readonly max: number;
}

/** The measured values that thresholds are evaluated on. Undefined means that nothing was recorded for the selector. */
export interface MetricSource {
  trend(metric: string, selector: Selector): TrendView | undefined;
  counter(metric: string, selector: Selector): CounterView | undefined;
  rate(metric: string, selector: Selector): RateView | undefined;
  gauge(metric: string, selector: Selector): GaugeView | undefined;
}

export interface ThresholdOutcome {
  /** The metric as written, with its selector. */
  readonly metric: string;
  /** The expression as written. */
  readonly expression: string;
  /** The measured value in the metric's unit; null without data. */
  readonly value: number | null;
  readonly passed: boolean;
  readonly noData: boolean;
  /** The evaluated part of the run; undefined for the whole run. */
  readonly span?: JudgedSpan;
}

/** The part of a run that a threshold was evaluated on. */
export interface JudgedSpan {
  /** The start of the part, in ms since the start of the run: what completed earlier does not count. */
  readonly fromMs: number;
  /** The evaluated windows; null for a threshold without a window. */
  readonly windows: JudgedWindows | null;
}

/** The windows that a threshold was evaluated on. The threshold's value is that of the worst window. */
export interface JudgedWindows {
  readonly widthMs: number;
  readonly judged: number;
  /** The number of windows in which the threshold failed. */
  readonly broken: number;
  /** The start of the worst window, in ms since the start of the run; null if there was no full window. */
  readonly worstStartMs: number | null;
  /** The number of windows that were left out because they could not be judged; absent if there is none. */
  readonly unjudged?: number;
}

/**
 * Evaluates `threshold`. Without data it fails, whatever the operator, unless it says `noData: "passes"`: a run that
 * measured nothing proves nothing. A counter that exists and is 0 counts as data; a trend without samples or a rate of no
 * events does not.
 */
export function evaluateThreshold(threshold: Threshold, source: MetricSource): ThresholdOutcome {
  const { metric, expression, span } = threshold;
  const measured = measure(threshold, source);
  // NaN would satisfy `!=`.
  const value = measured === undefined || Number.isNaN(measured) ? null : measured;
  const passed = value === null ? threshold.passesWithoutData : satisfies(value, expression);
  const outcome = { metric, expression: expression.source, value, passed, noData: value === null };
  return span === null ? outcome : { ...outcome, span: { fromMs: span.fromMs, windows: null } };
}

/** Whether `value` satisfies the expression; both in the metric's unit. */
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
      return view === undefined || view.count === 0 ? undefined : aggregateTrend(view, aggregation);
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

function aggregateTrend(view: TrendView, aggregation: Aggregation): number | undefined {
  switch (aggregation.kind) {
    case "percentile":
      return view.percentile(aggregation.percentile);
    case "avg":
    case "min":
    case "max":
    case "med":
    case "count":
    case "last":
      return view[aggregation.kind];
    default:
      return undefined; // parseThresholds refuses all others
  }
}
