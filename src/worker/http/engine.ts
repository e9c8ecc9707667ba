/** The interface between the client of a virtual user and the engine that sends its requests. */

import type { OutgoingBody } from "./body-segments.ts";
import type { Network } from "./network/network.ts";
import type { ProxySettings } from "./proxy-settings.ts";
import type { SourceAddresses } from "./source-addresses.ts";

/** A request ready to be sent. Without a body or headers of its own, it is built once and sent many times. */
export class OutgoingRequest {
  readonly method: string;
  /** Scheme, host and port: "http://127.0.0.1:8000". */
  readonly origin: string;
  /** Path and query. */
  readonly path: string;
  readonly headers: OutgoingHeaders;
  readonly body: OutgoingBody;
  /** The same object for requests that are likely to get the same response headers: those of one method to one endpoint. */
  readonly kind: object;
  /** The encoded form that an engine has made of the request, kept for the next time that it is sent. */
  wire: object | null = null;

  constructor(
    method: string,
    origin: string,
    path: string,
    headers: OutgoingHeaders,
    body: OutgoingBody,
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

/** The headers set by the test or the client, validated. */
export interface OutgoingHeaders {
  /** Names and values in turn: name, value, name, value. */
  readonly list: readonly string[];
  /** Whether the list has a `host` header. */
  readonly hasHost: boolean;
  /** Whether a header asks to close the connection after the response. */
  readonly closes: boolean;
  /** Whether the list has a `connection` header. */
  readonly hasConnection: boolean;
  /** Whether the list has a `content-length` header. */
  readonly hasLength: boolean;
}

/** The headers of a response, parsed only when they are read. */
export interface HeaderSource {
  readonly hasSetCookie: boolean;
  readonly hasContentEncoding: boolean;
  /** Names in lower case; the values of a repeated name are joined by ", ". */
  record(): Record<string, string>;
  /** The values of the `set-cookie` headers. */
  setCookie(): readonly string[];
}

/**
 * Follows one request. The engine calls `sent` right before it writes the first byte, once there is a connection. Then
 * it calls `head`, `body` any number of times, and finally `ended` or `failed`, exactly once. If `reconnects` returned
 * true, the engine resends the request once and calls `sent` again. Times are those of `performance.now()`.
 */
export interface Exchange {
  /** Called when the request begins to wait for a permit. The service did not cause this wait. */
  holdTime?(): void;
  /** Called when the request has its permit. */
  releaseTime?(nowMs: number): void;
  /** `connectMs` includes the DNS lookup. `connectMs` and `tlsMs` are 0 for a reused connection. */
  sent(sentMs: number, connectMs: number, tlsMs: number): void;
  /** Called when the kernel has accepted the last byte of a request that it did not accept at once. */
  written(writtenMs: number): void;
  head(status: number, headers: HeaderSource, firstByteMs: number): void;
  /**
   * Called when a reused connection was closed before any byte of the response arrived, at `nowMs`. Returns true if the
   * request is to be resent on a new connection, which then counts as a reconnect.
   */
  reconnects(nowMs: number): boolean;
  /** Called with each piece of the body. The engine reuses the memory of `bytes`: copy what must be kept. */
  body(bytes: Buffer, from: number, to: number): void;
  /**
   * Called when the response is complete. `bytesIn` and `bytesOut`: the bytes read from and written to the socket for this
   * request.
   */
  ended(endedMs: number, bytesIn: number, bytesOut: number): void;
  failed(error: Error, bytesIn: number, bytesOut: number): void;
}

/** The connections of one virtual user, which never shares them with another user. */
export interface Connections {
  /**
   * Sends a request at `nowMs`, on a free connection or on a new one. Returns an object that can abort it.
   * @throws InvalidRequest when it cannot be sent at all.
   */
  dispatch(request: OutgoingRequest, exchange: Exchange, nowMs: number): Dispatched;
  /** Closes free connections at once, and each other connection when its request has ended. No further request may be sent. */
  retire(): void;
  /** Closes all connections at once. Open requests fail. */
  destroy(): void;
}

export interface Dispatched {
  /** Fails the exchange with `reason` and closes its connection. Does nothing if the exchange has ended. */
  abort(exchange: Exchange, reason: Error): void;
  /** Pauses reading the response. Data that has already been read may still be passed on. */
  pause(exchange: Exchange): void;
  /** Resumes reading after `pause`. */
  resume(exchange: Exchange): void;
}

export interface HttpEngine {
  /** The local addresses of connections. */
  readonly sources: SourceAddresses;
  /** The proxies between this machine and the services. */
  readonly proxies: ProxySettings;
  /** @param network default: the network of a test without connection settings */
  createConnections(network?: Network): Connections;
  /** Returns a `traceparent` for a call that this engine does not send, such as a gRPC call; absent if the run sends none. */
  readonly traceparent?: () => string;
}
