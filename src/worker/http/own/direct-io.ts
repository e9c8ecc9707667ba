import { getSystemErrorName } from "node:util";

/** A write that the kernel has not accepted completely yet. */
export interface PendingWrite {
  /** Called once, with 0 or a negative error number. */
  oncomplete?: (status: number) => void;
}

/** The handle inside a `net.Socket`. */
export interface SocketHandle {
  /**
   * Returns 0 or a negative error number. Keeps `write` until it is complete, unless the kernel accepted everything at
   * once.
   */
  writeLatin1String(write: PendingWrite, text: string): number;
  /** Called after each read. */
  onread(bytes: unknown): void;
}

interface StreamBinding {
  readonly WriteWrap: new () => PendingWrite;
  /** Further results of the latest call. */
  readonly streamBaseState: Int32Array;
  readonly kReadBytesOrError: number;
  readonly kLastWriteWasAsync: number;
}

/** A failed write, with the same message as a `net.Socket`. */
export class WriteError extends Error {
  readonly code: string;

  /** `status`: the negative error number. */
  constructor(status: number) {
    const code = getSystemErrorName(status);
    super(`write ${code}`);
    this.code = code;
  }
}

/**
 * Reads and writes through the handle of a socket, without the stream around it: the bookkeeping of the stream takes 6
 * to 10 % of the time of a request. Node.js does not document the handle, so its features are detected, and the stream
 * is used where they are missing (decision 045).
 */
export class DirectIo {
  // Copied into fields, because accessing the object of Node.js takes as long as the stream would.
  readonly #PendingWrite: new () => PendingWrite;
  readonly #state: Int32Array;
  readonly #byteCountAt: number;
  readonly #isPendingAt: number;
  #nextWrite: PendingWrite;

  constructor({ WriteWrap, streamBaseState, kReadBytesOrError, kLastWriteWasAsync }: StreamBinding) {
    this.#PendingWrite = WriteWrap;
    this.#state = streamBaseState;
    this.#byteCountAt = kReadBytesOrError;
    this.#isPendingAt = kLastWriteWasAsync;
    this.#nextWrite = new WriteWrap();
  }

  /** Writes `text`, one byte per character. Returns null when the kernel has accepted all of it. @throws WriteError */
  write(handle: SocketHandle, text: string): PendingWrite | null {
    const status = handle.writeLatin1String(this.#nextWrite, text);
    if (status !== 0) throw new WriteError(status);
    if (this.#state[this.#isPendingAt] === 0) return null;
    const pending = this.#nextWrite;
    this.#nextWrite = new this.#PendingWrite();
    return pending;
  }

  /** From now on, calls `onRead` with the number of bytes of each read. The socket still handles the end and errors. */
  read(handle: SocketHandle, onRead: (byteCount: number) => void): void {
    const { onread } = handle;
    if (typeof onread !== "function") return;
    const state = this.#state;
    const byteCountAt = this.#byteCountAt;
    handle.onread = (bytes) => {
      const byteCount = state[byteCountAt] as number;
      if (byteCount > 0) onRead(byteCount);
      else onread.call(handle, bytes);
    };
  }
}

/** The direct access to sockets; null where Node.js does not provide it. */
export const directIo = find();

function find(): DirectIo | null {
  try {
    const { binding } = process as unknown as { binding(name: string): Partial<StreamBinding> };
    const found = binding("stream_wrap");
    return isComplete(found) ? new DirectIo(found) : null;
  } catch {
    // The function does not exist, or this process may not call it.
    return null;
  }
}

function isComplete(binding: Partial<StreamBinding>): binding is StreamBinding {
  const { WriteWrap, streamBaseState, kReadBytesOrError, kLastWriteWasAsync } = binding;
  return (
    typeof WriteWrap === "function" &&
    streamBaseState instanceof Int32Array &&
    typeof kReadBytesOrError === "number" &&
    typeof kLastWriteWasAsync === "number"
  );
}

/** Returns the handle of a socket; null if the socket is closed or its handle is of another kind. */
export function handleOf(socket: object): SocketHandle | null {
  const handle = (socket as { _handle?: Partial<SocketHandle> | null })._handle;
  return typeof handle?.writeLatin1String === "function" ? (handle as SocketHandle) : null;
}
