/** The port between a virtual user's client and what puts bytes on the wire. */

export interface OutgoingRequest {
  readonly method: string;
  /** Scheme, host and port: "http://127.0.0.1:8000". */
  readonly origin: string;
  /** Path and query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array | null;
}

/**
 * Follows one request. The engine calls `sent` right before the first byte is written (not before a connection is
 * there), then `head`, `body` any number of times, and then exactly one of `ended` and `failed`.
 */
export interface Exchange {
  sent(): void;
  /** Header names in lower case. */
  head(status: number, headers: Readonly<Record<string, string | readonly string[] | undefined>>): void;
  /** The bytes are the engine's: keep a copy. */
  body(bytes: Uint8Array): void;
  /** Bytes as read from and written to the socket for this request. */
  ended(bytesIn: number, bytesOut: number): void;
  failed(error: Error, bytesIn: number, bytesOut: number): void;
}

/** The connections of one virtual user: it never shares one with another. */
export interface Connections {
  /** Sends a request on a free connection, or on a new one. Returns what aborts it. */
  dispatch(request: OutgoingRequest, exchange: Exchange): Dispatched;
  /** Closes everything at once; what is under way fails. */
  destroy(): void;
}

export interface Dispatched {
  /** Fails the exchange with `reason` and closes its connection; nothing when it has ended. */
  abort(reason: Error): void;
}

export interface HttpEngine {
  createConnections(): Connections;
}
