/** The kind of a measure whose test names none. It stands where requests have their method. */
export const usualMeasureKind = "CALL";

/** The kind under which all that is measured on WebSockets is recorded. */
export const websocketKind = "WS";

/** As in `(SQL)`: no HTTP method begins like this (RFC 9110, 5.6.2). */
const nestedMark = "(";

/** The kind under which a measure is recorded that has other measures or requests in it. */
export function nestedKind(kind: string): string {
  return `${nestedMark}${kind})`;
}

/**
 * Whether an endpoint counts in the totals. A measure that has others in it does not: they count in its place, and would
 * count twice.
 */
export function countsInTotals({ method }: { readonly method: string }): boolean {
  return !method.startsWith(nestedMark);
}

/** The kind or method of an endpoint as the test wrote it. */
export function writtenKind(method: string): string {
  return method.startsWith(nestedMark) ? method.slice(1, -1) : method;
}
