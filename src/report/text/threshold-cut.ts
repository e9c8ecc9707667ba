import type { ThresholdOutcome } from "../../core/thresholds/evaluate.ts";
import { cutDistinct } from "./distinct-cut.ts";
import { printableApart, widthOf } from "./text-width.ts";
import { thresholdWords } from "./threshold-line.ts";

/** The width of a label on the narrowest terminal. */
const fewestLabelColumns = 12;

/**
 * Renders thresholds for status lines like `shortThreshold`, each in at most `columns` columns. Long labels are
 * shortened so that different ones remain different; values are never shortened.
 */
export function shortThresholds(outcomes: readonly ThresholdOutcome[], columns: number): string[] {
  const words = outcomes.map(thresholdWords);
  const room = columns - 1 - Math.max(0, ...words.map(([, value]) => widthOf(value)));
  const labels = cutDistinct(printableApart(words.map(([label]) => label)), Math.max(fewestLabelColumns, room));
  return words.map(([, value], position) => `${labels[position]} ${value}`);
}
