import { observedText } from "../observed/observed-lines.ts";
import type { ObservedComparison } from "./comparison-report.ts";

/** "memory, bytes" */
export function observedName({ name, unit }: ObservedComparison): string {
  return unit === null ? name : `${name}, ${unit}`;
}

/** The means and the maxima of an observed metric, each before and after. */
export function observedCells({ before, after }: ObservedComparison): string[] {
  const shown = (value: number | undefined) => (value === undefined ? "–" : observedText(value));
  return [shown(before?.avg), shown(after?.avg), shown(before?.max), shown(after?.max)];
}
