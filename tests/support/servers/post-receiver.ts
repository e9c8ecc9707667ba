import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { Cleanup } from "../test-process.ts";

export interface ReceivedPost {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Answers a request; not to do so is an answer, too. */
export type Answer = (response: ServerResponse, post: ReceivedPost) => void;

export const taken: Answer = (response) => response.writeHead(200).end();

/** A server that keeps what is posted to it. It can be ended as by a crash, and started again at the same port. */
export class PostReceiver {
  /** All requests, whatever their answer. */
  readonly posts: ReceivedPost[] = [];
  answer: Answer;
  #port = 0;
  #server: Server | null = null;
  /** Also those without a request, for which the end of the server would wait a minute. */
  readonly #sockets = new Set<Socket>();

  private constructor(answer: Answer) {
    this.answer = answer;
  }

  static async start(cleanup: Cleanup, answer: Answer = taken): Promise<PostReceiver> {
    const receiver = new PostReceiver(answer);
    cleanup.after(() => receiver.crash());
    await receiver.restart();
    return receiver;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  get texts(): string[] {
    return this.posts.map(({ body }) => body.toString());
  }

  async restart(): Promise<void> {
    const server = createServer((request, response) => {
      const pieces: Buffer[] = [];
      request.on("data", (piece: Buffer) => pieces.push(piece));
      request.on("end", () => {
        const post = { path: request.url ?? "", headers: request.headers, body: Buffer.concat(pieces) };
        this.posts.push(post);
        this.answer(response, post);
      });
    });
    server.on("connection", (socket) => {
      this.#sockets.add(socket);
      socket.once("close", () => this.#sockets.delete(socket));
      if (!server.listening) socket.destroy();
    });
    server.listen(this.#port, "127.0.0.1");
    await once(server, "listening");
    this.#port = (server.address() as AddressInfo).port;
    this.#server = server;
  }

  /** Ends all connections, and accepts no more. */
  async crash(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    if (server === null) return;
    const closed = once(server, "close");
    server.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }
}
