import type { Duplex } from "node:stream";

/** What all connections together may send between their proof and the end of their hello, which can hold the result of `setup`. */
const mostHelloBytes = 32 * 1024 * 1024;

/** Bounds the memory for messages of workers that have proven the token but have not sent their hello. */
export class HelloBudget {
  readonly #mostBytes: number;
  #bytes = 0;

  constructor(mostBytes = mostHelloBytes) {
    this.#mostBytes = mostBytes;
  }

  /** The number of bytes that count now. */
  get bytes(): number {
    return this.#bytes;
  }

  /**
   * Counts what arrives on a socket, and destroys the socket when the budget is exceeded.
   * @returns a function to call when the hello has arrived; it ends the count
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
