import { printable } from "../../core/readable-text.ts";
import { type CutPlace, cutDistinct } from "./distinct-cut.ts";
import { cutTo, printableApart, widthOf } from "./text-width.ts";

/** One column of a text table. The widest cell sets its width. */
export interface Column {
  readonly title: string;
  readonly align: "left" | "right";
  /** The maximum width. Longer cells are cut with an ellipsis; different cells remain different. */
  readonly maxWidth?: number;
  /** Where a cell is cut if that keeps it different from others. Default: in the middle. */
  readonly cut?: CutPlace;
  /** Whether the column is never shortened to make room for others: a shortened id is useless. */
  readonly isWhole?: boolean;
  /** The rank at which the column is left out if not all columns fit; 1 is left out first. Absent if it is never left out. */
  readonly leftOut?: number;
}

const [usualGap, narrowGap] = [2, 1];
/** The least widths of a shortened column: as long as other columns may still be left out, and when no more may. */
const [usefulColumns, leastColumns] = [20, 8];

/**
 * Renders a table of at most `totalWidth` columns. If it is too wide, the left-aligned columns are shortened, then the gaps
 * are narrowed, and then columns are left out by their rank. Right-aligned cells are never cut, because they are numbers.
 */
export function table(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  totalWidth = Number.POSITIVE_INFINITY,
): string[] {
  const cells = columns.map((_, position) => printableApart(rows.map((row) => row[position] ?? "")));
  const widths = columns.map(({ title, maxWidth = Number.POSITIVE_INFINITY }, position) =>
    Math.min(maxWidth, Math.max(...[printable(title), ...(cells[position] ?? [])].map(widthOf))),
  );
  const all = columns.map((column, position) => ({
    column,
    width: widths[position] ?? 0,
    cells: cells[position] ?? [],
  }));
  const { gap, shown } = fitted(all, totalWidth);
  const texts = shown.map(({ column, width, cells }) => [
    printable(column.title),
    ...cutDistinct(cells, width, column.cut),
  ]);
  return ["", ...rows].map((_, row) =>
    shown
      .map(({ column, width }, position) => fill(texts[position]?.[row] ?? "", width, column.align))
      .join(" ".repeat(gap))
      .trimEnd(),
  );
}

function fill(cell: string, width: number, align: Column["align"]): string {
  const text = cutTo(cell, width);
  const padding = " ".repeat(Math.max(0, width - widthOf(text)));
  return align === "right" ? padding + text : text + padding;
}

interface Measured {
  readonly column: Column;
  readonly width: number;
  readonly cells: readonly string[];
}

/** The columns that fit, with their widths. */
function fitted(all: readonly Measured[], totalWidth: number): { gap: number; shown: readonly Measured[] } {
  let kept = all;
  for (;;) {
    const canLeaveOut = kept.some(({ column }) => column.leftOut !== undefined);
    const least = kept.reduce((sum, each) => sum + leastWidth(each, canLeaveOut ? usefulColumns : leastColumns), 0);
    for (const gap of [usualGap, narrowGap]) {
      const room = totalWidth - gap * (kept.length - 1);
      if (least <= room) return { gap, shown: shrunk(kept, room) };
    }
    const ranks = kept.map(({ column }) => column.leftOut ?? Number.POSITIVE_INFINITY);
    const next = Math.min(...ranks);
    if (!Number.isFinite(next)) return { gap: narrowGap, shown: shrunk(kept, 0) };
    kept = kept.filter((_, position) => ranks[position] !== next);
  }
}

/** Shortens the widest of the columns that may be shortened, until all columns fit. */
function shrunk(columns: readonly Measured[], room: number): Measured[] {
  const widths = columns.map(({ width }) => width);
  for (let over = widths.reduce((sum, width) => sum + width, 0) - room; over > 0; over--) {
    const spare = columns.map((each, position) =>
      (widths[position] ?? 0) > leastWidth(each, leastColumns) ? (widths[position] ?? 0) : 0,
    );
    const widest = Math.max(...spare);
    if (widest === 0) break;
    widths[spare.indexOf(widest)] = widest - 1;
  }
  return columns.map((each, position) => ({ ...each, width: widths[position] ?? 0 }));
}

function leastWidth({ column, width }: Measured, least: number): number {
  return column.align === "left" && column.isWhole !== true ? Math.min(width, least) : width;
}
