import type { PhaseName } from "../request-phase.ts";
import { conditionsKey, recordedName } from "./recorded-metric.ts";
import type { Selector, TagCondition } from "./selector.ts";
import type { Threshold } from "./threshold.ts";

/** A part of all requests that is recorded apart because some threshold is about it. */
export interface SliceDefinition {
  /** The same for the same conditions. */
  readonly key: string;
  readonly conditions: readonly TagCondition[];
  /** The one phase of these requests that is recorded, as a metric called `key`; null for all that endpoints have. */
  readonly phase: PhaseName | null;
}

/** Totals are kept by these anyway. */
const keptTags: readonly string[] = ["name", "method", "check"];

/** The slice that a selector is about; null when the totals can tell by themselves. */
export function sliceOf(selector: Selector): SliceDefinition | null {
  const { conditions, metric } = selector;
  if (metric.phase !== undefined)
    return { key: recordedName(selector) ?? metric.name, conditions, phase: metric.phase };
  if (!metric.tags.includes("name") || conditions.every(({ tag }) => keptTags.includes(tag))) return null;
  return { key: conditionsKey(conditions), conditions, phase: null };
}

/** The slices that these thresholds need, each once. */
export function slicesOf(thresholds: readonly Threshold[]): SliceDefinition[] {
  const slices = new Map<string, SliceDefinition>();
  for (const { selector } of thresholds) {
    const slice = sliceOf(selector);
    if (slice !== null) slices.set(slice.key, slice);
  }
  return [...slices.values()];
}
