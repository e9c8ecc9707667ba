import type { Selector, TagCondition } from "./selector.ts";
import type { Threshold } from "./threshold.ts";

/** A part of all requests that is recorded apart because some threshold is about it. */
export interface SliceDefinition {
  /** The same for the same conditions. */
  readonly key: string;
  readonly conditions: readonly TagCondition[];
}

/** Totals are kept by these anyway. */
const keptTags: readonly string[] = ["name", "method", "check"];

/** The slice that a selector is about; null when the totals can tell by themselves. */
export function sliceOf({ conditions }: Selector): SliceDefinition | null {
  if (conditions.every(({ tag }) => keptTags.includes(tag))) return null;
  const words = conditions.map(({ tag, value, isNot }) => `${tag}${isNot ? "!=" : ":"}${JSON.stringify(value)}`);
  return { key: words.sort().join(","), conditions };
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
