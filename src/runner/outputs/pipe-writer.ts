import { close, constants, open, write } from "node:fs";

/** How long to wait until a pipe is tried again that has no reader, or whose reader has not read. */
const retryAfterMs = 50;

type Done = (error: NodeJS.ErrnoException | null, value: number) => void;

/**
 * Returns the functions of `node:fs` for a write stream to a named pipe. They block no thread until the pipe has a reader, or until
 * the reader reads: the process could not end before that.
 * @param isClosed whether the stream was closed, so that it waits for the reader no longer
 */
export function pipeWriter(isClosed: () => boolean) {
  const retry = (error: NodeJS.ErrnoException, action: () => void, done: Done) => {
    setTimeout(() => (isClosed() ? done(error, 0) : action()), retryAfterMs);
  };
  const openPipe = (path: string, _flags: unknown, _mode: unknown, done: Done): void => {
    const flags = constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW;
    open(path, flags, (error, descriptor) => {
      // The pipe has no reader.
      if (error?.code === "ENXIO") retry(error, () => openPipe(path, _flags, _mode, done), done);
      else done(error, descriptor);
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
      else done(error, written);
    });
  };
  return { open: openPipe, write: writePipe, close };
}
