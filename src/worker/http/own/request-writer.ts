import type { Socket } from "node:net";
import { type DirectIo, handleOf, type PendingWrite, type SocketHandle, WriteError } from "./direct-io.ts";

/** Is told when the kernel has accepted a request that it did not accept at once. */
export interface WriteObserver {
  written(): void;
}

/** Writes the requests of one connection, one after the other. */
export class RequestWriter {
  readonly #socket: Socket;
  readonly #observer: WriteObserver;
  /** Null for a socket that can only be written to as a stream. */
  readonly #direct: DirectIo | null;
  #isPending = false;
  #usesStream = false;

  constructor(socket: Socket, observer: WriteObserver, direct: DirectIo | null) {
    this.#socket = socket;
    this.#observer = observer;
    this.#direct = direct;
  }

  /** Whether the kernel has not accepted everything yet. */
  get isWriting(): boolean {
    return this.#isPending || (this.#usesStream && this.#socket.writableLength > 0);
  }

  /**
   * Writes with one system call, even with a separate body. If the call fails, the socket fails with the same error.
   * Returns false when the kernel is known to have accepted no byte.
   */
  write(text: string, body: Uint8Array | null): boolean {
    const handle = this.#direct === null || body !== null ? null : handleOf(this.#socket);
    if (this.#direct !== null && handle !== null) return this.#writeDirectly(this.#direct, handle, text);
    this.#writeToStream(text, body);
    return true;
  }

  #writeDirectly(direct: DirectIo, handle: SocketHandle, text: string): boolean {
    try {
      const pending = direct.write(handle, text);
      if (pending !== null) this.#await(pending);
      return true;
    } catch (error) {
      this.#socket.destroy(error as Error);
      return false;
    }
  }

  #await(pending: PendingWrite): void {
    this.#isPending = true;
    pending.oncomplete = (status) => {
      this.#isPending = false;
      if (status === 0) this.#observer.written();
      else this.#socket.destroy(new WriteError(status));
    };
  }

  #writeToStream(text: string, body: Uint8Array | null): void {
    const socket = this.#socket;
    this.#usesStream = true;
    if (body !== null) socket.cork();
    socket.write(text, "latin1");
    if (body !== null) {
      socket.write(body);
      socket.uncork();
    }
    if (socket.writableNeedDrain) socket.once("drain", () => this.#observer.written());
  }
}
