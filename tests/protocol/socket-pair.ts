import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { WebSocket, WebSocketServer } from "ws";
import type * as z from "zod";
import { Channel, type RefusedSide } from "../../src/protocol/channel.ts";
import { type WorkerMessage, workerMessage } from "../../src/protocol/worker-messages.ts";
import { unusedPort } from "../support/unused-port.ts";
import { patienceMs } from "../support/wait-until.ts";

/** Waits for `event`, with a time limit. */
export async function happens(emitter: NodeJS.EventEmitter, event: string): Promise<unknown[]> {
  return await once(emitter, event, { signal: AbortSignal.timeout(patienceMs) });
}

/** A channel at the server's end of a real socket, what it received, and the bare socket of its peer. */
export class SocketPair implements AsyncDisposable {
  readonly channel: Channel<WorkerMessage, unknown>;
  readonly peer: WebSocket;
  readonly messages: WorkerMessage[] = [];
  readonly frames: Uint8Array[] = [];
  readonly closeReasons: string[] = [];
  /** The side whose message was refused, for each close. */
  readonly refused: (RefusedSide | null)[] = [];
  readonly closed: Promise<string>;
  readonly #server: WebSocketServer;

  private constructor(server: WebSocketServer, socket: WebSocket, peer: WebSocket) {
    this.#server = server;
    this.peer = peer;
    const { promise, resolve } = Promise.withResolvers<string>();
    this.closed = promise;
    this.channel = new Channel<WorkerMessage, unknown>(socket, workerMessage as z.ZodType<WorkerMessage>, {
      onMessage: (message) => this.messages.push(message),
      onFrame: (frame) => this.frames.push(frame),
      onClose: (reason, refused) => {
        this.closeReasons.push(reason);
        this.refused.push(refused);
        resolve(reason);
      },
    });
  }

  static async open(): Promise<SocketPair> {
    const server = await listening();
    const peer = new WebSocket(urlOf(server), { perMessageDeflate: false });
    const [[socket]] = await Promise.all([happens(server, "connection"), happens(peer, "open")]);
    return new SocketPair(server, socket as WebSocket, peer);
  }

  /** The close code and reason that the peer received. */
  async peerClosed(): Promise<{ code: number; reason: Buffer }> {
    const [code, reason] = await happens(this.peer, "close");
    return { code: code as number, reason: reason as Buffer };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.peer.terminate();
    for (const socket of this.#server.clients) socket.terminate();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

export async function listening(): Promise<WebSocketServer> {
  // Nobody else connects to it, as a worker of another test may to a port that its master had.
  const port = await unusedPort();
  const server = new WebSocketServer({ host: "127.0.0.1", port, perMessageDeflate: false });
  await happens(server, "listening");
  return server;
}

function urlOf(server: WebSocketServer): string {
  return `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
