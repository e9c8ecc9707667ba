import { observedText, observedTitle } from "../observed/observed-lines.ts";
import type { ObservedComparison } from "./comparison-report.ts";

export function observedName({ name, unit }: ObservedComparison): string {
  return observedTitle(name, unit);
}

/** The means and the maxima of an observed metric, each before and after. */
export function observedCells({ before, after, unit }: ObservedComparison): string[] {
  const shown = (value: number | undefined) => (value === undefined ? "–" : observedText(value, unit));
  return [shown(before?.avg), shown(after?.avg), shown(before?.max), shown(after?.max)];
}
