import { BodySegments, type OutgoingBody } from "../body-segments.ts";
import type { HeaderSource, OutgoingRequest } from "../engine.ts";
import { WireRequest } from "../own/wire-request.ts";

/** The name and the value of one header line. */
export type HeaderLine = readonly [name: string, value: string];

/** Returns the start line: "GET /jobs HTTP/1.1". undici chooses the version of HTTP itself, so its requests have none here. */
export function startLineOf({ wire, method, path }: OutgoingRequest): string {
  return wire instanceof WireRequest ? (headLines(wire)[0] ?? "") : `${method} ${path}`;
}

/** Returns the headers of a request: all that were written, or only the headers of the test if undici sent the request. */
export function requestHeadersOf({ wire, headers }: OutgoingRequest): readonly HeaderLine[] {
  if (!(wire instanceof WireRequest)) return pairsOf(headers.list);
  return headLines(wire)
    .slice(1)
    .map((line) => {
      const colon = line.indexOf(":");
      return [line.slice(0, colon), line.slice(colon + 1).trim()] as const;
    });
}

/** Returns the headers of a response, with names in lower case; `set-cookie` has one line for each cookie. */
export function responseHeadersOf(headers: HeaderSource): readonly HeaderLine[] {
  const { "set-cookie": cookies, ...others } = headers.record();
  const lines: HeaderLine[] = Object.entries(others);
  if (cookies !== undefined) lines.push(...headers.setCookie().map((value) => ["set-cookie", value] as const));
  return lines;
}

/** Returns the value of a header; undefined without it. */
export function headerOf(headers: readonly HeaderLine[], wanted: string): string | undefined {
  return headers.find(([name]) => name.toLowerCase() === wanted)?.[1];
}

/** Returns at most the first `most` bytes of the body of a request; empty without a body. */
export function bodyBeginning(body: OutgoingBody, most: number): Uint8Array {
  if (body === null) return new Uint8Array();
  // A character takes at least one byte, so `most` characters are enough.
  if (typeof body === "string") return Buffer.from(body.slice(0, most)).subarray(0, most);
  if (!(body instanceof BodySegments)) return body.subarray(0, most);
  const pieces: Uint8Array[] = [];
  let left = most;
  for (const piece of body.pieces()) {
    pieces.push(piece.subarray(0, left));
    left -= piece.length;
    if (left <= 0) break;
  }
  return Buffer.concat(pieces);
}

function headLines({ text }: WireRequest): string[] {
  return text.slice(0, text.indexOf("\r\n\r\n")).split("\r\n");
}

function pairsOf(list: readonly string[]): HeaderLine[] {
  return list.flatMap((name, index) => (index % 2 === 0 ? [[name, list[index + 1] ?? ""] as const] : []));
}
