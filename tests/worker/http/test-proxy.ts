import { once } from "node:events";
import { createServer, type IncomingMessage, request as requestPlain, type Server } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { patienceMs } from "../../support/wait-until.ts";

/** A proxy on loopback that leads every name to 127.0.0.1, and notes what it was asked for. */
export class TestProxy implements AsyncDisposable {
  /** "GET http://service.test:80/", "CONNECT service.test:443" */
  readonly asked: string[] = [];
  readonly authorizations = new Set<string>();
  readonly #server: Server;
  readonly #sockets = new Set<Socket | Duplex>();
  readonly #targetPort: number;

  private constructor(server: Server, targetPort: number) {
    this.#server = server;
    this.#targetPort = targetPort;
    server.on("connection", (socket) => this.#sockets.add(socket));
    server.on("request", (request, response) => {
      this.#note(request);
      const { pathname, search } = new URL(request.url ?? "");
      const onward = requestPlain({
        host: "127.0.0.1",
        port: this.#targetPort,
        path: pathname + search,
        method: request.method,
        headers: request.headers,
      });
      onward.on("response", (answer) => {
        response.writeHead(answer.statusCode ?? 0, answer.headers);
        answer.pipe(response);
      });
      onward.on("error", () => response.destroy());
      request.pipe(onward);
    });
    server.on("connect", (request: IncomingMessage, socket: Duplex) => {
      this.#note(request);
      const onward = connect(this.#targetPort, "127.0.0.1", () => {
        socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
        socket.pipe(onward).pipe(socket);
      });
      this.#sockets.add(onward);
      for (const end of [onward, socket]) {
        end.on("error", () => {
          // The other end learns of it by the pipe.
        });
      }
    });
  }

  static async to(targetPort: number): Promise<TestProxy> {
    const server = createServer();
    const proxy = new TestProxy(server, targetPort);
    server.listen(0, "127.0.0.1");
    await once(server, "listening", { signal: AbortSignal.timeout(patienceMs) });
    return proxy;
  }

  /** With a name and a password. */
  get url(): string {
    return `http://me:secret@127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #note({ method, url, headers }: IncomingMessage): void {
    this.asked.push(`${method} ${url}`);
    this.authorizations.add(String(headers["proxy-authorization"]));
  }
}
