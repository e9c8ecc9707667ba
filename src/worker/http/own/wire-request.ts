import { BodySegments, lengthOf } from "../body-segments.ts";
import type { OutgoingRequest } from "../engine.ts";
import { LatestHead } from "./latest-head.ts";
import type { Origin } from "./origin.ts";

/** A larger body, in bytes, is written separately instead of being copied behind the head. */
const maxCopiedBytes = 16 * 1024;
/** A longer body text is not joined to the head: a string is limited to 512 MB. */
const maxTextLength = 1024 * 1024;

/** Servers expect a Content-Length with these methods, even without a body. */
const methodsWithBody: ReadonlySet<string> = new Set(["POST", "PUT", "PATCH"]);

/** The latest response heads, by kind of request. */
const latestHeads = new WeakMap<object, LatestHead>();

/**
 * A request as it is written to the socket, with what is needed to parse its response. Made once for a request that is
 * sent many times.
 */
export class WireRequest {
  /** One character per byte. Includes the body unless `body` is set. */
  readonly text: string;
  /** A body that is written separately from the text, piece by piece; null for most requests. */
  readonly body: BodySegments | null;
  readonly isHead: boolean;
  /** Whether the connection closes after the response. */
  readonly closes: boolean;
  /** The latest response head for requests like this one. */
  readonly latestHead: LatestHead;

  constructor(request: OutgoingRequest, origin: Origin) {
    this.body = separateBody(request);
    this.text = requestText(request, origin, this.body);
    this.isHead = request.method === "HEAD";
    this.closes = request.headers.closes;
    this.latestHead = latestHeadOf(request.kind);
  }

  get byteCount(): number {
    return this.text.length + lengthOf(this.body);
  }
}

function separateBody({ body }: OutgoingRequest): BodySegments | null {
  if (body === null || body instanceof BodySegments) return body;
  if (typeof body === "string") return body.length > maxTextLength ? new BodySegments([Buffer.from(body)]) : null;
  return body.length > maxCopiedBytes ? new BodySegments([body]) : null;
}

function requestText(request: OutgoingRequest, origin: Origin, separate: BodySegments | null): string {
  const { body } = request;
  if (separate !== null) return headOf(request, origin, separate.byteLength);
  if (body === null || body instanceof BodySegments) return headOf(request, origin, 0);
  if (typeof body === "string") {
    const length = Buffer.byteLength(body);
    // A text body with as many bytes as characters is ASCII.
    const text = length === body.length ? body : Buffer.from(body).toString("latin1");
    return headOf(request, origin, length) + text;
  }
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.length);
  return headOf(request, origin, bytes.length) + bytes.toString("latin1");
}

/** Returns how many entries the header `host` has at the beginning of the list: 2, or 0 if another header is first. */
function hostCount(list: readonly string[]): number {
  return list[0]?.toLowerCase() === "host" ? 2 : 0;
}

function headOf({ method, path, headers }: OutgoingRequest, origin: Origin, bodyLength: number): string {
  let head = `${method} ${path} HTTP/1.1\r\n`;
  const { list } = headers;
  // Host comes first (RFC 9110, 7.2), unless a test says otherwise.
  const first = headers.hasHost ? hostCount(list) : 0;
  if (first > 0) head += `${list[0]}: ${list[1]}\r\n`;
  else if (!headers.hasHost) head += origin.hostLine;
  if (!headers.hasConnection) head += "connection: keep-alive\r\n";
  for (let index = first; index < list.length; index += 2) head += `${list[index]}: ${list[index + 1]}\r\n`;
  if (!headers.hasLength && (bodyLength > 0 || methodsWithBody.has(method)))
    head += `content-length: ${bodyLength}\r\n`;
  return `${head}\r\n`;
}

function latestHeadOf(kind: object): LatestHead {
  let latest = latestHeads.get(kind);
  if (latest === undefined) {
    latest = new LatestHead();
    latestHeads.set(kind, latest);
  }
  return latest;
}
