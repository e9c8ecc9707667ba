import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import type { Cleanup } from "./test-process.ts";

/** A TCP proxy between two processes whose connections a test can cut repeatedly. */
export class CuttableProxy {
  readonly port: number;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #isBlocked = false;
  /** Where new connections go; changing it does not end the others. */
  targetPort: number;

  private constructor(server: Server, port: number, targetPort: number) {
    this.#server = server;
    this.port = port;
    this.targetPort = targetPort;
  }

  static async start(cleanup: Cleanup, targetPort: number): Promise<CuttableProxy> {
    const server = createServer();
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const proxy = new CuttableProxy(server, (server.address() as AddressInfo).port, targetPort);
    server.on("connection", (socket) => {
      if (proxy.#isBlocked) socket.resetAndDestroy();
      else proxy.#pass(socket, connect(proxy.targetPort, "127.0.0.1"));
    });
    cleanup.after(() => proxy.#close());
    return proxy;
  }

  /** Closes all connections abruptly. */
  cut(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  /** Cuts all connections, and accepts none until `unblock`. */
  block(): void {
    this.#isBlocked = true;
    this.cut();
  }

  /** Stops forwarding, while both ends still believe that they are connected. */
  silence(): void {
    for (const socket of this.#sockets) socket.unpipe().pause();
  }

  unblock(): void {
    this.#isBlocked = false;
  }

  #pass(from: Socket, to: Socket): void {
    for (const [one, other] of [
      [from, to],
      [to, from],
    ] as const) {
      this.#sockets.add(one);
      one.on("error", () => {
        // "close" follows.
      });
      one.on("close", () => {
        this.#sockets.delete(one);
        other.destroy();
      });
      one.pipe(other);
    }
  }

  #close(): void {
    this.cut();
    this.#server.close();
  }
}
