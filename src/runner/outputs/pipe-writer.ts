import { close, constants, createWriteStream, open, write } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

/** How long to wait until a pipe is tried again that has no reader, or whose reader has not read. */
const retryAfterMs = 50;

type Done = (error: NodeJS.ErrnoException | null, value: number) => void;

/**
 * Returns the functions of `node:fs` for a write stream to a named pipe. They block no thread until the pipe has a reader, or until
 * the reader reads: the process could not end before that.
 * @param isClosed whether the stream was closed, so that it waits for the reader no longer
 * @param patienceMs how long the reader may neither open the pipe nor read
 */
export function pipeWriter(isClosed: () => boolean, patienceMs = Number.POSITIVE_INFINITY) {
  let readAtMs = performance.now();
  const retry = (error: NodeJS.ErrnoException, action: () => void, done: Done) => {
    const isOver = () => isClosed() || performance.now() - readAtMs > patienceMs;
    setTimeout(() => (isOver() ? done(notRead(error), 0) : action()), retryAfterMs);
  };
  const doneNow = (error: NodeJS.ErrnoException | null, value: number, done: Done) => {
    readAtMs = performance.now();
    done(error, value);
  };
  const openPipe = (path: string, _flags: unknown, _mode: unknown, done: Done): void => {
    const flags = constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW;
    open(path, flags, (error, descriptor) => {
      // The pipe has no reader.
      if (error?.code === "ENXIO") retry(error, () => openPipe(path, _flags, _mode, done), done);
      else doneNow(error, descriptor, done);
    });
  };
  const writePipe = (
    descriptor: number,
    bytes: Uint8Array,
    offset: number,
    length: number,
    position: number | null,
    done: Done,
  ): void => {
    write(descriptor, bytes, offset, length, position, (error, written) => {
      // The pipe is full.
      if (error?.code === "EAGAIN")
        retry(error, () => writePipe(descriptor, bytes, offset, length, position, done), done);
      else doneNow(error, written, done);
    });
  };
  return { open: openPipe, write: writePipe, close };
}

function notRead({ code = "", syscall = "" }: NodeJS.ErrnoException): NodeJS.ErrnoException {
  return Object.assign(new Error(`${code}: nobody reads the named pipe`), { code, syscall });
}

/**
 * Writes a text to a named pipe.
 * @throws the system's error: ENXIO if the pipe has no reader for `patienceMs`, EAGAIN if its reader reads nothing for that time
 */
export async function writeToPipe(path: string, chunks: Iterable<string>, patienceMs: number): Promise<void> {
  const stream = createWriteStream(path, { fs: pipeWriter(() => stream.destroyed, patienceMs) });
  await pipeline(Readable.from(chunks), stream);
}
