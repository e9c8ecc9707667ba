/** One column of a text table. The widest cell sets its width. */
export interface Column {
  readonly title: string;
  readonly align: "left" | "right";
  /** Longer cells are cut, with an ellipsis. */
  readonly maxWidth?: number;
}

/** Lines of a table, two spaces between columns. */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[]): string[] {
  const cells = [columns.map((column) => column.title), ...rows].map((row) =>
    columns.map((column, position) => cut(row[position] ?? "", column.maxWidth)),
  );
  const widths = columns.map((_, position) => Math.max(...cells.map((row) => row[position]?.length ?? 0)));
  return cells.map((row) =>
    row
      .map((cell, position) => {
        const width = widths[position] ?? 0;
        return columns[position]?.align === "right" ? cell.padStart(width) : cell.padEnd(width);
      })
      .join("  ")
      .trimEnd(),
  );
}

function cut(text: string, maxWidth = Number.POSITIVE_INFINITY): string {
  return text.length <= maxWidth ? text : `${text.slice(0, maxWidth - 1)}…`;
}
