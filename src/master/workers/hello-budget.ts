import type { Duplex } from "node:stream";

/** What all connections together may send between their proof and the end of their hello, which can hold the result of `setup`. */
const mostHelloBytes = 32 * 1024 * 1024;

/** Bounds the memory for messages of workers that know the token, and have not said who they are. */
export class HelloBudget {
  readonly #mostBytes: number;
  #bytes = 0;

  constructor(mostBytes = mostHelloBytes) {
    this.#mostBytes = mostBytes;
  }

  /** The bytes that are counted now. */
  get bytes(): number {
    return this.#bytes;
  }

  /**
   * Destroys the socket if more arrives than is left.
   * @returns a function that ends this, once the hello has come
   */
  watch(socket: Duplex): () => void {
    let own = 0;
    const count = (chunk: Uint8Array) => {
      own += chunk.length;
      this.#bytes += chunk.length;
      if (this.#bytes > this.#mostBytes) socket.destroy();
    };
    const end = () => {
      socket.off("data", count);
      this.#bytes -= own;
      own = 0;
    };
    socket.on("data", count);
    socket.once("close", end);
    return end;
  }
}
