import { type Expression, parseExpression } from "./expression.ts";
import { parseSelector, type Selector } from "./selector.ts";

/** One condition that a run must hold to pass. Plain data: it may be stored and sent. */
export interface Threshold {
  /** As the user wrote it, with its selector: `response_time{name:/jobs}`. */
  readonly metric: string;
  readonly selector: Selector;
  readonly expression: Expression;
}

/**
 * Reads a test's `thresholds`: for each metric (with or without a selector) one expression or several, all of which must hold.
 *
 * @returns one threshold per expression, in the order written
 * @throws ThresholdError on the first that is not understood or does not fit its metric
 */
export function parseThresholds(input: Readonly<Record<string, readonly string[] | string>>): Threshold[] {
  return Object.entries(input).flatMap(([metric, expressions]) => {
    const selector = parseSelector(metric);
    return [expressions].flat().map((text) => ({
      metric: metric.trim(),
      selector,
      expression: parseExpression(text, selector.metric),
    }));
  });
}
