import type { OutgoingBody } from "../body-segments.ts";
import { type OutgoingHeaders, OutgoingRequest } from "../engine.ts";
import { encodeFields } from "./field-text.ts";
import type { Target } from "./target.ts";

export function newRequest(
  method: string,
  { origin, path }: Target,
  query: unknown,
  headers: OutgoingHeaders,
  body: OutgoingBody,
  kind: object,
): OutgoingRequest {
  const whole = query === undefined ? path : appendQuery(path, query);
  return new OutgoingRequest(method, origin, whole, headers, body, kind);
}

/**
 * Encodes like the URL parser, which also encodes "'", the one character that `encodeURIComponent` leaves but a query
 * must not contain.
 */
function appendQuery(path: string, query: unknown): string {
  const encoded = encodeFields("query", query).replaceAll("'", "%27");
  if (encoded === "") return path;
  return `${path}${path.includes("?") ? "&" : "?"}${encoded}`;
}
