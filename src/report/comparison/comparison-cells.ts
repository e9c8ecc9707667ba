import type { FigureComparison, FigureOutcome } from "../../analysis/comparison/comparison.ts";
import type { FigureKind } from "../../analysis/comparison/figure.ts";
import type { MinimalChange } from "../../analysis/comparison/figure-scale.ts";
import { milliseconds, percent, perSecondText } from "../numbers.ts";

const outcomeMarks: Readonly<Record<FigureOutcome, string>> = {
  worse: "✗",
  better: "✓",
  same: "",
  unclear: "?",
};

/** The column titles. */
export const figureTitles: Readonly<Record<FigureKind, string>> = {
  p50: "p50 ms",
  p95: "p95 ms",
  p99: "p99 ms",
  errorRate: "failures",
  requestsPerSecond: "req/s",
};

/** "24.3 +21 % ✗": the later value, its change, and the mark of the outcome. */
export function figureCell(comparison: FigureComparison): string {
  const { figure, after, change, outcome } = comparison;
  if (after === null) return "–";
  const value = figureValue(figure, after);
  // A cell such as "0 % +0.0 points ?" would not help anybody.
  if (figure === "errorRate" && (change === 0 || outcome === "unclear")) return value;
  return [value, change === null ? "" : figureChange(figure, change), outcomeMarks[outcome]]
    .filter((text) => text !== "")
    .join(" ");
}

/** "GET /jobs p50: 20.1 → 24.3 ms, +21 % (+18 % to +23 %)" */
export function figureSentence(where: string, { figure, before, after, change, interval }: FigureComparison): string {
  const told = (value: number | null) => (value === null ? "–" : figureValue(figure, value));
  const unit = figure.startsWith("p") ? " ms" : "";
  const span =
    interval === null ? "" : ` (${figureChange(figure, interval.low)} to ${figureChange(figure, interval.high)})`;
  const changed = change === null ? "" : `, ${figureChange(figure, change)}${span}`;
  return `${where} ${figureName(figure)}: ${told(before)} → ${told(after)}${unit}${changed}`;
}

export function figureName(figure: FigureKind): string {
  return figure.startsWith("p") ? figure : figureTitles[figure];
}

/** The legend of the marks: how changes are judged. */
export function judgementLine({ share, ms }: MinimalChange): string {
  return `✗ worse, ✓ better: by more than ${shareText(share)} (for times, also ${ms} ms) with 99 % confidence; ?: inconclusive`;
}

/** A share as the user wrote it: "10 %", "7.5 %". */
export function shareText(share: number): string {
  return `${Number((share * 100).toFixed(3))} %`;
}

function figureValue(figure: FigureKind, value: number): string {
  switch (figure) {
    case "errorRate":
      return percent(value);
    case "requestsPerSecond":
      return perSecondText(value);
    default:
      return milliseconds(value);
  }
}

/** "+21 %", "-3.2 %"; for failures, "+0.4 points". */
function figureChange(figure: FigureKind, change: number): string {
  const value = change * 100;
  const digits = Math.abs(value) < 9.95 ? 1 : 0;
  const text = value.toFixed(digits);
  const number = Number(text) === 0 ? "±0" : value > 0 ? `+${text}` : text;
  return `${number} ${figure === "errorRate" ? "points" : "%"}`;
}
