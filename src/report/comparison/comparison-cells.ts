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

/**
 * "24.3 +21 % ✗": the later value, its change, and the mark of the outcome.
 *
 * @param isJudged false if the tests or loads of the runs differ: then there is no outcome to mark
 */
export function figureCell(comparison: FigureComparison, isJudged: boolean): string {
  const { figure, after, change, outcome } = comparison;
  if (after === null) return "–";
  const value = figureValue(figure, after);
  // A cell such as "0 % +0.0 points ?" is of no use.
  if (figure === "errorRate" && (change === 0 || outcome === "unclear")) return value;
  return [value, change === null ? "" : figureChange(figure, change), isJudged ? outcomeMarks[outcome] : ""]
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

export function figureValue(figure: FigureKind, value: number): string {
  switch (figure) {
    case "errorRate":
      return percent(value);
    case "requestsPerSecond":
      return perSecondText(value);
    default:
      return milliseconds(value);
  }
}

/** The factor from which a change is shown as a factor, because a percentage is harder to read. */
const readableAsFactor = 10;
/** The largest factor that is shown. Intervals of few sections can be absurdly wide. */
const mostFactor = 1_000;

/** "+21 %", "-3.2 %", "×28"; for failures, "+0.4 points". */
export function figureChange(figure: FigureKind, change: number): string {
  const factor = 1 + change;
  if (figure !== "errorRate" && factor >= mostFactor) return `over ×${mostFactor.toLocaleString("en-US")}`;
  if (figure !== "errorRate" && factor >= readableAsFactor) return `×${factor.toFixed(factor < 99.5 ? 1 : 0)}`;
  const value = change * 100;
  const digits = Math.abs(value) < 9.95 ? 1 : 0;
  // A value that did not fall to 0 is never shown as -100 %.
  const text = change > -1 && value <= -99.5 ? Math.max(value, -99.9).toFixed(1) : value.toFixed(digits);
  const number = Number(text) === 0 ? "±0" : value > 0 ? `+${text}` : text;
  return `${number} ${figure === "errorRate" ? "points" : "%"}`;
}

/** The figures that are unclear for the same reason. */
export interface UnclearFigures {
  readonly because: string;
  readonly figures: readonly { readonly method: string; readonly name: string; readonly figure: FigureKind }[];
}

/** The figures whose outcome is unclear, grouped by the reason. Figures without a change are left out. */
export function unclearFigures(endpoints: readonly ComparedFigures[]): UnclearFigures[] {
  const found = new Map<string, UnclearFigures["figures"][number][]>();
  for (const { method, name, figures } of endpoints) {
    for (const { figure, change, outcome, because } of figures) {
      if (outcome !== "unclear" || (change ?? 0) === 0) continue;
      const reason = because ?? "the parts of the runs vary too much";
      found.set(reason, [...(found.get(reason) ?? []), { method, name, figure }]);
    }
  }
  return [...found].map(([because, figures]) => ({ because, figures }));
}

interface ComparedFigures {
  readonly method: string;
  readonly name: string;
  readonly figures: readonly Pick<FigureComparison, "figure" | "change" | "outcome" | "because">[];
}
