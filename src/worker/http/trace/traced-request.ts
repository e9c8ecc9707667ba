import type { HeaderSource, OutgoingRequest } from "../engine.ts";
import { WireRequest } from "../own/wire-request.ts";
import { RequestTimes } from "../request-times.ts";
import type { ReceivedResponse } from "../response/response.ts";

/** The name and the value of one header line. */
export type HeaderLine = readonly [name: string, value: string];

/** One request as it was sent, and what came back. Nothing in it is masked. */
export class TracedRequest {
  readonly request: OutgoingRequest;
  /** The name under which it is reported: "/jobs/:id"; empty if it is unknown. */
  name = "";
  /** The place in the test that made the request: "users/admin.ts:12:5"; empty if it is unknown. */
  readonly place: string;
  /** When the test made it, in ms since 1970. */
  readonly startedAtMs: number;
  /** The points in time of the request, on the clock of `performance.now()`. */
  readonly times = new RequestTimes();
  /** The headers of the response, in lower case; `set-cookie` has one line for each cookie. */
  responseHeaders: readonly HeaderLine[] = [];
  /** The bytes that were read from the socket and written to it. */
  bytesIn = 0;
  bytesOut = 0;
  /** The result for the test; null while the request is open, or if its user was stopped. */
  response: ReceivedResponse | null = null;
  /** Whether it was sent again on a new connection, because the service had closed the first one. */
  isResent = false;

  constructor(request: OutgoingRequest, place: string, startedAtMs: number, nowMs: number) {
    this.request = request;
    this.place = place;
    this.startedAtMs = startedAtMs;
    this.times.restart(nowMs, nowMs);
  }

  takeHead(headers: HeaderSource): void {
    const { "set-cookie": cookies, ...others } = headers.record();
    const lines: HeaderLine[] = Object.entries(others);
    if (cookies !== undefined) lines.push(...headers.setCookie().map((value) => ["set-cookie", value] as const));
    this.responseHeaders = lines;
  }

  /** The start line: "GET /jobs HTTP/1.1". undici decides on the version of HTTP itself, so it is left out there. */
  get startLine(): string {
    const { wire, method, path } = this.request;
    return wire instanceof WireRequest ? (headLines(wire)[0] ?? "") : `${method} ${path}`;
  }

  /** The headers of the request: all that were written, or those of the test if undici sent it. */
  get requestHeaders(): readonly HeaderLine[] {
    const { wire, headers } = this.request;
    if (!(wire instanceof WireRequest)) return pairsOf(headers.list);
    return headLines(wire)
      .slice(1)
      .map((line) => {
        const colon = line.indexOf(":");
        return [line.slice(0, colon), line.slice(colon + 1).trim()] as const;
      });
  }
}

function headLines({ text }: WireRequest): string[] {
  return text.slice(0, text.indexOf("\r\n\r\n")).split("\r\n");
}

function pairsOf(list: readonly string[]): HeaderLine[] {
  return list.flatMap((name, index) => (index % 2 === 0 ? [[name, list[index + 1] ?? ""] as const] : []));
}
