import type { HeaderSource, OutgoingRequest } from "../engine.ts";
import { RequestTimes } from "../request-times.ts";
import type { ReceivedResponse } from "../response/response.ts";
import { type HeaderLine, requestHeadersOf, responseHeadersOf, startLineOf } from "./message-parts.ts";

/** The bytes that are kept of a streamed body. */
const mostStreamedBytes = 64 * 1024;

/** One request as it was sent, and what came back. Nothing in it is masked. */
export class TracedRequest {
  readonly request: OutgoingRequest;
  /** The name under which the request is reported: "/jobs/:id"; empty if it is unknown. */
  name = "";
  /** The path of the group that the request belongs to: "checkout::pay"; empty outside of groups. */
  group = "";
  /** The place in the test that made the request: "users/admin.ts:12:5"; empty if it is unknown. */
  readonly place: string;
  /** When the test made the request, in ms since 1970. */
  readonly startedAtMs: number;
  /** The points in time of the request, on the clock of `performance.now()`. */
  readonly times = new RequestTimes();
  /** The headers of the response. */
  responseHeaders: readonly HeaderLine[] = [];
  /** The bytes that were read from the socket and written to it. */
  bytesIn = 0;
  bytesOut = 0;
  /** The result for the test; null while the request is open, or if its user was stopped. */
  response: ReceivedResponse | null = null;
  /** The start of a streamed body, which the response does not keep; null for other responses. */
  streamed: Buffer | null = null;
  /** Whether the request was resent on a new connection because the service had closed the first one. */
  isResent = false;

  constructor(request: OutgoingRequest, place: string, startedAtMs: number, nowMs: number) {
    this.request = request;
    this.place = place;
    this.startedAtMs = startedAtMs;
    this.times.restart(nowMs, nowMs);
  }

  /** Keeps the start of a streamed body. */
  takeStreamed(bytes: Uint8Array): void {
    const { streamed } = this;
    if (streamed === null || streamed.length >= mostStreamedBytes) return;
    this.streamed = Buffer.concat([streamed, bytes.subarray(0, mostStreamedBytes - streamed.length)]);
  }

  takeHead(headers: HeaderSource): void {
    this.responseHeaders = responseHeadersOf(headers);
  }

  /** The start line: "GET /jobs HTTP/1.1". */
  get startLine(): string {
    return startLineOf(this.request);
  }

  /** The headers of the request. */
  get requestHeaders(): readonly HeaderLine[] {
    return requestHeadersOf(this.request);
  }
}
