/** The kind of a measure if the test does not name one. It takes the place of a request's method. */
export const usualMeasureKind = "CALL";

/** The kind under which all measurements of WebSockets are recorded. */
export const websocketKind = "WS";

/** The start of a nested kind, as in `(SQL)`: no HTTP method begins like this (RFC 9110, 5.6.2). */
const nestedMark = "(";

/** Returns the kind under which a measure that contains other measures or requests is recorded. */
export function nestedKind(kind: string): string {
  return `${nestedMark}${kind})`;
}

/** The end of the kind of a request of `onStop`, as in `DELETE@onStop`: no HTTP method ends like this either. */
const onStopMark = "@onStop";

/** Returns the kind or method under which a request of `onStop` is recorded. */
export function onStopKind(kind: string): string {
  return `${kind}${onStopMark}`;
}

/** Whether the requests of an endpoint were made by `onStop`, and so are not load. */
export function isOfOnStop({ method }: { readonly method: string }): boolean {
  return method.endsWith(onStopMark);
}

/**
 * Whether an endpoint counts in the totals. A measure that contains others does not: the others count in its place, and
 * would count twice. Requests of `onStop` do not count either: they are not load.
 */
export function countsInTotals(endpoint: { readonly method: string }): boolean {
  return !endpoint.method.startsWith(nestedMark) && !isOfOnStop(endpoint);
}

/** The kind or method of an endpoint as the test wrote it. */
export function writtenKind(method: string): string {
  const kind = isOfOnStop({ method }) ? method.slice(0, -onStopMark.length) : method;
  return kind.startsWith(nestedMark) ? kind.slice(1, -1) : kind;
}
