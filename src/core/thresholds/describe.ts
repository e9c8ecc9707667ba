import { formatClock, formatDuration } from "../duration.ts";
import { satisfies, type ThresholdOutcome } from "./evaluate.ts";
import { type Expression, printAggregation } from "./expression.ts";
import type { Metric } from "./metrics.ts";
import type { Threshold } from "./threshold.ts";

/**
 * Describes an evaluated threshold, as the reason in a report: `p(95) of response_time was 812 ms (limit < 500 ms)`, `error
 * rate was 5.1 % (limit < 1 %)`, `requests rate was 812/s (limit > 1000/s)`, `no data for users (limit max > 100)`.
 *
 * @param outcome the outcome of the same threshold, by `evaluateThreshold`
 */
export function describeThreshold(threshold: Threshold, outcome: ThresholdOutcome): string {
  const { expression, metric } = threshold;
  const scale = scaleOf(threshold.selector.metric, expression);
  const limit = `${expression.operator} ${plain(expression.bound * scale.factor)}${scale.suffix}`;
  const where = describeSpan(outcome);
  if (outcome.value === null)
    return `no data for ${metric}${where} (limit ${printAggregation(expression.aggregation)} ${limit})`;
  const value = shortest(outcome.value, expression, scale.factor);
  return `${subject(threshold)} was ${value}${scale.suffix}${where} (limit ${limit})`;
}

/** Describes the part of the run that the threshold was about; an empty string for the whole run. */
function describeSpan({ span }: ThresholdOutcome): string {
  if (span === undefined) return "";
  const { fromMs, windows } = span;
  if (windows === null) return fromMs === 0 ? "" : ` after ${formatClock(fromMs)}`;
  const { widthMs, judged, broken, worstStartMs, unjudged = 0 } = windows;
  const width = formatDuration(widthMs);
  if (worstStartMs === null && unjudged > 0) return `: none of ${unjudged} windows of ${width} could be judged`;
  if (worstStartMs === null) return `: there was no full window of ${width}`;
  const others = broken > 1 ? `, the worst of ${broken} such windows of ${judged}` : "";
  return ` in the ${width} from ${formatClock(worstStartMs)}${others}`;
}

/** The name of the measured value: "error rate", as people say, not "rate of failures". */
function subject({ metric, selector, expression }: Threshold): string {
  const aggregation = printAggregation(expression.aggregation);
  const { name, kind } = selector.metric;
  if (name === "failures" && aggregation === "rate") {
    return selector.conditions.length === 0 ? "error rate" : `error rate of ${metric}`;
  }
  return kind === "counter" || kind === "rate" ? `${metric} ${aggregation}` : `${aggregation} of ${metric}`;
}

interface Scale {
  /** The factor from the metric's unit to the displayed unit. */
  readonly factor: number;
  readonly suffix: string;
}

function scaleOf({ kind, unit }: Metric, { aggregation }: Expression): Scale {
  const perSecond = kind === "counter" && aggregation.kind === "rate" ? "/s" : "";
  if (unit === "bytes") return { factor: 1, suffix: ` B${perSecond}` };
  if (aggregation.kind === "count" || unit === "count") return { factor: 1, suffix: perSecond };
  return unit === "fraction" ? { factor: 100, suffix: " %" } : { factor: 1, suffix: " ms" };
}

/**
 * Formats the value with three significant digits, at least all whole digits, and as many as are needed to show it on the
 * correct side of the bound: "was 500 ms (limit < 500 ms)" would be a riddle for 499.9996.
 */
function shortest(value: number, expression: Expression, factor: number): string {
  const shown = value * factor;
  const bound = Number(plain(expression.bound * factor));
  const held = satisfies(value, expression);
  const wholeDigits = Math.min(15, Math.max(3, Math.trunc(Math.abs(shown)).toString().length));
  for (let digits = wholeDigits; digits <= 15; digits++) {
    const rounded = Number(shown.toPrecision(digits));
    if (satisfies(rounded, { operator: expression.operator, bound }) === held) return String(rounded);
  }
  return String(shown);
}

/** Formats without the noise of binary fractions: 0.07 * 100 is 7.000000000000001. */
function plain(value: number): string {
  return String(Number(value.toPrecision(15)));
}
