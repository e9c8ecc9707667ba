import { lstatSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { connect, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseTallyLine, tallyBytes, tallySocket } from "../../protocol/permit-messages.ts";

/** The maximum length of a line, in characters; workers write shorter ones. */
const lineLength = 64;
/** Only processes of this user can connect, one for each worker. */
const mostConnections = 10_000;

const folderPrefix = "muster-permits-";
/** How many folders of killed masters one run removes at most. */
const abandonedAtOnce = 100;

/** Called when the process of a worker has ended, with the number of permits that it used; null if unknown. */
type EndListener = (worker: number, used: number | null) => void;

/**
 * Finds out how many permits a worker on this machine had used when its process ended, however it ended. The worker
 * counts them in a file, and holds a connection to a Unix socket, which the system closes only when the process is
 * gone.
 */
export class PermitTallies {
  /**
   * The folder of the files and the socket, accessible to this user only; null if the system does not support it, so
   * that no end is noticed.
   */
  readonly folder: string | null;
  readonly #server: Server | null;
  readonly #listener: EndListener;
  readonly #sockets = new Set<Socket>();
  /** The workers whose processes are connected. */
  readonly #watched = new Set<number>();
  #isClosed = false;

  constructor(listener: EndListener) {
    this.#listener = listener;
    this.folder = ownFolder();
    this.#server = this.folder === null ? null : this.#listen(join(this.folder, tallySocket));
    removeAbandoned();
  }

  /** Whether the end of this worker's process will be noticed. */
  watches(worker: number): boolean {
    return this.#watched.has(worker);
  }

  close(): void {
    this.#isClosed = true;
    this.#server?.close();
    for (const socket of this.#sockets) socket.destroy();
    if (this.folder !== null) removeFolder(this.folder);
  }

  #listen(path: string): Server {
    const server = createServer((socket) => this.#accept(socket));
    server.maxConnections = mostConnections;
    server.on("error", () => {
      // For example, the path is too long. Then no worker connects.
    });
    return server.listen(path).unref();
  }

  #accept(socket: Socket): void {
    let text = "";
    let known: ReturnType<typeof parseTallyLine> = null;
    this.#sockets.add(socket);
    socket.unref().setEncoding("latin1");
    socket.on("data", (more: string) => {
      text += more;
      if (known === null && text.endsWith("\n")) known = this.#introduced(text);
      if (known === null && text.length > lineLength) socket.destroy();
    });
    socket.on("error", () => {
      // "close" follows.
    });
    socket.once("close", () => {
      this.#sockets.delete(socket);
      if (known !== null && !this.#isClosed) this.#ended(known.worker, known.file);
    });
  }

  #introduced(text: string): ReturnType<typeof parseTallyLine> {
    const line = parseTallyLine(text);
    if (line === null || this.#watched.has(line.worker)) return null;
    this.#watched.add(line.worker);
    return line;
  }

  #ended(worker: number, file: string): void {
    this.#watched.delete(worker);
    this.#listener(worker, this.folder === null ? null : tallyIn(join(this.folder, file)));
  }
}

function tallyIn(path: string): number | null {
  try {
    const bytes = readFileSync(path);
    const used = bytes.length === tallyBytes ? bytes.readDoubleBE(0) : Number.NaN;
    return Number.isSafeInteger(used) && used >= 0 ? used : null;
  } catch {
    return null;
  }
}

/** Creates the folder; `mkdtemp` makes it accessible to this user only. Null on Windows, which has no socket files. */
function ownFolder(): string | null {
  if (process.platform === "win32") return null;
  try {
    return mkdtempSync(join(tmpdir(), folderPrefix));
  } catch {
    return null;
  }
}

function removeFolder(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true });
  } catch {
    // Ignore it: the folder has only small files, and is in the folder for temporary files.
  }
}

/** Removes the folders of masters that were killed: their sockets refuse connections. */
function removeAbandoned(): void {
  for (const folder of ownFolders().slice(0, abandonedAtOnce)) {
    const socket = connect(join(folder, tallySocket)).unref();
    socket.once("connect", () => socket.destroy());
    socket.on("error", ({ code }: NodeJS.ErrnoException) => {
      if (code === "ECONNREFUSED") removeFolder(folder);
    });
  }
}

/** Lists the folders of all masters of this user, running or not. */
function ownFolders(): string[] {
  try {
    const named = readdirSync(tmpdir()).filter((name) => name.startsWith(folderPrefix));
    return named.map((name) => join(tmpdir(), name)).filter(isOwnFolder);
  } catch {
    return [];
  }
}

function isOwnFolder(path: string): boolean {
  const found = lstatSync(path, { throwIfNoEntry: false });
  return found?.isDirectory() === true && found.uid === process.getuid?.();
}
