import type { Socket } from "node:net";
import { performance } from "node:perf_hooks";
import { defects } from "../defects.ts";
import type { Dispatched, Exchange, OutgoingRequest } from "../engine.ts";
import { turnEnd } from "../turn-end.ts";
import { type DirectIo, handleOf } from "./direct-io.ts";
import { ConnectionClosed, HttpParseError } from "./errors.ts";
import { idleMs } from "./idle-time.ts";
import type { Origin } from "./origin.ts";
import { RequestWriter, type WriteObserver } from "./request-writer.ts";
import type { ResponseHead } from "./response-head.ts";
import { ResponseParser, type ResponseSink } from "./response-parser.ts";
import { openSocket, readBuffer, reportReached, type SocketPlace } from "./socket.ts";
import { WireRequest } from "./wire-request.ts";
import { type BatchedWriter, writeBatch } from "./write-batch.ts";

// A local copy, because the global is a getter: it took 0.6 % of a worker's time at the highest rate.

/** The TLS alert when the server knows none of the offered protocols; this engine offers HTTP/1.1 only. */
const noCommonProtocol = "ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL";

/** Error codes for a connection that was closed by the other side. */
const closedByPeer: ReadonlySet<string> = new Set(["ECONNRESET", "EPIPE", "ECONNABORTED"]);

/** What a connection needs from its owner. */
export interface ConnectionOwner {
  readonly origin: Origin;
  /** Direct access to sockets, for connections without TLS; null where Node.js does not provide it. */
  readonly directIo: DirectIo | null;
  /** The latest TLS session with the server, to be resumed. */
  session: Buffer | null;
  /** Where and how the next connection is opened. */
  nextPlace(): SocketPlace;
  /** Passes a request that this engine cannot send to another engine. Returns null if there is no other engine. */
  handOver(request: OutgoingRequest, exchange: Exchange, why: string): Dispatched | null;
  /** Resends a request on a new connection. */
  reconnect(request: OutgoingRequest, exchange: Exchange): Dispatched;
  /** Called when the connection can take another request. */
  released(connection: Connection): void;
  closed(connection: Connection): void;
}

/**
 * One connection, which carries one request at a time. The time limits of the request also apply while the connection
 * is being opened.
 *
 *   opening -> busy <-> idle
 *        \      |       /
 *         '-> closed <--'
 *
 * A request fails if its connection closes before the response is complete. The exception is a reused connection that
 * closes before a byte of the response has arrived: the server may have closed it while the request was on its way. An
 * idempotent request is then resent once on a new connection (RFC 9110, 9.2.2) and counted as a reconnect. A request of
 * which no byte was written simply moves to a new connection.
 */
export class Connection implements Dispatched, ResponseSink, BatchedWriter, WriteObserver {
  readonly #owner: ConnectionOwner;
  readonly #socket: Socket;
  readonly #writer: RequestWriter;
  readonly #parser = new ResponseParser(this);
  /** Whether this is a connection without TLS. */
  readonly #isPlain: boolean;
  /** The exchange of the open request; null, like `#request`, when the connection is idle or closed. */
  #exchange: Exchange | null;
  #request: OutgoingRequest | null;
  /** Whether the connection has carried an earlier request. */
  #isReused = false;
  /** A request that is not written yet: the first one until the connection is open, or one in a write batch. */
  #waiting: OutgoingRequest | null;
  #isClosed = false;
  readonly #beganMs: number;
  #connectMs = 0;
  /** When the first byte of the current response, or of the last one, arrived. */
  #firstByteMs = 0;
  #bytesIn = 0;
  #bytesOut = 0;
  #closesAfter = false;
  #isPaused = false;
  #idleUntilMs = 0;
  /** The handle of the request if another connection has taken it over, because this one could not send it. */
  #successor: Dispatched | null = null;

  constructor(owner: ConnectionOwner, request: OutgoingRequest, exchange: Exchange, nowMs: number) {
    this.#owner = owner;
    this.#waiting = request;
    this.#request = request;
    this.#exchange = exchange;
    this.#beganMs = nowMs;
    const { isSecure } = owner.origin;
    this.#isPlain = !isSecure;
    const place = owner.nextPlace();
    const socket = openSocket(place, (byteCount) => this.#read(byteCount));
    this.#socket = socket;
    this.#writer = new RequestWriter(socket, this, isSecure ? null : owner.directIo);
    socket.once("connect", () => {
      reportReached(place, socket);
      this.#connected(isSecure);
    });
    if (isSecure) {
      socket.once("secureConnect", () => this.#opened(performance.now()));
      socket.on("session", (session: Buffer) => {
        owner.session = session;
      });
    }
    socket.on("end", () => this.#ended());
    socket.on("error", (error) => this.#broken(error));
    socket.on("close", () => this.#ended());
  }

  /** Whether the server is expected to have kept the connection open. */
  isUsable(nowMs: number): boolean {
    return nowMs < this.#idleUntilMs;
  }

  send(request: OutgoingRequest, exchange: Exchange, nowMs: number): void {
    this.#exchange = exchange;
    this.#waiting = request;
    this.#request = request;
    this.#isReused = true;
    this.#bytesIn = 0;
    this.#bytesOut = 0;
    // Over TLS, a request is written at once. If it is written in the check phase of the event loop, it is sent a turn later,
    // which reduced the rate to a third.
    if (!(this.#isPlain && writeBatch.take(this))) this.#write(request, exchange, nowMs, 0, 0);
  }

  writeNow(): void {
    if (this.#waiting === null || this.#exchange === null) return;
    this.#write(this.#waiting, this.#exchange, performance.now(), 0, 0);
  }

  /** Called when the kernel has accepted a request that it did not accept at once. */
  written(): void {
    this.#exchange?.written(performance.now());
  }

  abort(exchange: Exchange, reason: Error): void {
    if (exchange === this.#exchange) this.#fail(reason);
    else this.#successor?.abort(exchange, reason);
  }

  pause(exchange: Exchange): void {
    if (exchange === this.#exchange) {
      this.#isPaused = true;
      this.#socket.pause();
    } else this.#successor?.pause(exchange);
  }

  resume(exchange: Exchange): void {
    if (exchange === this.#exchange) this.#readOn();
    else this.#successor?.resume(exchange);
  }

  #readOn(): void {
    this.#isPaused = false;
    this.#socket.resume();
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#owner.closed(this);
    this.#socket.destroy();
  }

  /** Closes the connection. An open request fails. */
  destroy(): void {
    this.#fail(new ConnectionClosed("the connection was closed by this side"));
  }

  head(head: ResponseHead): void {
    this.#exchange?.head(head.status, head, this.#firstByteMs);
  }

  body(bytes: Buffer, from: number, to: number): void {
    this.#exchange?.body(bytes, from, to);
  }

  #connected(isSecure: boolean): void {
    const nowMs = performance.now();
    this.#connectMs = nowMs - this.#beganMs;
    if (!isSecure) this.#opened(nowMs);
  }

  #opened(nowMs: number): void {
    const handle = this.#isPlain ? handleOf(this.#socket) : null;
    if (handle !== null) this.#owner.directIo?.read(handle, (byteCount) => this.#read(byteCount));
    if (this.#waiting === null || this.#exchange === null) return;
    this.#write(this.#waiting, this.#exchange, nowMs, this.#connectMs, nowMs - this.#beganMs - this.#connectMs);
  }

  #write(request: OutgoingRequest, exchange: Exchange, nowMs: number, connectMs: number, tlsMs: number): void {
    try {
      this.#put(request, exchange, nowMs, connectMs, tlsMs);
    } catch (error) {
      // Not thrown: the caller is the event loop, with other requests in the same batch.
      this.#fail(defects.contain(error));
    }
  }

  #put(request: OutgoingRequest, exchange: Exchange, nowMs: number, connectMs: number, tlsMs: number): void {
    request.wire ??= new WireRequest(request, this.#owner.origin);
    const { text, body, byteCount, closes, isHead, latestHead } = request.wire as WireRequest;
    this.#waiting = null;
    this.#firstByteMs = 0;
    this.#bytesOut = byteCount;
    this.#closesAfter = closes;
    this.#parser.begin(isHead, latestHead);
    // A write fails at once if a reset has arrived but was not read yet. Then the request waits for the event of that reset.
    if (this.#writer.write(text, body)) exchange.sent(nowMs, connectMs, tlsMs);
    else this.#waiting = request;
  }

  /** Called for each read, so it does as little as possible. */
  #read(byteCount: number): boolean {
    if (this.#exchange === null || this.#waiting !== null) {
      // No request is open, so these bytes cannot be the response to the next one. The next request gets another connection.
      this.#lost(new ConnectionClosed("the server sent data without a request"));
      return true;
    }
    turnEnd.await();
    const nowMs = performance.now();
    if (this.#firstByteMs === 0) this.#firstByteMs = nowMs;
    this.#bytesIn += byteCount;
    try {
      const end = this.#parser.feed(readBuffer, 0, byteCount);
      // A streamed response may have been abandoned on the way.
      if (!this.#parser.isComplete || this.#exchange === null) return true;
      if (end < byteCount) this.#closesAfter = true;
    } catch (error) {
      this.#fail(unread(error));
      return true;
    }
    this.#complete(nowMs);
    return true;
  }

  #complete(nowMs: number): void {
    const exchange = this.#exchange as Exchange;
    this.#exchange = null;
    this.#request = null;
    if (this.#isPaused) this.#readOn();
    // A request that is still being written would mix with the next one.
    if (this.#closesAfter || !this.#parser.keepsAlive || this.#writer.isWriting) this.close();
    else {
      this.#idleUntilMs = nowMs + idleMs(this.#parser.idleSeconds);
      this.#owner.released(this);
    }
    exchange.ended(nowMs, this.#bytesIn, this.#bytesOut - this.#writer.unsentBytes);
  }

  /** Called when the server has closed its side of the connection, or all of it. */
  #ended(): void {
    if (this.#exchange === null) this.close();
    else if (this.#waiting === null && this.#parser.finish()) this.#complete(performance.now());
    else if (this.#bytesIn === 0)
      this.#lost(new ConnectionClosed("the server closed the connection without a response"));
    else this.#fail(new ConnectionClosed("the server closed the connection in the middle of its response"));
  }

  #broken(error: NodeJS.ErrnoException): void {
    const [request, exchange] = [this.#waiting, this.#exchange];
    if (error.code === noCommonProtocol && request !== null && exchange !== null) {
      this.#exchange = null;
      this.close();
      this.#handOver(request, exchange, error);
    } else if (this.#bytesIn === 0 && closedByPeer.has(error.code ?? "")) this.#lost(error);
    else this.#fail(error);
  }

  #handOver(request: OutgoingRequest, exchange: Exchange, error: Error): void {
    try {
      this.#successor = this.#owner.handOver(request, exchange, "the server speaks HTTP/2 only");
      if (this.#successor === null) exchange.failed(error, 0, 0);
    } catch (cause) {
      exchange.failed(cause as Error, 0, 0);
    }
  }

  /** Called when the server has closed or reset the connection before any byte of the response arrived. */
  #lost(error: Error): void {
    const [request, exchange] = [this.#request, this.#exchange];
    const mayGoOn = this.#isReused && (this.#waiting !== null || exchange?.reconnects(performance.now()) === true);
    if (!mayGoOn || request === null || exchange === null) {
      this.#fail(error);
      return;
    }
    this.#exchange = null;
    this.#request = null;
    this.#waiting = null;
    this.close();
    try {
      this.#successor = this.#owner.reconnect(request, exchange);
    } catch (cause) {
      exchange.failed(cause as Error, 0, 0);
    }
  }

  #fail(error: Error): void {
    const exchange = this.#exchange;
    this.#exchange = null;
    this.#request = null;
    this.close();
    exchange?.failed(error, this.#bytesIn, this.#bytesOut - this.#writer.unsentBytes);
  }
}

/** Returns why a response cannot be read: it violates HTTP, or the parser has a defect. */
function unread(error: unknown): Error {
  return error instanceof HttpParseError ? error : defects.contain(error);
}
