import type { ThresholdOutcome } from "../../core/thresholds/evaluate.ts";
import { count } from "../numbers.ts";
import type { Style } from "./style.ts";
import { widthOf, wrapTo } from "./text-width.ts";
import { shortThresholds } from "./threshold-cut.ts";
import { barShare, closeNote, limitPlace, type Margin, marginOf, worstFirst } from "./threshold-line.ts";

/** A threshold, with how certain its outcome is. */
interface ShownThreshold extends ThresholdOutcome {
  readonly close?: boolean;
  readonly interval?: { readonly lowMs: number; readonly highMs: number | null };
  /** Whether the threshold is not judged yet, because nothing was measured. */
  readonly isOpen?: boolean;
}

const barColumns = 10;
const gap = 2;
/** The width of the spaces and the mark before the text of a threshold. */
const indent = 4;

/**
 * Renders one line per threshold, the worst first: mark, value, limit, a bar with the limit as `│`, and the distance from
 * the limit. Without room for all of that, the bar is left out first; values are never cut.
 * @param most the maximum number of lines; the last of them counts the thresholds that are not shown
 */
export function thresholdLines(
  thresholds: readonly ShownThreshold[],
  style: Style,
  columns: number,
  most = Number.POSITIVE_INFINITY,
): string[] {
  const sorted = worstFirst(thresholds);
  const shown = sorted.length <= most ? sorted : sorted.slice(0, Math.max(1, most - 1));
  const notes = shown.map((each) => closeNote({ close: false, ...each }));
  const margins = shown.map(marginOf);
  const distanceColumns = Math.max(0, ...margins.map((margin) => widthOf(margin?.text ?? "")));
  const noteColumns = Math.max(0, ...notes.map(widthOf));
  const room = columns - indent - noteColumns;
  const withBar = room - gap - (barColumns + 1) - (distanceColumns === 0 ? 0 : gap + distanceColumns);
  const whole = shortThresholds(shown, Number.POSITIVE_INFINITY);
  const widest = Math.max(0, ...whole.map(widthOf));
  const hasBar = withBar >= Math.min(widest, leastText) && margins.some((margin) => margin !== null);
  const texts = shortThresholds(shown, hasBar ? withBar : room);
  const textColumns = Math.max(0, ...texts.map((text, position) => widthOf(text + notes[position])));
  const lines = shown.flatMap((threshold, position) => {
    const { passed, isOpen = false } = threshold;
    const mark = isOpen ? style.muted("…") : passed ? style.passed("✓") : style.failed("✗");
    const text = `${texts[position]}${notes[position]}`;
    const margin = margins[position] ?? null;
    if (widthOf(text) > columns - indent) return wrapped(text, mark, columns);
    if (margin === null || !hasBar || textColumns > columns - indent - gap - barColumns) return [`  ${mark} ${text}`];
    const bar = barOf(margin, passed ? style.passed : style.failed, style);
    const distance = margin.text.padStart(distanceColumns);
    return [
      `  ${mark} ${text}${" ".repeat(textColumns - widthOf(text) + gap)}${bar}${" ".repeat(gap)}${distance}`.trimEnd(),
    ];
  });
  const rest = sorted.slice(shown.length);
  const failing = rest.filter(({ passed, isOpen = false }) => !passed && !isOpen).length;
  return rest.length === 0
    ? lines
    : [
        ...lines,
        style.muted(`  and ${count(rest.length)} more${failing === 0 ? "" : `, ${count(failing)} of them ✗`}`),
      ];
}

/** The least width of a threshold's text beside the bar, so that the bar hides nothing by which thresholds differ. */
const leastText = 30;

function wrapped(text: string, mark: string, columns: number): string[] {
  return wrapTo(text, columns - indent).map((line, position) => (position === 0 ? `  ${mark} ${line}` : `    ${line}`));
}

/** "▓▓▓▓░░░░│░░" */
function barOf(margin: Margin, colour: (text: string) => string, style: Style): string {
  const filled = Math.round(barShare(margin) * barColumns);
  const limit = Math.round(limitPlace * barColumns);
  // A failed threshold is shown beyond the limit, and a passing one is not, however close both are.
  const shown = margin.used > 1 ? Math.max(limit + 1, filled) : Math.min(limit, filled);
  const part = (from: number, to: number) => {
    const full = Math.max(0, Math.min(to, shown) - from);
    return `${full > 0 ? colour("▓".repeat(full)) : ""}${style.muted("░".repeat(to - from - full))}`;
  };
  return `${part(0, limit)}│${part(limit, barColumns)}`;
}
