import { formatClock, formatDuration } from "../duration.ts";
import { satisfies, type ThresholdOutcome } from "./evaluate.ts";
import type { Expression } from "./expression.ts";
import { measuredName } from "./measured-name.ts";
import type { Metric } from "./metrics.ts";
import type { Selector } from "./selector.ts";
import type { Threshold } from "./threshold.ts";

/**
 * Describes an evaluated threshold, as the reason in a report: `p95 of GET /jobs was 812 ms (limit < 500 ms)`, `error rate was
 * 5.1 % (limit < 1 %)`, `requests rate was 812/s (limit > 1000/s)`, `no data for max users (limit > 100)`.
 *
 * @param outcome the outcome of the same threshold, by `evaluateThreshold`
 */
export function describeThreshold(threshold: Threshold, outcome: ThresholdOutcome): string {
  const { selector, expression } = threshold;
  const { factor, suffix } = scaleOf(selector.metric, expression);
  const limit = `(limit ${limitText(threshold)})`;
  const where = describeSpan(outcome);
  if (outcome.value === null) return `${noDataText(threshold)}${where} ${limit}`;
  const value = `${shortest(outcome.value, expression, factor)}${suffix}`;
  return `${measuredName(selector, expression.aggregation)} was ${value}${where} ${limit}`;
}

/** Describes the condition of a threshold: `p95 of GET /jobs < 500 ms`. */
export function describeCondition(threshold: Condition): string {
  const { selector, expression } = threshold;
  return `${measuredName(selector, expression.aggregation)} ${limitText(threshold)}`;
}

/** Returns the start of the text of `describeThreshold` for a threshold without data: `no data for p95 of GET /jobs`. */
export function noDataText({ selector, expression }: Condition): string {
  return `no data for ${measuredName(selector, expression.aggregation)}`;
}

/** The part of a threshold that says what must hold. */
interface Condition {
  readonly selector: Selector;
  readonly expression: Expression;
}

/** Describes the limit of a condition: "< 500 ms". */
function limitText({ selector, expression }: Condition): string {
  const { factor, suffix } = scaleOf(selector.metric, expression);
  return `${expression.operator} ${plain(expression.bound * factor)}${suffix}`;
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
 * correct side of the bound: "was 500 ms (limit < 500 ms)" would be confusing for 499.9996.
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
