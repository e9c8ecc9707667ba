import type { Server } from "node:http";
import type { Socket } from "node:net";
import type { Logger } from "pino";
import { Handshakes } from "../../master/workers/handshakes.ts";
import { RefusalLog } from "../../master/workers/refusal-log.ts";

/** The longest time from the TCP connection to an admitted request. A browser whose login form is open for longer connects again. */
const admissionTimeoutMs = 10_000;
/** The bytes that a connection may send before that. They are enough for some requests, such as those of a login. */
const mostBytesBeforeAdmission = 256 * 1_024;
/** The maximum number of connections of all clients, admitted or not. A browser has some; only clients with a token can have so many. */
const mostConnections = 2_000;

/** The limits of one request, admitted or not. */
export const pageRequestLimits = {
  maxHeaderSize: 16 * 1_024,
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  connectionsCheckingInterval: 5_000,
} as const;
export const pageTlsTimeoutMs = 5_000;

/**
 * The connections to the page. Until one of its requests is admitted, a connection has the same limits as one to the port for
 * workers: in number (in total and for each address), in time and in bytes. The log lines about dropped connections are limited,
 * too.
 */
export class PageConnections {
  readonly #refusals: RefusalLog;
  readonly #handshakes: Handshakes;
  readonly #admitted = new WeakSet<Socket>();

  constructor(http: Server, log: Logger, timeoutMs = admissionTimeoutMs) {
    this.#refusals = new RefusalLog(log, { whom: "a connection to the web page" });
    this.#handshakes = new Handshakes({
      timeoutMs,
      onDropped: (reason, address) => this.#refusals.note(reason, address),
    });
    http.maxConnections = mostConnections;
    http.on("drop", (data) => this.#refusals.note("crowded", data?.remoteAddress ?? ""));
    http.on("connection", (socket: Socket) => this.#handshakes.add(socket));
    http.prependListener("request", ({ socket }) => this.#count(socket));
    http.on("tlsClientError", (error: NodeJS.ErrnoException, { remoteAddress = "" }: Socket) => {
      if (error.code !== "ECONNRESET") this.#refusals.note("tls", `${remoteAddress}: ${error.message}`);
    });
  }

  /** Lifts the limits of a connection, because one of its requests was admitted. */
  admit(socket: Socket): void {
    if (this.#admitted.has(socket)) return;
    this.#admitted.add(socket);
    this.#handshakes.admit(socket);
    this.#handshakes.trust(socket);
  }

  close(): void {
    this.#handshakes.close();
    this.#refusals.flush();
  }

  #count(socket: Socket): void {
    if (this.#admitted.has(socket) || socket.bytesRead <= mostBytesBeforeAdmission) return;
    socket.destroy();
    this.#refusals.note("too-much", socket.remoteAddress ?? "");
  }
}
