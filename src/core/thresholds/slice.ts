import type { PhaseName } from "../request-phase.ts";
import { isStreamMetric } from "./metrics.ts";
import { conditionsKey, recordedName } from "./recorded-metric.ts";
import type { Selector, TagCondition } from "./selector.ts";
import type { Threshold } from "./threshold.ts";

/** A part of all requests that is recorded separately because a threshold uses it. */
export interface SliceDefinition {
  /** A key of the conditions, independent of their order. */
  readonly key: string;
  readonly conditions: readonly TagCondition[];
  /**
   * The only phase of these requests to record, as a metric with the name `key`; null for all values that endpoints have.
   */
  readonly phase: PhaseName | null;
}

/** The tags by which totals are recorded anyway. */
const keptTags: readonly string[] = ["name", "method", "check"];

/** Returns the slice that a selector needs; null if the totals are enough. */
export function sliceOf(selector: Selector): SliceDefinition | null {
  const { conditions, metric } = selector;
  if (metric.phase !== undefined)
    return { key: recordedName(selector) ?? metric.name, conditions, phase: metric.phase };
  // Parts of streams are recorded as metrics.
  if (!metric.tags.includes("name") || isStreamMetric(metric.name)) return null;
  if (conditions.every(({ tag }) => keptTags.includes(tag))) return null;
  return { key: conditionsKey(conditions), conditions, phase: null };
}

/** Returns the slices that these thresholds need, each once. */
export function slicesOf(thresholds: readonly Threshold[]): SliceDefinition[] {
  const slices = new Map<string, SliceDefinition>();
  for (const { selector } of thresholds) {
    const slice = sliceOf(selector);
    if (slice !== null) slices.set(slice.key, slice);
  }
  return [...slices.values()];
}
