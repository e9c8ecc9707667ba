import type { Socket } from "node:net";
import { performance } from "node:perf_hooks";
import { defects } from "../defects.ts";
import type { Dispatched, Exchange, OutgoingRequest } from "../engine.ts";
import type { SourceAddress } from "../source-addresses.ts";
import { turnEnd } from "../turn-end.ts";
import { type DirectIo, handleOf } from "./direct-io.ts";
import { ConnectionClosed, HttpParseError } from "./errors.ts";
import { idleMs } from "./idle-time.ts";
import type { Origin } from "./origin.ts";
import { RequestWriter, type WriteObserver } from "./request-writer.ts";
import type { ResponseHead } from "./response-head.ts";
import { ResponseParser, type ResponseSink } from "./response-parser.ts";
import { openTcpSocket, readBuffer } from "./socket.ts";
import { WireRequest } from "./wire-request.ts";
import { type BatchedWriter, writeBatch } from "./write-batch.ts";

// The global one is looked up by a getter each time: 0.6 % of a worker's time at the highest rate.

/** The server knows none of the protocols that were offered in the handshake: ours is HTTP/1.1. */
const noCommonProtocol = "ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL";

/** What the system says of a connection that the other side has closed. */
const closedByPeer: ReadonlySet<string> = new Set(["ECONNRESET", "EPIPE", "ECONNABORTED"]);

/** Where a connection belongs. */
export interface ConnectionOwner {
  readonly origin: Origin;
  /** Where the next connection comes from; null when the system is to choose. */
  readonly source: SourceAddress | null;
  /** For plain connections; null where Node.js does not have it. */
  readonly directIo: DirectIo | null;
  /** The latest TLS session with the server, to resume. */
  session: Buffer | null;
  /** Another engine sends a request that cannot be sent here; null when there is none. */
  handOver(request: OutgoingRequest, exchange: Exchange, why: string): Dispatched | null;
  /** Sends a request again, on a new connection. */
  reconnect(request: OutgoingRequest, exchange: Exchange): Dispatched;
  /** It can take another request. */
  released(connection: Connection): void;
  closed(connection: Connection): void;
}

/**
 * One connection, which carries one request at a time; whose time limits hold while it is being opened, too.
 *
 *   opening -> busy <-> idle
 *        \      |       /
 *         '-> closed <--'
 *
 * A request whose connection closes before an answer has come fails, except on a connection that has carried others: the
 * server may have closed it while the request was under way. An idempotent request is then sent once more, on a new
 * connection (RFC 9110, 9.2.2), and counted as a reconnect; one of which no byte was written just goes to a new one.
 */
export class Connection implements Dispatched, ResponseSink, BatchedWriter, WriteObserver {
  readonly #owner: ConnectionOwner;
  readonly #socket: Socket;
  readonly #writer: RequestWriter;
  readonly #parser = new ResponseParser(this);
  /** Not TLS. */
  readonly #isPlain: boolean;
  /** Null when idle or closed, as is what it asks for. */
  #exchange: Exchange | null;
  #request: OutgoingRequest | null;
  /** It has carried a request before this one. */
  #isReused = false;
  /** A request that is not written yet: the first, until the connection is open, and any in a batch. */
  #waiting: OutgoingRequest | null;
  #isClosed = false;
  readonly #beganMs: number;
  #connectMs = 0;
  /** Of the present request, or the last. */
  #firstByteMs = 0;
  #bytesIn = 0;
  #bytesOut = 0;
  #closesAfter = false;
  #idleUntilMs = 0;
  /** What has the first request now, when it could not be sent here. */
  #successor: Dispatched | null = null;

  constructor(owner: ConnectionOwner, request: OutgoingRequest, exchange: Exchange, nowMs: number) {
    this.#owner = owner;
    this.#waiting = request;
    this.#request = request;
    this.#exchange = exchange;
    this.#beganMs = nowMs;
    const { isSecure } = owner.origin;
    this.#isPlain = !isSecure;
    const socket = openTcpSocket(owner, (byteCount) => this.#read(byteCount));
    this.#socket = socket;
    this.#writer = new RequestWriter(socket, this, isSecure ? null : owner.directIo);
    socket.once("connect", () => this.#connected(isSecure));
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

  /** Whether the server should still have it open. */
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
    // What is written to TLS in the loop's check phase is on its way a turn later: a third of the rate was measured.
    if (!(this.#isPlain && writeBatch.take(this))) this.#write(request, exchange, nowMs, 0, 0);
  }

  writeNow(): void {
    if (this.#waiting === null || this.#exchange === null) return;
    this.#write(this.#waiting, this.#exchange, performance.now(), 0, 0);
  }

  /** The system has taken the whole request, which it did not at once. */
  written(): void {
    this.#exchange?.written(performance.now());
  }

  abort(exchange: Exchange, reason: Error): void {
    if (exchange === this.#exchange) this.#fail(reason);
    else this.#successor?.abort(exchange, reason);
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#owner.closed(this);
    this.#socket.destroy();
  }

  /** Closes it; a request under way fails. */
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
      // Called by the event loop, and for one of many in a batch.
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
    // Refused at once when a reset has come that nobody has read yet: it waits for what becomes of it then.
    if (this.#writer.write(text, body)) exchange.sent(nowMs, connectMs, tlsMs);
    else this.#waiting = request;
  }

  /** Called for each read, and so without anything that could be done elsewhere. */
  #read(byteCount: number): boolean {
    if (this.#exchange === null || this.#waiting !== null) {
      // Nobody has asked for it, so it is not an answer to what will be asked next, which another connection can carry.
      this.#lost(new ConnectionClosed("the server sent what nobody had asked for"));
      return true;
    }
    turnEnd.await();
    const nowMs = performance.now();
    if (this.#firstByteMs === 0) this.#firstByteMs = nowMs;
    this.#bytesIn += byteCount;
    try {
      const end = this.#parser.feed(readBuffer, 0, byteCount);
      if (!this.#parser.isComplete) return true;
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
    // A request that is still being sent would run into the next one.
    if (this.#closesAfter || !this.#parser.keepsAlive || this.#writer.isWriting) this.close();
    else {
      this.#idleUntilMs = nowMs + idleMs(this.#parser.idleSeconds);
      this.#owner.released(this);
    }
    exchange.ended(nowMs, this.#bytesIn, this.#bytesOut);
  }

  /** The server has closed its side, or all of it. */
  #ended(): void {
    if (this.#exchange === null) this.close();
    else if (this.#waiting === null && this.#parser.finish()) this.#complete(performance.now());
    else if (this.#bytesIn === 0)
      this.#lost(new ConnectionClosed("the server closed the connection without an answer"));
    else this.#fail(new ConnectionClosed("the server closed the connection in the middle of its answer"));
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

  /** The server has closed or reset the connection, and nothing of an answer has come. */
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
    exchange?.failed(error, this.#bytesIn, this.#bytesOut);
  }
}

/** Why an answer cannot be read: it breaks the rules, or it is the parser that does. */
function unread(error: unknown): Error {
  return error instanceof HttpParseError ? error : defects.contain(error);
}
