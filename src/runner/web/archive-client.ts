import { Worker as Thread } from "node:worker_threads";
import type { Archive, ArchiveQuestion } from "../../api/archive.ts";
import { exitCodes, MusterError } from "../../core/errors.ts";
import type { ArchiveReply, ArchiveRequest } from "./archive-thread.ts";

/** TypeScript's compiler leaves URLs as they are, so what is run from dist/ names another file. */
const threadUrl = new URL(
  import.meta.url.endsWith(".ts") ? "./archive-thread.ts" : "./archive-thread.js",
  import.meta.url,
);
const answerTimeoutMs = 60_000;
/** A thread that is not asked anything gives its memory back. */
const idleMs = 30_000;
const maxWaiting = 50;

/** What the archive has against a question. Errors lose their class on the way from thread to thread. */
class ArchiveError extends MusterError {
  readonly code: string;
  readonly exitCode = exitCodes.badConfiguration;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

interface Asked {
  readonly resolve: (bytes: Uint8Array<ArrayBuffer>) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
}

/** Reads and renders stored runs in a thread: a day of windows takes seconds, and the master's reports must not wait for it. */
export class ThreadArchive implements Archive {
  readonly #dataFolder: string;
  readonly #asked = new Map<number, Asked>();
  #thread: Thread | null = null;
  #idle: NodeJS.Timeout | null = null;
  #lastNumber = 0;

  constructor(dataFolder: string) {
    this.#dataFolder = dataFolder;
  }

  ask(question: ArchiveQuestion): Promise<Uint8Array<ArrayBuffer>> {
    if (this.#asked.size >= maxWaiting) {
      return Promise.reject(new ArchiveError("store-busy", "too much is asked of the stored runs at once"));
    }
    this.#thread ??= this.#start();
    if (this.#idle !== null) clearTimeout(this.#idle);
    const number = ++this.#lastNumber;
    const { promise, resolve, reject } = Promise.withResolvers<Uint8Array<ArrayBuffer>>();
    const timer = setTimeout(
      () => this.#end(new ArchiveError("store-slow", "the stored runs took too long to read")),
      answerTimeoutMs,
    );
    this.#asked.set(number, { resolve, reject, timer });
    this.#thread.postMessage({ number, question } satisfies ArchiveRequest);
    return promise;
  }

  close(): void {
    this.#end(new ArchiveError("store-closed", "the master is about to end"));
  }

  #start(): Thread {
    const thread = new Thread(threadUrl, { name: "archive", workerData: { dataFolder: this.#dataFolder } });
    thread.on("message", (reply: ArchiveReply) => this.#answered(reply));
    thread.on("error", (cause) => {
      if (this.#thread === thread) this.#end(new Error("the stored runs could not be read", { cause }));
    });
    // It never keeps the process alive by itself.
    thread.unref();
    return thread;
  }

  #answered(reply: ArchiveReply): void {
    const asked = this.#asked.get(reply.number);
    if (asked === undefined) return;
    this.#asked.delete(reply.number);
    clearTimeout(asked.timer);
    if ("bytes" in reply) asked.resolve(reply.bytes);
    else asked.reject(new ArchiveError(reply.error.code, reply.error.message));
    if (this.#asked.size === 0) this.#idle = setTimeout(() => this.#end(null), idleMs).unref();
  }

  /** Ends the thread; the next question starts another. */
  #end(error: Error | null): void {
    if (this.#idle !== null) clearTimeout(this.#idle);
    const thread = this.#thread;
    this.#thread = null;
    void thread?.terminate();
    for (const { reject, timer } of this.#asked.values()) {
      clearTimeout(timer);
      if (error !== null) reject(error);
    }
    this.#asked.clear();
  }
}
