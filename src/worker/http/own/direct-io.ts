import { getSystemErrorName } from "node:util";

/** A write that the system has not taken whole yet. */
export interface PendingWrite {
  /** Called once, with 0 or the negative number of an error. */
  oncomplete?: (status: number) => void;
}

/** What lies under a `net.Socket`. */
export interface SocketHandle {
  /** Returns 0 or the negative number of an error. Keeps `write`, unless the system took all at once. */
  writeLatin1String(write: PendingWrite, text: string): number;
  /** Called after each read. */
  onread(bytes: unknown): void;
}

interface StreamBinding {
  readonly WriteWrap: new () => PendingWrite;
  /** Says more about the call just made. */
  readonly streamBaseState: Int32Array;
  readonly kReadBytesOrError: number;
  readonly kLastWriteWasAsync: number;
}

/** The system has refused a write, in the words of a `net.Socket`. */
export class WriteError extends Error {
  readonly code: string;

  /** `status` is the negative number of the error. */
  constructor(status: number) {
    const code = getSystemErrorName(status);
    super(`write ${code}`);
    this.code = code;
  }
}

/**
 * Reads and writes through the handle of a socket as its stream does, without the stream: what that keeps of each read
 * and write is 6 to 10 % of all the time that a request takes. Node.js does not document it, so it is looked for, and where
 * it is not there, done without (decision 045).
 */
export class DirectIo {
  // Fields of its own, because to look into Node.js's object takes as long as the stream would.
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

  /** Null when the system has taken all of `text`, one byte a character. @throws WriteError */
  write(handle: SocketHandle, text: string): PendingWrite | null {
    const status = handle.writeLatin1String(this.#nextWrite, text);
    if (status !== 0) throw new WriteError(status);
    if (this.#state[this.#isPendingAt] === 0) return null;
    const pending = this.#nextWrite;
    this.#nextWrite = new this.#PendingWrite();
    return pending;
  }

  /** `onRead` gets the number of bytes of each read from now on; the socket still sees to the end, and to errors. */
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

/** Null where Node.js does not have it. */
export const directIo = find();

function find(): DirectIo | null {
  try {
    const { binding } = process as unknown as { binding(name: string): Partial<StreamBinding> };
    const found = binding("stream_wrap");
    return isComplete(found) ? new DirectIo(found) : null;
  } catch {
    // No such function, or a process that may not call it.
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

/** Null when the socket is closed, or its handle of another kind. */
export function handleOf(socket: object): SocketHandle | null {
  const handle = (socket as { _handle?: Partial<SocketHandle> | null })._handle;
  return typeof handle?.writeLatin1String === "function" ? (handle as SocketHandle) : null;
}
