import type { Socket } from "node:net";
import type { Readable } from "node:stream";
import type { Client, Dispatcher } from "undici";
import { BodySegments } from "../body-segments.ts";
import type { Dispatched, Exchange, OutgoingRequest } from "../engine.ts";
import { HttpParseError } from "../own/errors.ts";
import { maxHeadBytes, maxInformationalResponses } from "../own/limits.ts";
import { HeaderRecord } from "./header-record.ts";
import { loadUndici } from "./loader.ts";
import type { UndiciPlace } from "./place.ts";

/**
 * undici closes idle connections after 4 s by default, which is less than many pauses. Connections closed by the server
 * are detected anyway.
 */
const keepAliveTimeoutMs = 10 * 60_000;

/** Larger bytes are passed piece by piece: undici writes what it gets at once, and TLS encrypts all of it in memory. */
const maxWholeBytes = 64 * 1024;

/** Error codes of undici for a connection that was closed by the other side. */
const closedByPeer: ReadonlySet<string> = new Set(["UND_ERR_SOCKET", "ECONNRESET", "EPIPE", "ECONNABORTED"]);

/** A connection of one undici `Client`, which carries one request at a time. */
export class UndiciConnection {
  readonly #client: Client;
  readonly #place: UndiciPlace;
  readonly #freeStack: UndiciConnection[];
  readonly #onDestroyed: (connection: UndiciConnection) => void;
  #socket: Socket | null = null;
  /** The numbers of bytes on this socket that belong to earlier requests. */
  #bytesRead = 0;
  #bytesWritten = 0;
  #connectBeganMs = 0;
  #connectMs = 0;
  /**
   * Whether the connection has carried a response: if it closes now, it may have been closed before the request was
   * sent.
   */
  #isReused = false;
  #isRetired = false;
  #isBusy = false;

  constructor(place: UndiciPlace, freeStack: UndiciConnection[], onDestroyed: (connection: UndiciConnection) => void) {
    this.#place = place;
    this.#freeStack = freeStack;
    this.#onDestroyed = onDestroyed;
    const { Client } = loadUndici();
    this.#client = new Client(place.clientOrigin, {
      pipelining: 1,
      keepAliveTimeout: keepAliveTimeoutMs,
      keepAliveMaxTimeout: keepAliveTimeoutMs,
      // The client has its own request timeouts, because those of undici are only accurate to half a second.
      headersTimeout: 0,
      bodyTimeout: 0,
      maxHeaderSize: maxHeadBytes,
      connect: (options, callback) => {
        this.#connectBeganMs = performance.now();
        place.connect(options, (...result) => {
          if (result[1] !== null) this.#opened(result[1]);
          callback(...result);
        });
      },
    });
  }

  dispatch(request: OutgoingRequest, exchange: Exchange): Dispatched {
    this.#isBusy = true;
    const handler = new UndiciHandler(this, request, exchange);
    this.#client.dispatch(
      {
        method: request.method as Dispatcher.HttpMethod,
        path: this.#place.pathOf(request),
        ...contentOf(request, this.#place.headersOf(request)),
      },
      handler,
    );
    return handler;
  }

  get isReused(): boolean {
    return this.#isReused;
  }

  /** Makes the connection free for the next request, or closes it if it is retired. */
  release(): void {
    this.#isReused = true;
    this.#isBusy = false;
    if (this.#isRetired) this.destroy();
    else this.#freeStack.push(this);
  }

  /** Closes the connection, after its request if it has one. */
  retire(): void {
    this.#isRetired = true;
    if (!this.#isBusy) this.destroy();
  }

  destroy(): void {
    this.#onDestroyed(this);
    this.#client.destroy().catch(() => {
      // Ignored: the open request has already been notified.
    });
  }

  /** Returns the number of bytes read and written on the socket since the last call. */
  takeBytes(): { bytesIn: number; bytesOut: number } {
    const { bytesRead = 0, bytesWritten = 0 } = this.#socket ?? {};
    const taken = { bytesIn: bytesRead - this.#bytesRead, bytesOut: bytesWritten - this.#bytesWritten };
    this.#bytesRead = bytesRead;
    this.#bytesWritten = bytesWritten;
    return taken;
  }

  /**
   * Returns how long the connection took to open, including TLS, which undici does not report separately; 0 for all requests
   * but the first.
   */
  takeConnectMs(): number {
    const connectMs = this.#connectMs;
    this.#connectMs = 0;
    return connectMs;
  }

  #opened(socket: Socket): void {
    this.#connectMs = performance.now() - this.#connectBeganMs;
    this.#isReused = false;
    this.#socket = socket;
    this.#bytesRead = 0;
    this.#bytesWritten = 0;
  }
}

/**
 * Returns the headers and the body in the form that undici takes. A large body is passed as an iterable: undici takes the
 * next piece when its socket has room.
 */
function contentOf(
  { body }: OutgoingRequest,
  headers: readonly string[],
): Pick<Dispatcher.DispatchOptions, "headers" | "body"> {
  const segments = body instanceof Uint8Array && body.length > maxWholeBytes ? new BodySegments([body]) : body;
  if (!(segments instanceof BodySegments)) return { headers: headers as string[], body: segments };
  // undici also takes iterables, which its types do not say.
  const pieces = segments.pieces() as unknown as Readable;
  return { headers: [...headers, "content-length", String(segments.byteLength)], body: pieces };
}

/** Translates the callbacks of undici; one object per request. */
class UndiciHandler implements Dispatcher.DispatchHandler, Dispatched {
  readonly #connection: UndiciConnection;
  readonly #request: OutgoingRequest;
  readonly #exchange: Exchange;
  #controller: Dispatcher.DispatchController | null = null;
  #abortedBy: Error | null = null;
  #over = false;
  #informationalCount = 0;
  /** The handle of the request, if it was resent. */
  #successor: Dispatched | null = null;

  constructor(connection: UndiciConnection, request: OutgoingRequest, exchange: Exchange) {
    this.#connection = connection;
    this.#request = request;
    this.#exchange = exchange;
  }

  abort(exchange: Exchange, reason: Error): void {
    if (this.#over) {
      this.#successor?.abort(exchange, reason);
      return;
    }
    this.#abortedBy = reason;
    if (this.#controller !== null) this.#controller.abort(reason);
    // The request still waits for a connection. undici can only abort that by destroying the client.
    else this.#connection.destroy();
  }

  pause(exchange: Exchange): void {
    if (this.#over) this.#successor?.pause(exchange);
    else this.#controller?.pause();
  }

  resume(exchange: Exchange): void {
    if (this.#over) this.#successor?.resume(exchange);
    else this.#controller?.resume();
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#over) return;
    this.#exchange.sent(performance.now(), this.#connection.takeConnectMs(), 0);
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    statusCode: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    if (this.#over) return;
    const refusal = this.#refusalOf(statusCode, headers);
    if (refusal !== null) this.#refuse(controller, refusal);
    else if (statusCode >= 200) this.#exchange.head(statusCode, new HeaderRecord(headers), performance.now());
  }

  /**
   * Returns what is wrong with a head; null if nothing is. undici limits its size for HTTP/1.1 only, and does not limit the
   * number of informational responses.
   */
  #refusalOf(statusCode: number, headers: Record<string, string | string[] | undefined>): string | null {
    if (statusCode < 200 && ++this.#informationalCount > maxInformationalResponses) {
      return `more than ${maxInformationalResponses} informational responses`;
    }
    return sizeOf(headers) > maxHeadBytes ? `a head of more than ${maxHeadBytes / 1024} KB` : null;
  }

  #refuse(controller: Dispatcher.DispatchController, why: string): void {
    this.#abortedBy = new HttpParseError(why);
    controller.abort(this.#abortedBy);
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#exchange.body(chunk, 0, chunk.length);
  }

  onResponseEnd(): void {
    if (this.#over) return;
    this.#over = true;
    const { bytesIn, bytesOut } = this.#connection.takeBytes();
    this.#connection.release();
    this.#exchange.ended(performance.now(), bytesIn, bytesOut);
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    if (this.#over) return;
    this.#over = true;
    const { bytesIn, bytesOut } = this.#connection.takeBytes();
    if (bytesIn === 0 && this.#isLostConnection(error) && this.#exchange.reconnects(performance.now())) {
      // undici opens a new connection for the next request of a client whose connection has closed.
      this.#successor = this.#connection.dispatch(this.#request, this.#exchange);
      return;
    }
    // undici reconnects after a failure, but not after `destroy`.
    if (this.#abortedBy === null || this.#controller !== null) this.#connection.release();
    this.#exchange.failed(this.#abortedBy ?? error, bytesIn, bytesOut);
  }

  #isLostConnection(error: Error): boolean {
    const { code } = error as { code?: string };
    const isClosed = code !== undefined && closedByPeer.has(code);
    return isClosed && this.#connection.isReused && this.#abortedBy === null;
  }
}

/** Returns the number of bytes of the names and values. */
function sizeOf(headers: Record<string, string | string[] | undefined>): number {
  let size = 0;
  for (const name of Object.keys(headers)) {
    const value = headers[name];
    if (typeof value === "string") size += name.length + value.length;
    else for (const one of value ?? []) size += name.length + one.length;
  }
  return size;
}
