import type { PhaseName } from "../request-phase.ts";
import { isStreamMetric, observedMetric } from "./metrics.ts";
import { conditionsKey, recordedName } from "./recorded-metric.ts";
import { onStopHook, type Selector, type TagCondition } from "./selector.ts";
import type { Threshold } from "./threshold.ts";

/** A part of all requests that is recorded separately because a threshold uses it. */
export interface SliceDefinition {
  /** A key of the conditions, independent of their order. */
  readonly key: string;
  readonly conditions: readonly TagCondition[];
  /**
   * The only phase of these requests to record, as a metric with the name `key`; null to record all values that are
   * recorded for endpoints.
   */
  readonly phase: PhaseName | null;
}

/** The tags by which totals are recorded anyway. */
const keptTags: readonly string[] = ["name", "method", "check"];

/** Whether the totals are recorded separately for the tag of a condition. The tag `hook` with another value is a tag of the test. */
function isKept({ tag, value }: TagCondition): boolean {
  return keptTags.includes(tag) || (tag === "hook" && value === onStopHook);
}

/** Returns the slice that a selector needs; null if the totals are enough. */
export function sliceOf(selector: Selector): SliceDefinition | null {
  const { conditions, metric } = selector;
  if (metric.phase !== undefined)
    return { key: recordedName(selector) ?? metric.name, conditions, phase: metric.phase };
  // Parts of streams are recorded as metrics.
  if (!metric.tags.includes("name") || isStreamMetric(metric.name)) return null;
  if (conditions.every(isKept)) return null;
  return { key: conditionsKey(conditions), conditions, phase: null };
}

/**
 * Returns the slice of the requests that a selector matches and one scenario makes; null if the selector matches all
 * requests, names scenarios itself, or is not about requests.
 */
export function sliceOfScenario(selector: Selector, scenario: string): SliceDefinition | null {
  const { conditions, metric } = selector;
  if (
    metric.phase !== undefined ||
    metric.name === observedMetric ||
    isStreamMetric(metric.name) ||
    recordedName(selector) !== null
  )
    return null;
  if (!metric.tags.includes("name") || conditions.length === 0) return null;
  if (conditions.some(({ tag }) => tag === "scenario")) return null;
  const own = [...conditions, { tag: "scenario", value: scenario, isNot: false }];
  return { key: conditionsKey(own), conditions: own, phase: null };
}

/**
 * Returns the slices that these thresholds need, each once. A threshold with a `window` needs to know which of several
 * scenarios make the requests that it is about: a scenario that has ended makes no more of them.
 */
export function slicesOf(thresholds: readonly Threshold[], scenarios: readonly string[] = []): SliceDefinition[] {
  const slices = new Map<string, SliceDefinition>();
  for (const { selector, span } of thresholds) {
    const isRolling = span?.windowMs != null && scenarios.length > 1;
    const parts = isRolling ? scenarios.map((name) => sliceOfScenario(selector, name)) : [];
    for (const slice of [sliceOf(selector), ...parts]) if (slice !== null) slices.set(slice.key, slice);
  }
  return [...slices.values()];
}
