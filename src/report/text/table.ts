import { type CutPlace, cutDistinct } from "./distinct-cut.ts";
import { cutTo, printable, printableApart, widthOf } from "./text-width.ts";

/** One column of a text table. The widest cell sets its width. */
export interface Column {
  readonly title: string;
  readonly align: "left" | "right";
  /** Longer cells are cut with an ellipsis; different cells stay different. */
  readonly maxWidth?: number;
  /** Where a cell is cut if that keeps it different from others. Default: in the middle. */
  readonly cut?: CutPlace;
  /** Never shortened to make room for other columns: a shortened id is useless. */
  readonly isWhole?: boolean;
}

const gap = "  ";

/** Renders a table of at most `totalWidth` columns. If it is too wide, the widest left-aligned column is shortened. */
export function table(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  totalWidth = Number.POSITIVE_INFINITY,
): string[] {
  const titles = columns.map(({ title }) => printable(title));
  const cells = columns.map((_, position) => printableApart(rows.map((row) => row[position] ?? "")));
  const widths = columns.map(({ maxWidth = Number.POSITIVE_INFINITY }, position) =>
    Math.min(maxWidth, Math.max(...[titles[position] ?? "", ...(cells[position] ?? [])].map(widthOf))),
  );
  shrink(widths, columns, totalWidth);
  const shown = columns.map(({ cut }, position) => cutDistinct(cells[position] ?? [], widths[position] ?? 0, cut));
  return [titles, ...rows.map((_, row) => shown.map((column) => column[row] ?? ""))].map((row) =>
    row
      .map((cell, position) => fill(cell, widths[position] ?? 0, columns[position]?.align ?? "left"))
      .join(gap)
      .trimEnd(),
  );
}

function fill(cell: string, width: number, align: Column["align"]): string {
  const text = cutTo(cell, width);
  const padding = " ".repeat(Math.max(0, width - widthOf(text)));
  return align === "right" ? padding + text : text + padding;
}

function shrink(widths: number[], columns: readonly Column[], totalWidth: number): void {
  const needed = widths.reduce((sum, width) => sum + width, 0) + gap.length * (widths.length - 1);
  const texts = widths.map((width, position) => (isCuttable(columns[position]) ? width : 0));
  const widest = texts.indexOf(Math.max(...texts));
  if (needed > totalWidth) widths[widest] = Math.max(8, (widths[widest] ?? 0) - (needed - totalWidth));
}

function isCuttable(column: Column | undefined): boolean {
  return column?.align === "left" && column.isWhole !== true;
}
