import { observedMetric } from "./metrics.ts";
import type { Threshold } from "./threshold.ts";

/**
 * The names that a test is judged by: those of requests, of checks and of groups in the selectors of its thresholds. They are
 * counted separately however many other names there are.
 */
export interface NamedParts {
  readonly requests: readonly string[];
  readonly checks: readonly string[];
  readonly groups: readonly string[];
}

/** Lists the names in the selectors of `thresholds`, each once. Names that a selector excludes are included. */
export function namedPartsOf(thresholds: readonly Pick<Threshold, "selector">[]): NamedParts {
  const ofLoad = thresholds.filter(({ selector }) => selector.metric.name !== observedMetric);
  const conditions = ofLoad.flatMap(({ selector }) => selector.conditions);
  const valuesOf = (tag: string) => [...new Set(conditions.filter((one) => one.tag === tag).map(({ value }) => value))];
  return { requests: valuesOf("name"), checks: valuesOf("check"), groups: valuesOf("group") };
}
