import { type LooseObject, listOf, numberOf, objectOf, textOf } from "../loose-json.ts";
import { type HarHeader, headerValue } from "./har-headers.ts";

/** The body of a request as the exporter recorded it. */
export interface HarPost {
  /** The content type with its parameters; empty when it is not known. */
  readonly contentType: string;
  /** The text of the body; empty when the body is in `params`, or was not recorded. */
  readonly text: string;
  readonly isBase64: boolean;
  readonly params: readonly HarParam[];
  /** The `content-length` of the request, in bytes; null when it had none, or when the body was compressed. */
  readonly length: number | null;
  /** Whether a body was sent that the exporter has left out. */
  readonly isMissing: boolean;
}

export interface HarParam {
  readonly name: string;
  readonly value: string;
  /** The file name; null for a field that is not a file. */
  readonly fileName: string | null;
  readonly contentType: string;
}

/** Firefox records the headers of a form's stream in front of the body. */
const streamHead = /^(?:content-(?:type|length|disposition): [^\r\n]*\r\n){1,3}\r\n/i;
const bodiless = new Set(["GET", "HEAD", "CONNECT", "TRACE", "OPTIONS"]);

/** Returns the body of a request; null when the recording shows none. */
export function postOf(request: LooseObject, headers: readonly HarHeader[]): HarPost | null {
  const data = objectOf(request["postData"]);
  // HTTP Toolkit records binary bodies in `_content`.
  const content = objectOf(request["_content"]);
  const given = bodyText(data?.["text"]) || textOf(request["postData"]) || bodyText(content?.["text"]);
  const isBase64 = /^base64$/i.test(textOf(data?.["encoding"]) || textOf(content?.["encoding"]));
  const params = listOf(data?.["params"]).flatMap((param) => paramOf(objectOf(param)) ?? []);
  const length = declaredLength(headers);
  const isMissing = given === "" && params.length === 0 && (isDiscarded(request, data) || wasSent(request, length));
  if (given === "" && params.length === 0 && !isMissing) return null;
  return {
    contentType: headerValue(headers, "content-type").trim() || textOf(data?.["mimeType"]).trim(),
    text: isBase64 ? given : given.replace(streamHead, ""),
    isBase64,
    params,
    length: headerValue(headers, "content-encoding") === "" ? length : null,
    isMissing,
  };
}

/** Returns the text of a body. Some exporters record a JSON body as an object. */
function bodyText(value: unknown): string {
  return typeof value === "object" && value !== null ? JSON.stringify(value) : textOf(value);
}

function paramOf(param: LooseObject | null): HarParam | null {
  const name = textOf(param?.["name"]);
  const value = textOf(param?.["value"]);
  if (param === null || (name === "" && value === "")) return null;
  const fileName = param["fileName"] ?? null;
  return {
    name,
    value,
    fileName: fileName === null ? null : textOf(fileName),
    contentType: textOf(param["contentType"]),
  };
}

function declaredLength(headers: readonly HarHeader[]): number | null {
  const text = headerValue(headers, "content-length").trim();
  return /^\d+$/.test(text) ? Number(text) : null;
}

function isDiscarded(request: LooseObject, data: LooseObject | null): boolean {
  // HTTP Toolkit discards bodies, and Playwright can record them in separate files.
  return /^discarded/.test(textOf(request["_requestBodyStatus"])) || textOf(data?.["_file"]) !== "";
}

function wasSent(request: LooseObject, length: number | null): boolean {
  if (length !== null) return length > 0;
  return !bodiless.has(textOf(request["method"]).toUpperCase()) && (numberOf(request["bodySize"]) ?? 0) > 0;
}
