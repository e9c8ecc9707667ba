import { formatDuration } from "../../core/duration.ts";
import type { ThresholdOutcome } from "../../core/thresholds/evaluate.ts";
import { milliseconds, percent, perSecondText } from "../numbers.ts";

/** Short labels for the most common thresholds; others are shown as written. */
const shortForms: readonly (readonly [metric: string, expression: RegExp, label: string])[] = [
  ["response_time", /^p\(([\d.]+)\)/, "p$1"],
  ["failures", /^rate/, "errors"],
  ["requests", /^rate/, "req/s"],
  ["users", /^max/, "users"],
];

/** A threshold for a status line: label, measured value, limit: "p95 148 ms < 500". */
export function shortThreshold(outcome: ThresholdOutcome): string {
  return thresholdWords(outcome).join(" ");
}

/** The two parts of `shortThreshold`: the metric, and the measured value with the limit. */
export function thresholdWords(outcome: ThresholdOutcome): readonly [label: string, value: string] {
  const [, aggregation = "", operator = "", bound = ""] =
    /^\s*(.*?)\s*(<=|<|>=|>|===|==|!=)\s*(.*?)\s*$/.exec(outcome.expression) ?? [];
  const form = shortForms.find(([metric, pattern]) => metric === outcome.metric && pattern.test(aggregation));
  const label = form === undefined ? `${outcome.metric} ${aggregation}` : aggregation.replace(form[1], form[2]);
  const isShare = aggregation === "rate" && !/^(requests|iterations|dropped|bytes|http_reqs|data)/.test(outcome.metric);
  const limit = isShare ? percent(Number(bound)).replace(".0 %", " %") : bound;
  return [label, `${measured(outcome, isShare)} ${operator} ${limit}${part(outcome)}`];
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
function measured({ metric, expression, value }: ThresholdOutcome, isShare: boolean): string {
  if (value === null) return "no data";
  if (isShare) return percent(value);
  if (
    /_time|schedule_lag|duration|^http_req_(?!failed)/.test(metric.split("{")[0] ?? "") &&
    !expression.startsWith("count")
  )
    return `${milliseconds(value)} ms`;
  return perSecondText(value).replace(/\.0$/, "");
}
