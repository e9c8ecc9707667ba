import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import type { Logger } from "pino";
import { ConfigurationError } from "../core/errors.ts";
import type { TlsIdentity } from "../master/workers/worker-tls.ts";
import type { RunOutput } from "../runner/outputs/run-output.ts";
import type { RunSession } from "../runner/run-session.ts";
import { PageConnections, pageRequestLimits, pageTlsTimeoutMs } from "./access/page-connections.ts";
import type { RoleTokens } from "./access/roles.ts";
import { Sessions } from "./access/sessions.ts";
import { createApi } from "./app.ts";
import type { Archive } from "./archive/archive.ts";
import { LiveFeed } from "./live/live-feed.ts";
import { LiveWatch } from "./live/live-watch.ts";
import type { LogLines } from "./live/log-lines.ts";
import type { OfferedTest } from "./session-facts.ts";

const closeGraceMs = 1_000;

export interface WebServerOptions {
  readonly session: RunSession;
  readonly offer: OfferedTest;
  readonly archive: Archive;
  readonly lines: LogLines;
  readonly host: string;
  /** The port; 0 for any free port. */
  readonly port: number;
  readonly tokens: RoleTokens;
  /** The TLS certificate of the page and its key; null serves the page without TLS. */
  readonly tls: TlsIdentity | null;
  readonly log: Logger;
}

/** The HTTP server of the page and the web API, for one session. */
export class WebServer {
  readonly #feed: LiveFeed;
  readonly #options: WebServerOptions;
  readonly #watch: LiveWatch;
  readonly #http: Server;
  readonly #connections: PageConnections;
  readonly #sessions: Sessions;

  constructor(options: WebServerOptions) {
    const { session, offer, archive, lines, log, tokens, tls } = options;
    const nowMs = () => performance.now();
    this.#options = options;
    this.#feed = new LiveFeed(nowMs);
    lines.listener = (line) => this.#feed.log("log", line);
    this.#watch = new LiveWatch(session, this.#feed, nowMs);
    this.#sessions = new Sessions(nowMs);
    const api = createApi({
      ...{ session, offer, archive, lines, feed: this.#feed, watch: this.#watch, log, tokens },
      sessions: this.#sessions,
      onAdmitted: (socket) => this.#connections.admit(socket),
    });
    const listener = getRequestListener(api.fetch);
    const secure = { ...tls, ...pageRequestLimits, minVersion: "TLSv1.2", handshakeTimeout: pageTlsTimeoutMs } as const;
    this.#http = tls === null ? createServer(pageRequestLimits, listener) : createTlsServer(secure, listener);
    this.#connections = new PageConnections(this.#http, log);
  }

  /** Creates the output that sends the next run to the page. */
  createOutput(): RunOutput {
    return this.#watch.createOutput();
  }

  /**
   * Starts the server.
   * @returns the port that the server listens on
   * @throws ConfigurationError if the address is in use or is not an address of this machine
   */
  async listen(): Promise<number> {
    const { host, port } = this.#options;
    try {
      this.#http.listen(port, host);
      await once(this.#http, "listening");
    } catch (cause) {
      const { code, message } = cause as { code?: string; message: string };
      const why = code === "EADDRINUSE" ? "the port is in use" : code === "EACCES" ? "not allowed" : message;
      throw new ConfigurationError(
        `cannot serve the web page on ${host}:${port}: ${why}; choose another with --web-port`,
        { cause },
      );
    }
    return (this.#http.address() as AddressInfo).port;
  }

  /** Sends the final state to the connected clients and closes the server. */
  async close(): Promise<void> {
    this.#watch.look();
    this.#watch.close();
    this.#feed.close();
    const closed = once(this.#http, "close");
    this.#http.close();
    const cut = setTimeout(() => this.#http.closeAllConnections(), closeGraceMs);
    await closed;
    clearTimeout(cut);
    this.#connections.close();
    this.#sessions.close();
  }
}
