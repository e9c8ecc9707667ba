import { randomBytes } from "node:crypto";
import { closeSync, openSync, unlinkSync, writeSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { tallyBytes, tallyLine, tallySocket } from "../../../protocol/permit-messages.ts";

/** The time limit for the connection to the master, which accepts it at once if it is on this machine. */
const connectTimeoutMs = 2_000;

/**
 * Writes the number of permits that this process has used to a file of the master, so that the count is kept if this process
 * is killed. The master notices the end of this process because the connection ends.
 */
export class PermitTally {
  readonly #path: string;
  readonly #view = new DataView(new ArrayBuffer(tallyBytes));
  /** The descriptor of the file; null once the master no longer reads it. */
  #descriptor: number | null;

  private constructor(path: string, descriptor: number) {
    this.#path = path;
    this.#descriptor = descriptor;
  }

  /** Opens a tally. Resolves to null if the master is on another machine, or the system has no such sockets. */
  static async open(folder: string, worker: number): Promise<PermitTally | null> {
    const file = randomBytes(16).toString("hex");
    const path = join(folder, file);
    let tally: PermitTally;
    try {
      tally = new PermitTally(path, openSync(path, "wx", 0o600));
    } catch {
      return null;
    }
    tally.write(0);
    const socket = await connected(join(folder, tallySocket));
    if (socket === null || tally.#descriptor === null) {
      socket?.destroy();
      tally.#discard();
      return null;
    }
    socket.once("close", () => tally.#close());
    socket.write(tallyLine(worker, file));
    return tally;
  }

  /** Writes the number of used permits. Called right before a request is sent. */
  write(used: number): void {
    if (this.#descriptor === null) return;
    this.#view.setFloat64(0, used);
    try {
      writeSync(this.#descriptor, this.#view, 0, tallyBytes, 0);
    } catch {
      // Without the file, the master has no count, and so does not rely on one that is too low.
      this.#discard();
    }
  }

  #discard(): void {
    try {
      unlinkSync(this.#path);
    } catch {
      // The master has removed the folder.
    }
    this.#close();
  }

  #close(): void {
    if (this.#descriptor === null) return;
    const descriptor = this.#descriptor;
    this.#descriptor = null;
    try {
      closeSync(descriptor);
    } catch {
      // The descriptor is closed also when this fails (close(2)).
    }
  }
}

/**
 * Connects to the master; resolves to null if that fails. The connection does not keep the process alive, and nothing but its
 * end is read from it.
 */
function connected(path: string): Promise<Socket | null> {
  const { promise, resolve } = Promise.withResolvers<Socket | null>();
  const socket = connect(path);
  const timer = setTimeout(() => socket.destroy(), connectTimeoutMs);
  socket.on("error", () => {
    // "close" follows.
  });
  socket.once("close", () => resolve(null));
  socket.once("connect", () => resolve(socket.unref().resume()));
  return promise.finally(() => clearTimeout(timer));
}
