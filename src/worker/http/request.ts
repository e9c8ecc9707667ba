import type { RequestOptions } from "../../scenario/http.ts";
import { type OutgoingHeaders, OutgoingRequest } from "./engine.ts";
import { InvalidRequest } from "./invalid-request.ts";
import type { RequestHeaders } from "./request-headers.ts";
import type { Target } from "./target.ts";

const notInToken = /[^!#$%&'*+\-.^_`|~0-9A-Za-z]/;

/** @throws InvalidRequest when the request line could be taken for something else. */
export function newRequest(
  method: string,
  { origin, path }: Target,
  query: RequestOptions["query"],
  headers: OutgoingHeaders,
  body: string | Uint8Array | null,
  kind: object,
): OutgoingRequest {
  const whole = query === undefined ? path : appendQuery(path, query);
  if (notInToken.test(method) || method === "" || method === "CONNECT") {
    throw new InvalidRequest(`there is no method ${JSON.stringify(method)}`);
  }
  return new OutgoingRequest(method, origin, whole, headers, body, kind);
}

/** The body to send; adds its content type to `headers` unless the test has set one. */
export function encodeBody(options: RequestOptions, headers: RequestHeaders): string | Uint8Array | null {
  const { json, form, body } = options;
  if (json !== undefined) {
    if (!headers.hasContentType) headers.append("content-type", "application/json");
    return JSON.stringify(json);
  }
  if (form !== undefined) {
    if (!headers.hasContentType) headers.append("content-type", "application/x-www-form-urlencoded");
    return encodeQuery(form);
  }
  return body ?? null;
}

/** As the URL parser has it, which encodes the one character that `encodeURIComponent` leaves and a query may not have. */
function appendQuery(path: string, query: NonNullable<RequestOptions["query"]>): string {
  const encoded = encodeQuery(query).replaceAll("'", "%27");
  if (encoded === "") return path;
  return `${path}${path.includes("?") ? "&" : "?"}${encoded}`;
}

function encodeQuery(values: Readonly<Record<string, string | number | boolean>>): string {
  return Object.entries(values)
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
    .join("&");
}
