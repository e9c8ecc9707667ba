import { formatDuration } from "../../core/duration.ts";
import { describeCondition } from "../../core/thresholds/describe.ts";
import { satisfies, type ThresholdOutcome } from "../../core/thresholds/evaluate.ts";
import type { Expression } from "../../core/thresholds/expression.ts";
import { measuredName, readThreshold } from "../../core/thresholds/measured-name.ts";
import { type Metric, observedMetric } from "../../core/thresholds/metrics.ts";
import { count, milliseconds, percent, perSecondText } from "../numbers.ts";

/** A threshold for a status line: label, measured value, limit: "p95 148 ms < 500". */
export function shortThreshold(outcome: ThresholdOutcome): string {
  return thresholdWords(outcome).join(" ");
}

/** The two parts of `shortThreshold`: the name of the measured figure, and its value with the limit. */
export function thresholdWords(outcome: ThresholdOutcome): readonly [label: string, value: string] {
  const { selector, expression } = readThreshold(outcome.metric, outcome.expression);
  const label = measuredName(selector, expression.aggregation, true);
  const [, operator = "", bound = ""] = /(<=|<|>=|>|===|==|!=)\s*(.*?)\s*$/.exec(outcome.expression) ?? [];
  const isShare = isShareOf(selector.metric, expression, outcome.value);
  const limit = isShare ? exactShare(expression.bound) : bound;
  const value = measured(outcome.value, isShare, selector.metric, expression);
  return [label, `${value} ${operator} ${limit}${part(outcome)}`];
}

/** Whether a value is a share. A metric of the test is known only by its name here, so its rate is taken as a share if it can be one. */
function isShareOf({ kind, origin }: Metric, { aggregation, bound }: Expression, value: number | null): boolean {
  if (aggregation.kind !== "rate") return false;
  return origin === "test" ? Math.max(bound, value ?? 0) <= 1 : kind === "rate";
}

/**
 * Returns the limit of a threshold: "p95 of GET /jobs < 500 ms".
 * @param hasPlace false leaves out the selector: "p95 < 500 ms"
 */
export function limitText({ metric, expression: written }: Written, hasPlace = true): string {
  const { selector, expression } = readThreshold(metric, written);
  return describeCondition({ selector: hasPlace ? selector : { ...selector, conditions: [] }, expression });
}

type Written = Pick<ThresholdOutcome, "metric" | "expression">;

/** How far a measured value is from its limit. */
export interface Margin {
  /** The used share of the limit: 1 at the limit, below 1 if the threshold passes, infinite if the limit is 0. */
  readonly used: number;
  /** The distance from the limit, in percent of it: "−38 %", "+62 %", "17 times"; "" if the limit is 0. */
  readonly text: string;
}

/** The end of a margin bar, as a multiple of the limit. */
const barEnd = 1.25;
/** The position of the limit on a margin bar, 0..1. */
export const limitPlace = 1 / barEnd;

/** Returns the margin of a threshold; null without a measured value, and for a threshold that does not limit an amount. */
export function marginOf({ expression, value }: Pick<ThresholdOutcome, "expression" | "value">): Margin | null {
  const [, operator = "", written = ""] = /(<=?|>=?)\s*(.*?)\s*$/.exec(expression) ?? [];
  const limit = written === "" ? Number.NaN : Number(written);
  if (value === null || !Number.isFinite(limit) || limit < 0 || value < 0) return null;
  if (operator.startsWith("<")) return { used: value === 0 ? 0 : value / limit, text: distanceText(value, limit) };
  return { used: limit === 0 ? 0 : limit / value, text: distanceText(value, limit) };
}

/** Returns the filled share of a margin bar, 0..1. What is beyond its end is not shown. */
export function barShare({ used }: Margin): number {
  return Math.min(1, used / barEnd);
}

function distanceText(value: number, limit: number): string {
  if (limit === 0) return "";
  if (value === limit) return "at the limit";
  const change = value / limit - 1;
  const share = Math.abs(change) * 100;
  if (change >= 9) return `${count(value / limit)} times`;
  const sign = change < 0 ? "−" : "+";
  if (share < 0.05) return `${sign}< 0.1 %`;
  // A value above 0 is never shown as 100 % below its limit.
  if (change < 0 && value > 0 && share >= 99.5) return `${sign}${Math.min(share, 99.9).toFixed(1)} %`;
  return `${sign}${share < 9.95 ? share.toFixed(1) : share.toFixed(0)} %`;
}

interface Judged extends Pick<ThresholdOutcome, "expression" | "value" | "passed"> {
  /** Whether the threshold is not judged yet, because nothing was measured. */
  readonly isOpen?: boolean;
}

/**
 * Sorts thresholds: first the failed ones, the farthest from the limit first; then the ones that pass, the closest first; last the ones
 * that are not judged yet.
 */
export function worstFirst<Outcome extends Judged>(outcomes: readonly Outcome[]): Outcome[] {
  return outcomes
    .map((outcome) => ({ outcome, rank: rankOf(outcome), used: marginOf(outcome)?.used ?? 0 }))
    .sort((a, b) => a.rank - b.rank || (a.used === b.used ? 0 : b.used - a.used))
    .map(({ outcome }) => outcome);
}

function rankOf({ passed, isOpen = false }: Judged): number {
  if (isOpen) return 2;
  return passed ? 1 : 0;
}

/** How certain the outcome of a threshold is; see `JudgedThreshold`. */
interface Sureness {
  readonly close: boolean;
  readonly interval?: { readonly lowMs: number; readonly highMs: number | null };
}

/**
 * The note beside a threshold whose outcome is uncertain: " (close: 141 to 156)" in ms, or " (few samples)" if there
 * are too few to bound its percentile on one side. Empty for other thresholds.
 */
export function closeNote({ close, interval }: Sureness): string {
  if (!close) return "";
  if (interval === undefined) return " (close)";
  if (interval.highMs === null) return " (few samples)";
  return ` (close: ${milliseconds(interval.lowMs)} to ${milliseconds(interval.highMs)})`;
}

/** The part of the run that a threshold applies to; empty for the whole run. */
function part({ span }: ThresholdOutcome): string {
  if (span === undefined) return "";
  const after = span.fromMs === 0 ? "" : ` after ${formatDuration(span.fromMs)}`;
  return span.windows === null ? after : `${after} in every ${formatDuration(span.windows.widthMs)}`;
}

/** The measured value with its unit. */
function measured(value: number | null, isShare: boolean, { name, unit }: Metric, expression: Expression): string {
  if (value === null) return "no data";
  const { aggregation, bound } = expression;
  if (isShare) {
    const text = percent(value);
    // "< 0.01 % < 1 %" would be hard to read.
    const isRange = /^[<>]/.test(text);
    return `${onItsSide(isRange ? "" : text.replace(" %", ""), 100 * value, { ...expression, bound: 100 * bound })} %`;
  }
  if (unit === "ms" && aggregation.kind !== "count") return `${onItsSide(milliseconds(value), value, expression)} ms`;
  // The magnitude of an observed metric is unknown: 0.03 of a core is not 0.
  const isSmall = name === observedMetric && value < 1_000;
  const text = isSmall ? String(Number(value.toPrecision(3))) : perSecondText(value).replace(/\.0$/, "");
  return onItsSide(text, value, expression);
}

/** A share in percent as it was written: "0.005 %", "99.95 %". */
function exactShare(share: number): string {
  return `${Number((100 * share).toPrecision(12))} %`;
}

/**
 * Formats a value as `text`, or with enough digits to show on which side of the limit it is: a passing 499.97 ms must not be shown
 * as "500 ms < 500". Without a text, it has two digits.
 */
function onItsSide(
  text: string,
  measured: number,
  { operator, bound }: Pick<Expression, "operator" | "bound">,
): string {
  // Removes the noise of binary fractions: 0.07 * 100 is 7.000000000000001.
  const [value, limit] = [Number(measured.toPrecision(12)), { operator, bound: Number(bound.toPrecision(12)) }];
  const held = satisfies(value, limit);
  if (text !== "" && satisfies(Number(text.replaceAll(",", "")), limit) === held) return text;
  for (let digits = text === "" ? 2 : 4; digits <= 12; digits++) {
    const shown = Number(value.toPrecision(digits));
    const isWhole = value < 100 && shown >= 100;
    if (!isWhole && satisfies(shown, limit) === held) return String(shown);
  }
  return String(value);
}
