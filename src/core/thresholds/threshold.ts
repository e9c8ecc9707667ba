import { parseDuration } from "../duration.ts";
import { type Expression, parseExpression } from "./expression.ts";
import type { Metric } from "./metrics.ts";
import { parseSelector, type Selector } from "./selector.ts";
import { type LoadTimes, readSpan, type ThresholdSpan, unknownTimes } from "./span.ts";

/** A threshold with more than its expression, in k6's names and one of ours. */
export interface ThresholdDefinition {
  readonly threshold: string;
  /** The run ends as soon as it does not hold. Default false. */
  readonly abortOnFail?: boolean;
  /** Not before so much of the run has passed. Default "0s". */
  readonly delayAbortEval?: string;
  /** What a run without data for it proves. Default "fails". */
  readonly noData?: "fails" | "passes";
  /** It must hold in every stretch of the run of this length, as "1m". Default: over the whole. */
  readonly window?: string;
  /** Only what completes after the load has risen counts, or after so long. Default: all. */
  readonly after?: "ramp" | (string & {});
}

/** One condition that a run must hold to pass. Plain data: it may be stored and sent. */
export interface Threshold {
  /** As the user wrote it, with its selector: `response_time{name:/jobs}`. */
  readonly metric: string;
  readonly selector: Selector;
  readonly expression: Expression;
  /** From when on the run ends as soon as this does not hold, in ms since its start; null for never. */
  readonly abortFromMs: number | null;
  readonly passesWithoutData: boolean;
  /** Null for the whole run. */
  readonly span: ThresholdSpan | null;
}

type OneOrMany<Value> = Value | readonly Value[];

/**
 * Reads a test's `thresholds`: for each metric (with or without a selector) one expression or several, all of which must hold.
 *
 * @returns one threshold per expression, in the order written
 * @param load what `window` and `after` have to fit into
 * @param declared the metrics of the test's own
 * @throws ThresholdError on the first that is not understood or does not fit its metric
 */
export function parseThresholds(
  input: Readonly<Record<string, OneOrMany<string | ThresholdDefinition>>>,
  load: LoadTimes = unknownTimes,
  declared: readonly Metric[] = [],
): Threshold[] {
  return Object.entries(input).flatMap(([metric, given]) => {
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
}
