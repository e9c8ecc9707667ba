import type { Selector, TagCondition } from "./selector.ts";
import type { Threshold } from "./threshold.ts";

/** A metric, or a part of one, that workers record only because some threshold is about it; as if it were one of the test's own. */
export interface RecordedMetric {
  /** Of the metric with its conditions: what the workers report it under. */
  readonly name: string;
  readonly metric: string;
  readonly conditions: readonly TagCondition[];
}

/** The same for the same conditions, in whatever order they are written. */
export function conditionsKey(conditions: readonly TagCondition[]): string {
  const words = conditions.map(({ tag, value, isNot }) => `${tag}${isNot ? "!=" : ":"}${JSON.stringify(value)}`);
  return words.sort().join(",");
}

/** What a selector is about is recorded under this name, as metrics of the test's own are; null for what the totals of requests and iterations have. */
export function recordedName({ metric, conditions }: Selector): string | null {
  const isOfChecks = metric.name === "checks" && conditions.some(({ tag }) => tag !== "check");
  if (!metric.isScalar && !metric.isOnDemand && !isOfChecks) return null;
  return conditions.length === 0 ? metric.name : `${metric.name}{${conditionsKey(conditions)}}`;
}

/** What these thresholds need beside the slices of requests, each once. */
export function recordedMetricsOf(thresholds: readonly Threshold[]): RecordedMetric[] {
  const recorded = new Map<string, RecordedMetric>();
  for (const { selector } of thresholds) {
    const { metric, conditions } = selector;
    const name = recordedName(selector);
    // They are recorded as a whole in any case, and slices record the phases of requests.
    const isWhole = metric.isScalar && conditions.length === 0;
    if (name !== null && !isWhole && metric.phase === undefined)
      recorded.set(name, { name, metric: metric.name, conditions });
  }
  return [...recorded.values()];
}
