import type { ThresholdOutcome } from "../../core/thresholds/evaluate.ts";
import { cutDistinct } from "./distinct-cut.ts";
import { printableApart, widthOf } from "./text-width.ts";
import { thresholdWords } from "./threshold-line.ts";

/** Of a label, on the narrowest terminal. */
const fewestLabelColumns = 12;

/**
 * Thresholds for status lines, as `shortThreshold` has them, in at most so many columns each: what is too long of a label
 * is left out, such that different ones stay different, and the values stay whole.
 */
export function shortThresholds(outcomes: readonly ThresholdOutcome[], columns: number): string[] {
  const words = outcomes.map(thresholdWords);
  const room = columns - 1 - Math.max(0, ...words.map(([, value]) => widthOf(value)));
  const labels = cutDistinct(printableApart(words.map(([label]) => label)), Math.max(fewestLabelColumns, room));
  return words.map(([, value], position) => `${labels[position]} ${value}`);
}
