import type { Socket } from "node:net";
import type { BodySegments } from "../body-segments.ts";
import { type DirectIo, handleOf, type PendingWrite, type SocketHandle, WriteError } from "./direct-io.ts";

/** Notified when the kernel has accepted a request that it did not accept at once. */
export interface WriteObserver {
  written(): void;
}

/** Writes the requests of one connection, one after the other. */
export class RequestWriter {
  readonly #socket: Socket;
  readonly #observer: WriteObserver;
  /** Direct access to the socket; null for a socket that can only be written to as a stream. */
  readonly #direct: DirectIo | null;
  #isPending = false;
  #usesStream = false;
  /** The remaining pieces of the body that is being written; null when all of it was handed to the socket. */
  #pieces: Iterator<Uint8Array, undefined> | null = null;
  /** The number of bytes of that body that were not handed to the socket yet. */
  unsentBytes = 0;

  constructor(socket: Socket, observer: WriteObserver, direct: DirectIo | null) {
    this.#socket = socket;
    this.#observer = observer;
    this.#direct = direct;
  }

  /** Whether the kernel has not accepted everything yet. */
  get isWriting(): boolean {
    return this.#isPending || this.#pieces !== null || (this.#usesStream && this.#socket.writableLength > 0);
  }

  /**
   * Writes a request. A separate body is written as fast as the other side accepts it, in pieces that are only handed to the
   * socket when it has room: the body itself is shared with other users, so that it takes no memory per user. If a write
   * fails, the socket fails with the same error. Returns false when the kernel is known to have accepted no byte.
   */
  write(text: string, body: BodySegments | null): boolean {
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

  #writeToStream(text: string, body: BodySegments | null): void {
    const socket = this.#socket;
    this.#usesStream = true;
    if (body === null) {
      socket.write(text, "latin1");
      if (socket.writableNeedDrain) socket.once("drain", () => this.#observer.written());
      return;
    }
    this.unsentBytes = body.byteLength;
    this.#pieces = body.pieces();
    // The head and the first piece in one system call.
    socket.cork();
    socket.write(text, "latin1");
    this.#writePieces();
    socket.uncork();
  }

  /** Hands pieces of the body to the socket until it has no more room, and continues when it has. */
  #writePieces(): void {
    const socket = this.#socket;
    while (this.unsentBytes > 0 && !socket.destroyed) {
      const piece = this.#pieces?.next().value;
      if (piece === undefined) break;
      this.unsentBytes -= piece.length;
      if (this.unsentBytes === 0) {
        socket.write(piece, (error) => {
          if (!error) this.#observer.written();
        });
      } else if (!socket.write(piece)) {
        socket.once("drain", () => this.#writePieces());
        return;
      }
    }
    this.#pieces = null;
  }
}
