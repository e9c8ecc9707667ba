import { once } from "node:events";
import type { IncomingMessage, RequestListener, Server } from "node:http";
import type { Server as TlsServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { Logger } from "pino";
import { type WebSocket, WebSocketServer } from "ws";
import { ConfigurationError } from "../../core/errors.ts";
import { handshakeTimeoutMs, limitBytes } from "../../protocol/authentication.ts";
import type { MasterMessage } from "../../protocol/master-messages.ts";
import { closeCodes, type RefusalReason, refusalReasons } from "../../protocol/version.ts";
import type { Hello } from "../../protocol/worker-messages.ts";
import { Handshakes } from "./handshakes.ts";
import { HelloBudget } from "./hello-budget.ts";
import { RefusalLog } from "./refusal-log.ts";
import { WorkerIntroduction } from "./worker-introduction.ts";
import { certificateProblem, createTlsServer, type IdentitySource, renewIdentity } from "./worker-tls.ts";

// Not imported: the import loads all exports of node:http, including undici, and costs 45 ms of CPU at every start.
const { createServer } = process.getBuiltinModule("node:http");

/** The largest message from a worker: one report. */
const maxReportBytes = 16 * 1024 * 1024;
const closeGraceMs = 1_000;
/** The limits of an HTTP request, which is all that comes before the WebSocket. */
const requestLimits = {
  maxHeaderSize: 8 * 1024,
  headersTimeout: handshakeTimeoutMs,
  requestTimeout: handshakeTimeoutMs,
  keepAlive: true,
} as const;

export interface WorkerServerOptions {
  readonly host: string;
  /** The port to listen on; 0 for any free port. */
  readonly port: number;
  readonly token: string;
  /** If set, workers must connect over TLS. */
  readonly tls?: IdentitySource;
  readonly log: Logger;
}

/** Accepts connecting workers: the workers of a run, or the idle workers between runs. */
export interface WorkerAdmission {
  /** Returns why the worker is refused; null to admit it. */
  admit(hello: Hello): RefusalReason | null;
  receive(socket: WebSocket, hello: Hello): void;
}

/** The listener that workers connect to. */
export interface WorkerListener {
  /** Passes connecting workers to `admission` from now on. */
  open(admission: WorkerAdmission): void;
  /** Stops passing workers to `admission`. `sentAway`: the number of released workers that may reconnect. */
  shut(admission: WorkerAdmission, sentAway: number): void;
}

/**
 * Listens for workers, and accepts those that prove that they know the token and send a valid hello. `GET /healthz`
 * answers 200. Everything before the proof is bounded: bytes, connections, time, and log lines.
 */
export class WorkerServer implements WorkerListener {
  #admission: WorkerAdmission | null = null;
  readonly #options: WorkerServerOptions;
  readonly #http: Server;
  readonly #sockets: WebSocketServer;
  readonly #refusals: RefusalLog;
  readonly #handshakes: Handshakes;
  readonly #hellos = new HelloBudget();
  #stopWatching = () => {};

  constructor(options: WorkerServerOptions) {
    const { tls, log } = options;
    this.#options = options;
    this.#refusals = new RefusalLog(log);
    this.#handshakes = new Handshakes({
      timeoutMs: handshakeTimeoutMs,
      onDropped: (reason, address) => this.#refusals.note(reason, address),
    });
    this.#http = tls === undefined ? createServer(requestLimits, answer) : this.#overTls(tls);
    this.#http.on("connection", (socket: Socket) => this.#handshakes.add(socket));
    this.#http.on("upgrade", (request, socket, head) => this.#upgrade(request, socket, head));
    this.#sockets = new WebSocketServer({ noServer: true, maxPayload: maxReportBytes, perMessageDeflate: false });
  }

  /**
   * @returns the port that the server listens on
   * @throws ConfigurationError when the address is in use or does not belong to this machine.
   */
  async listen(): Promise<number> {
    const { host, port } = this.#options;
    try {
      this.#http.listen(port, host);
      await once(this.#http, "listening");
    } catch (cause) {
      const { code } = cause as { code?: string };
      const why =
        code === "EADDRINUSE" ? "the port is in use" : code === "EACCES" ? "not allowed" : (cause as Error).message;
      throw new ConfigurationError(
        `cannot listen for workers on ${host}:${port}: ${why}; choose another with --master-bind-port`,
        { cause },
      );
    }
    return (this.#http.address() as AddressInfo).port;
  }

  open(admission: WorkerAdmission): void {
    this.#admission = admission;
  }

  shut(admission: WorkerAdmission): void {
    if (this.#admission === admission) this.#admission = null;
  }

  /**
   * Accepts no more connections and resolves when the remaining ones have ended. Their last messages must be sent
   * before the process ends, which takes time over TLS.
   */
  async close(): Promise<void> {
    const ended = new Promise<void>((resolve) => this.#sockets.close(() => resolve()));
    this.#http.close();
    // Connections that do not end in time are terminated.
    const cut = setTimeout(() => {
      for (const socket of this.#sockets.clients) socket.terminate();
      this.#http.closeAllConnections();
    }, closeGraceMs);
    cut.unref();
    await ended;
    this.#stopWatching();
    this.#handshakes.close();
    this.#refusals.flush();
  }

  #overTls(tls: IdentitySource): TlsServer {
    const { log } = this.#options;
    const server = createTlsServer(requestLimits, tls.first, answer);
    // The socket closes without an answer: the other side does not speak TLS, or does not trust the master.
    server.on("tlsClientError", (error: NodeJS.ErrnoException, { remoteAddress = "" }) => {
      if (error.code !== "ECONNRESET") this.#refusals.note("tls", `${remoteAddress}: ${error.message}`);
    });
    this.#stopWatching = tls.watch(
      (identity) => {
        renewIdentity(server, identity);
        log.info("the certificates have changed: new connections use them");
      },
      (reason) => log.warn(`the certificates have changed, and cannot be used: ${reason}; the earlier ones remain`),
    );
    return server;
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on("error", () => {
      // "close" follows.
    });
    // Browsers send their origin; workers are not browsers.
    const refusedBy =
      request.headers.origin !== undefined ? "401 Unauthorized" : request.url !== "/" ? "404 Not Found" : null;
    if (refusedBy !== null) {
      turnAway(socket, refusedBy);
      return;
    }
    const liftLimit = limitBytes(socket, head.length);
    this.#sockets.handleUpgrade(request, socket, head, (webSocket) => {
      this.#greet(webSocket, request.socket, () => {
        liftLimit();
        return this.#hellos.watch(socket);
      });
    });
  }

  /**
   * @param proven called when the other side has proven that it knows the token; returns a function to call when its
   * hello has arrived
   */
  #greet(socket: WebSocket, connection: Socket, proven: () => () => void): void {
    let greeted = () => {};
    const address = connection.remoteAddress ?? "";
    socket.on("error", () => {
      // "close" follows.
    });
    const problem = requiresCertificate(this.#options) ? certificateProblem(connection) : null;
    if (problem !== null) {
      this.#handshakes.refused(connection);
      this.#refuse(socket, "certificate", `${address}: ${problem}`, `: ${problem}`);
      return;
    }
    new WorkerIntroduction(socket, this.#options.token, {
      onProven: () => {
        greeted = proven();
        this.#handshakes.trust(connection);
      },
      onHello: (hello) => {
        greeted();
        this.#handshakes.admit(connection);
        const reason = this.#admission === null ? "run-closed" : this.#admission.admit(hello);
        if (reason === null) this.#admission?.receive(socket, hello);
        else this.#refuse(socket, reason, `${hello.host} (pid ${hello.pid}, muster ${hello.version})`);
      },
      onRefused: (reason, detail) => {
        this.#handshakes.refused(connection);
        this.#refuse(socket, reason, `${address}: ${detail}`);
      },
    });
  }

  /** @param told text for the worker, added to the reason */
  #refuse(socket: WebSocket, reason: RefusalReason, detail: string, told = ""): void {
    this.#refusals.note(reason, detail);
    const message: MasterMessage = { type: "refused", reason, message: `${refusalReasons[reason]}${told} (${reason})` };
    socket.send(JSON.stringify(message));
    socket.close(closeCodes.refused, reason);
    setTimeout(() => socket.terminate(), closeGraceMs).unref();
  }
}

/** Answers one request and closes the connection. */
const answer: RequestListener = (request, response) => {
  const healthy = request.url === "/healthz";
  response
    .writeHead(healthy ? 200 : 404, { "content-type": "text/plain", connection: "close" })
    .end(healthy ? "ok\n" : "not found\n");
};

function requiresCertificate({ tls }: WorkerServerOptions): boolean {
  return tls?.first.clientAuthorities !== undefined;
}

/** Refuses to upgrade the connection to a WebSocket. */
function turnAway(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`, () => socket.destroy());
}
