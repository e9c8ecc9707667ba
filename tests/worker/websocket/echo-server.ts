import { once } from "node:events";
import { createServer, type IncomingMessage, type RequestListener } from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { AddressInfo } from "node:net";
import { type ServerOptions, type WebSocket, WebSocketServer } from "ws";

/** What a server does with the messages of a socket. */
export type SocketListener = (socket: WebSocket, request: IncomingMessage) => void;

export interface EchoServerOptions extends ServerOptions {
  /** Certificate and key in PEM format, for a server with TLS. */
  readonly secure?: { readonly cert: string; readonly key: string };
  /** Answers requests that are no upgrade. */
  readonly onRequest?: RequestListener;
}

/** A server for WebSockets on a free port of the loopback address, which counts what it receives. */
export class EchoServer implements AsyncDisposable {
  readonly url: string;
  readonly requests: IncomingMessage[] = [];
  readonly closes: number[] = [];
  messages = 0;
  readonly server: WebSocketServer;
  readonly #http: ReturnType<typeof createServer>;

  private constructor(http: ReturnType<typeof createServer>, isSecure: boolean, options: ServerOptions) {
    this.#http = http;
    this.server = new WebSocketServer({ ...options, server: http });
    this.url = `${isSecure ? "https" : "http"}://127.0.0.1:${(http.address() as AddressInfo).port}`;
  }

  /** Starts a server. Without `onSocket`, it sends each message back. */
  static async start(onSocket: SocketListener = echo, options: EchoServerOptions = {}): Promise<EchoServer> {
    const { secure, onRequest, ...others } = options;
    const http = secure === undefined ? createServer(onRequest) : createSecureServer(secure, onRequest);
    http.listen(0, "127.0.0.1");
    await once(http, "listening");
    const started = new EchoServer(http, secure !== undefined, others);
    started.server.on("connection", (socket, request) => {
      started.requests.push(request);
      socket.on("message", () => started.messages++);
      socket.on("close", (code) => started.closes.push(code));
      socket.on("error", () => {});
      onSocket(socket, request);
    });
    return started;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.server.clients) socket.terminate();
    this.server.close();
    this.#http.closeAllConnections();
    await new Promise((resolve) => this.#http.close(resolve));
  }
}

function echo(socket: WebSocket): void {
  socket.on("message", (data, isBinary) => socket.send(data as Buffer, { binary: isBinary }));
}
