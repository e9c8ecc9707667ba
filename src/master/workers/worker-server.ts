import { createHash, timingSafeEqual } from "node:crypto";
import { once } from "node:events";
import type { IncomingMessage, RequestListener, Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { Logger } from "pino";
import { type WebSocket, WebSocketServer } from "ws";
import { ConfigurationError, MusterError } from "../../core/errors.ts";
import { parseMessage } from "../../protocol/channel.ts";
import type { MasterMessage } from "../../protocol/master-messages.ts";
import { closeCodes, protocolVersion, type RefusalReason, refusalReasons } from "../../protocol/version.ts";
import { type Hello, hello as helloSchema } from "../../protocol/worker-messages.ts";

// Not imported: the import loads all exports of node:http, including undici, and costs 45 ms of CPU at every start.
const { createServer } = process.getBuiltinModule("node:http");

/** The largest message from a worker: one report. */
const maxReportBytes = 16 * 1024 * 1024;
const helloTimeoutMs = 5_000;
const closeGraceMs = 1_000;

/** The certificate and key of a master for workers that connect over TLS; both PEM. */
export interface TlsIdentity {
  readonly cert: string;
  readonly key: string;
}

export interface WorkerServerOptions {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly token: string;
  /** If set, workers must connect over TLS. */
  readonly tls?: TlsIdentity;
  readonly log: Logger;
}

/** Accepts connecting workers: the workers of a run, or the idle workers between runs. */
export interface WorkerAdmission {
  /** Null lets the worker in. */
  admit(hello: Hello): RefusalReason | null;
  receive(socket: WebSocket, hello: Hello): void;
}

/** Where workers connect. */
export interface WorkerListener {
  /** Passes connecting workers to this one from now on. */
  open(admission: WorkerAdmission): void;
  /** Stops passing workers to this one. `sentAway`: the number of released workers that may reconnect. */
  shut(admission: WorkerAdmission, sentAway: number): void;
}

/** Listens for workers and accepts those that send a valid hello; `GET /healthz` answers 200. */
export class WorkerServer implements WorkerListener {
  #admission: WorkerAdmission | null = null;
  readonly #options: WorkerServerOptions;
  readonly #http: Server;
  readonly #sockets: WebSocketServer;

  constructor(options: WorkerServerOptions) {
    this.#options = options;
    this.#http = options.tls === undefined ? createServer(answer) : createTlsServer(options.tls, answer);
    this.#sockets = new WebSocketServer({
      server: this.#http,
      maxPayload: maxReportBytes,
      perMessageDeflate: false,
      // Browsers send their origin; workers are not browsers.
      verifyClient: ({ req }: { req: IncomingMessage }) => req.headers.origin === undefined,
    });
    this.#sockets.on("connection", (socket) => this.#greet(socket));
    this.#sockets.on("error", () => {
      // Errors of the HTTP server are repeated here; `listen` reports them.
    });
  }

  /**
   * @returns the port that it listens on.
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
  }

  #greet(socket: WebSocket): void {
    const timer = setTimeout(() => socket.terminate(), helloTimeoutMs);
    socket.on("error", () => {
      // "close" follows.
    });
    socket.once("close", () => clearTimeout(timer));
    socket.once("message", (data: Buffer, isBinary: boolean) => {
      clearTimeout(timer);
      const hello = isBinary ? null : readHello(data);
      if (typeof hello === "string" || hello === null) this.#refuse(socket, "bad-message", hello ?? "a binary frame");
      else this.#judge(socket, hello);
    });
  }

  #judge(socket: WebSocket, hello: Hello): void {
    const reason = this.#reasonAgainst(hello);
    if (reason === null) this.#admission?.receive(socket, hello);
    else this.#refuse(socket, reason, `${hello.host} (pid ${hello.pid}, muster ${hello.version})`);
  }

  #reasonAgainst(hello: Hello): RefusalReason | null {
    if (hello.protocol !== protocolVersion) return "protocol-version";
    if (!sameSecret(hello.token, this.#options.token)) return "token";
    return this.#admission === null ? "run-closed" : this.#admission.admit(hello);
  }

  #refuse(socket: WebSocket, reason: RefusalReason, detail: string): void {
    this.#options.log.warn({ reason }, `refused a worker: ${reason}: ${detail}`);
    const message: MasterMessage = { type: "refused", reason, message: `${refusalReasons[reason]} (${reason})` };
    socket.send(JSON.stringify(message));
    socket.close(closeCodes.refused, reason);
    setTimeout(() => socket.terminate(), helloTimeoutMs).unref();
  }
}

const answer: RequestListener = (request, response) => {
  const healthy = request.url === "/healthz";
  response.writeHead(healthy ? 200 : 404, { "content-type": "text/plain" }).end(healthy ? "ok\n" : "not found\n");
};

/** Parses the hello; returns a text if it is invalid. */
function readHello(data: Buffer): Hello | string {
  try {
    return parseMessage(helloSchema, data.toString("utf8"));
  } catch (error) {
    if (error instanceof MusterError) return error.message;
    throw error;
  }
}

/** Takes constant time for any difference; digests make the lengths equal. */
function sameSecret(given: string, expected: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}
