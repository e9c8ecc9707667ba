import { isGroupMetric, isStreamMetric } from "./metrics.ts";
import type { Selector, TagCondition } from "./selector.ts";
import type { Threshold } from "./threshold.ts";

/**
 * A metric, or a part of one, that workers record only because a threshold uses it. They report it like a metric of the
 * test.
 */
export interface RecordedMetric {
  /** The name under which workers report it, with its conditions. */
  readonly name: string;
  readonly metric: string;
  readonly conditions: readonly TagCondition[];
}

/** A key of the conditions, independent of their order. */
export function conditionsKey(conditions: readonly TagCondition[]): string {
  const texts = conditions.map(({ tag, value, isNot }) => `${tag}${isNot ? "!=" : ":"}${JSON.stringify(value)}`);
  return texts.sort().join(",");
}

/**
 * Returns the name under which a selector's values are recorded as a separate metric; null if the totals of requests and
 * iterations contain them.
 */
export function recordedName({ metric, conditions }: Selector): string | null {
  const kept = keptTags(metric.name);
  const isPart = kept !== null && conditions.some(({ tag }) => !kept.includes(tag));
  if (!metric.isScalar && !metric.isOnDemand && !isPart) return null;
  return conditions.length === 0 ? metric.name : `${metric.name}{${conditionsKey(conditions)}}`;
}

/** The tags by which the totals of a run contain a metric: each check, each group, each endpoint that streams. */
function keptTags(metric: string): readonly string[] | null {
  if (metric === "checks") return ["check"];
  if (isGroupMetric(metric)) return ["group"];
  return isStreamMetric(metric) ? ["name", "method"] : null;
}

/** Returns the metrics, each once, that the thresholds need in addition to the totals and the slices of requests. */
export function recordedMetricsOf(thresholds: readonly Threshold[]): RecordedMetric[] {
  const recorded = new Map<string, RecordedMetric>();
  for (const { selector } of thresholds) {
    const { metric, conditions } = selector;
    const name = recordedName(selector);
    // A whole metric of this kind is always recorded, and slices record the phases of requests.
    const isWhole = metric.isScalar && conditions.length === 0;
    if (name !== null && !isWhole && metric.phase === undefined)
      recorded.set(name, { name, metric: metric.name, conditions });
  }
  return [...recorded.values()];
}
