import { parseDuration } from "../duration.ts";
import { ConfigurationError } from "../errors.ts";
import { mostThresholds } from "../size-limits.ts";
import { type Expression, parseExpression } from "./expression.ts";
import type { Metric } from "./metrics.ts";
import { parseSelector, type Selector } from "./selector.ts";
import { type LoadTimes, readSpan, type ThresholdSpan, unknownLoadTimes } from "./span.ts";

/** A threshold with options, with k6's names where k6 has them. */
export interface ThresholdDefinition {
  readonly threshold: string;
  /** Whether the run ends as soon as the threshold fails; default false. */
  readonly abortOnFail?: boolean;
  /** The earliest time at which `abortOnFail` may end the run; default "0s". */
  readonly delayAbortEval?: string;
  /** The result of the threshold without data; default "fails". */
  readonly noData?: "fails" | "passes";
  /** The threshold must hold in every window of this length, such as "1m"; default: over the whole run. */
  readonly window?: string;
  /** Only what completes after the ramp-up, or after this time, counts; default: everything. */
  readonly after?: "ramp" | (string & {});
}

/** A condition that a run must meet to pass. Plain data: it can be stored and sent. */
export interface Threshold {
  /** The metric as the user wrote it, with its selector: `response_time{name:/jobs}`. */
  readonly metric: string;
  readonly selector: Selector;
  readonly expression: Expression;
  /** The time in ms since the start from which on the run ends as soon as the threshold fails; null for never. */
  readonly abortFromMs: number | null;
  readonly passesWithoutData: boolean;
  /** The part of the run to evaluate; null for the whole run. */
  readonly span: ThresholdSpan | null;
}

type OneOrMany<Value> = Value | readonly Value[];

/**
 * Parses a test's `thresholds`: for each metric (with or without a selector) one or more expressions, all of which must
 * hold.
 *
 * @returns one threshold per expression, in the order written
 * @param load the times that `window` and `after` must fit
 * @param declared the metrics that the test declares
 * @throws ThresholdError if an expression is not valid or does not fit its metric
 * @throws ConfigurationError if `window` or `after` is not valid, or there are too many thresholds
 */
export function parseThresholds(
  input: Readonly<Record<string, OneOrMany<string | ThresholdDefinition>>>,
  load: LoadTimes = unknownLoadTimes,
  declared: readonly Metric[] = [],
): Threshold[] {
  const thresholds = Object.entries(input).flatMap(([metric, given]) => {
    const selector = parseSelector(metric, declared);
    return [given].flat().map((one): Threshold => {
      const definition: ThresholdDefinition = typeof one === "string" ? { threshold: one } : one;
      const { threshold, abortOnFail = false, delayAbortEval = "0s", noData = "fails" } = definition;
      return {
        metric: metric.trim(),
        selector,
        expression: parseExpression(threshold, selector.metric),
        abortFromMs: abortOnFail ? parseDuration(delayAbortEval) : null,
        passesWithoutData: noData === "passes",
        span: readSpan(threshold, definition, load),
      };
    });
  });
  if (thresholds.length > mostThresholds) {
    throw new ConfigurationError(
      `thresholds: there are ${thresholds.length}; at most ${mostThresholds} are possible, as every worker records each`,
    );
  }
  return thresholds;
}
