import { type IncomingMessage, ServerResponse } from "node:http";
import type { RouteCount } from "./counting/route-counts.ts";
import type { Fate } from "./misbehaviour/misbehaviour.ts";
import type { Reply } from "./reply.ts";

/** `service` routes are counted and misbehave, `steady` ones are only counted, `control` ones are neither. */
export type Scope = "service" | "steady" | "control";

/** One route: its template such as `GET /jobs/:id`, and its handler, which runs when the answer is due. */
export interface Route {
  readonly key: string;
  readonly scope: Scope;
  readonly takesBody: boolean;
  handle(exchange: Exchange): Reply;
}

/** What a request line leads to; every request leads to some route, if only to one that answers 404. */
export interface Match {
  readonly route: Route;
  readonly id: string;
  readonly query: string;
}

/** A response that knows its exchange, so that one shared `close` listener serves all requests. */
export class ApiResponse extends ServerResponse<IncomingMessage> {
  exchange: Exchange | undefined = undefined;
}

/** One request and what becomes of it. */
export class Exchange {
  readonly request: IncomingMessage;
  readonly response: ApiResponse;
  readonly route: Route;
  /** The path's `:id`, "" for routes without one. */
  readonly id: string;
  /** The query string without "?". */
  readonly query: string;
  body = "";
  bytesIn = 0;
  bytesOut = 0;
  fate: Fate = "answer";
  /** The earliest time of the answer, on the service's clock. */
  dueMs = 0;
  timer: NodeJS.Timeout | undefined = undefined;
  /** Where this request is counted; a reset replaces the counts, but not those of requests under way. */
  count: RouteCount | undefined = undefined;
  closed = false;

  constructor(request: IncomingMessage, response: ApiResponse, match: Match) {
    this.request = request;
    this.response = response;
    this.route = match.route;
    this.id = match.id;
    this.query = match.query;
  }

  /** A request header's value, cut to 80 characters; undefined when absent. */
  header(name: string): string | undefined {
    const value = this.request.headers[name];
    return typeof value === "string" && value !== "" ? value.slice(0, 80) : undefined;
  }

  send(reply: Reply): void {
    if (this.closed || this.response.headersSent) return;
    this.bytesOut = reply.bodyBytes;
    this.response.writeHead(reply.status, reply.headers as string[]);
    this.response.end(reply.body);
  }
}
