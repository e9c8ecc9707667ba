/** The port between a virtual user's client and what puts bytes on the wire. */

/** A request ready to be sent. One without a body or headers of its own is made once and sent many times. */
export class OutgoingRequest {
  readonly method: string;
  /** Scheme, host and port: "http://127.0.0.1:8000". */
  readonly origin: string;
  /** Path and query. */
  readonly path: string;
  readonly headers: OutgoingHeaders;
  readonly body: string | Uint8Array | null;
  /** The same for requests of one method that are likely to be answered alike: those to one endpoint. */
  readonly kind: object;
  /** What an engine has made of it, for when it is sent again. */
  wire: object | null = null;

  constructor(
    method: string,
    origin: string,
    path: string,
    headers: OutgoingHeaders,
    body: string | Uint8Array | null,
    kind: object,
  ) {
    this.method = method;
    this.origin = origin;
    this.path = path;
    this.headers = headers;
    this.body = body;
    this.kind = kind;
  }
}

/** The headers that the test or the client has set, checked. */
export interface OutgoingHeaders {
  /** Name, value, name, value. */
  readonly list: readonly string[];
  /** One of them is the host. */
  readonly hasHost: boolean;
  /** One of them asks to close the connection after the response. */
  readonly closes: boolean;
}

/** The headers of a response, read only when somebody asks. */
export interface HeaderSource {
  readonly hasSetCookie: boolean;
  readonly hasContentEncoding: boolean;
  /** Names in lower case; the values of a repeated name are joined by ", ". */
  record(): Record<string, string>;
  /** The values of the set-cookie headers. */
  setCookie(): readonly string[];
}

/**
 * Follows one request. The engine calls `sent` right before the first byte is written (not before a connection is
 * there), then `head`, `body` any number of times, and then exactly one of `ended` and `failed`. When `reconnects` has
 * answered true, the engine sends the request once more and calls `sent` again. Times are those of `performance.now()`.
 */
export interface Exchange {
  /** `connectMs`, with the time to find the address, and `tlsMs` are 0 for a connection that was there. */
  sent(sentMs: number, connectMs: number, tlsMs: number): void;
  /** The system took the last byte of the request only now. */
  written(writtenMs: number): void;
  head(status: number, headers: HeaderSource, firstByteMs: number): void;
  /**
   * The reused connection that the request was sent on has closed before a byte of the response came. True when the request
   * is to be sent again, on a new connection: it counts as a reconnect then. It is `nowMs`.
   */
  reconnects(nowMs: number): boolean;
  /** The bytes are the engine's, which writes others over them: keep a copy. */
  body(bytes: Buffer, from: number, to: number): void;
  /** Bytes as read from and written to the socket for this request. */
  ended(endedMs: number, bytesIn: number, bytesOut: number): void;
  failed(error: Error, bytesIn: number, bytesOut: number): void;
}

/** The connections of one virtual user: it never shares one with another. */
export interface Connections {
  /**
   * Sends a request on a free connection, or on a new one; it is `nowMs`. Returns what aborts it.
   * @throws InvalidRequest when it cannot be sent at all.
   */
  dispatch(request: OutgoingRequest, exchange: Exchange, nowMs: number): Dispatched;
  /** Closes everything at once; what is under way fails. */
  destroy(): void;
}

export interface Dispatched {
  /** Fails the exchange with `reason` and closes its connection; nothing when it has ended. */
  abort(exchange: Exchange, reason: Error): void;
}

export interface HttpEngine {
  createConnections(): Connections;
}
