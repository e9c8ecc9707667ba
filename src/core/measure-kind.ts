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

/** As in `DELETE@onStop`: no HTTP method ends like this either. */
const onStopMark = "@onStop";

/** The kind or method under which a request is recorded that `onStop` makes. */
export function onStopKind(kind: string): string {
  return `${kind}${onStopMark}`;
}

/** Whether the requests of an endpoint were made by `onStop`, and so are no load. */
export function isOfOnStop({ method }: { readonly method: string }): boolean {
  return method.endsWith(onStopMark);
}

/**
 * Whether an endpoint counts in the totals. A measure that has others in it does not: they count in its place, and would
 * count twice. Nor does what `onStop` requests: it is no load.
 */
export function countsInTotals(endpoint: { readonly method: string }): boolean {
  return !endpoint.method.startsWith(nestedMark) && !isOfOnStop(endpoint);
}

/** The kind or method of an endpoint as the test wrote it. */
export function writtenKind(method: string): string {
  const kind = isOfOnStop({ method }) ? method.slice(0, -onStopMark.length) : method;
  return kind.startsWith(nestedMark) ? kind.slice(1, -1) : kind;
}
