/** A value to sort by; null comes last in both directions. */
export type SortValue = number | string | null;

export interface Sort {
  readonly column: string;
  readonly descending: boolean;
}

/** Returns the order after a click on a column. A second click reverses it; another column starts with the largest number or with A. */
export function nextSort(current: Sort | null, column: string, numeric: boolean): Sort {
  if (current?.column === column) return { column, descending: !current.descending };
  return { column, descending: numeric };
}

/** Returns a sorted copy. Rows of equal value keep their order. */
export function sorted<Row>(rows: readonly Row[], sortBy: (row: Row) => SortValue, descending: boolean): Row[] {
  const direction = descending ? -1 : 1;
  return [...rows].sort((a, b) => {
    const left = sortBy(a);
    const right = sortBy(b);
    if (left === null || right === null) return Number(left === null) - Number(right === null);
    return direction * compare(left, right);
  });
}

const collator = new Intl.Collator("en", { numeric: true });

function compare(left: number | string, right: number | string): number {
  if (typeof left === "number" && typeof right === "number") return left - right;
  return collator.compare(String(left), String(right));
}

/** Returns the rows whose text contains each word of the filter, ignoring case. */
export function filtered<Row>(rows: readonly Row[], textOf: (row: Row) => string, filter: string): readonly Row[] {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return rows;
  return rows.filter((row) => {
    const text = textOf(row).toLowerCase();
    return words.every((word) => text.includes(word));
  });
}
