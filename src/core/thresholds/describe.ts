import { formatClock, formatDuration } from "../duration.ts";
import { satisfies, type ThresholdOutcome } from "./evaluate.ts";
import { type Expression, printAggregation } from "./expression.ts";
import type { Metric } from "./metrics.ts";
import type { Threshold } from "./threshold.ts";

/**
 * An evaluated threshold in words, for the reason that a report gives: `p(95) of response_time was 812 ms (limit < 500 ms)`,
 * `error rate was 5.1 % (limit < 1 %)`, `requests rate was 812/s (limit > 1000/s)`, `no data for users (limit max > 100)`.
 *
 * @param outcome of the same threshold, by `evaluateThreshold`
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

/** Which part of the run it was about: nothing for the whole. */
function describeSpan({ span }: ThresholdOutcome): string {
  if (span === undefined) return "";
  const { fromMs, windows } = span;
  if (windows === null) return fromMs === 0 ? "" : ` after ${formatClock(fromMs)}`;
  const { widthMs, judged, broken, worstStartMs } = windows;
  const width = formatDuration(widthMs);
  if (worstStartMs === null) return `: there was no full window of ${width}`;
  const others = broken > 1 ? `, the worst of ${broken} such windows of ${judged}` : "";
  return ` in the ${width} from ${formatClock(worstStartMs)}${others}`;
}

/** What was measured. People say "error rate", not "rate of failures". */
function subject({ metric, selector, expression }: Threshold): string {
  const aggregation = printAggregation(expression.aggregation);
  const { name, kind } = selector.metric;
  if (name === "failures" && aggregation === "rate") {
    return selector.conditions.length === 0 ? "error rate" : `error rate of ${metric}`;
  }
  return kind === "counter" || kind === "rate" ? `${metric} ${aggregation}` : `${aggregation} of ${metric}`;
}

interface Scale {
  /** From the unit of the metric to the one shown. */
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
 * Three significant digits and never less than the whole number, but as many as it takes for the text to fall on the same
 * side of the bound as the value: "was 500 ms (limit < 500 ms)" would be a riddle when it was 499.9996.
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

/** Without the noise of binary fractions: 0.07 * 100 is 7.000000000000001. */
function plain(value: number): string {
  return String(Number(value.toPrecision(15)));
}
