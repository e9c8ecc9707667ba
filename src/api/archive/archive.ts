import { Worker as Thread } from "node:worker_threads";
import { exitCodes, MusterError } from "../../core/errors.ts";
import { ownModule } from "../../core/own-files.ts";
import type { ArchiveQuestion } from "./archive-question.ts";
import type { ArchiveReply, ArchiveRequest } from "./archive-thread.ts";

const threadUrl = ownModule("api/archive/archive-thread");
const answerTimeoutMs = 60_000;
/** The time after which an idle thread is ended, which frees its memory. */
const idleMs = 30_000;
const maxPending = 50;

/** An error that the thread sent. Errors lose their class between threads. */
class ArchiveError extends MusterError {
  readonly code: string;
  readonly exitCode = exitCodes.badConfiguration;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

interface PendingRequest {
  readonly resolve: (bytes: Uint8Array<ArrayBuffer>) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
}

/**
 * Reads and renders stored runs in a worker thread: reading the windows of a day takes seconds, which would delay the reports of the
 * workers.
 */
export class Archive {
  readonly #dataFolder: string;
  readonly #pending = new Map<number, PendingRequest>();
  #thread: Thread | null = null;
  #idle: NodeJS.Timeout | null = null;
  #lastNumber = 0;

  constructor(dataFolder: string) {
    this.#dataFolder = dataFolder;
  }

  /**
   * Sends a question to the thread and returns its answer.
   * @throws MusterError if the run does not exist, the store cannot be read, or too many questions are pending
   */
  ask(question: ArchiveQuestion): Promise<Uint8Array<ArrayBuffer>> {
    if (this.#pending.size >= maxPending) {
      return Promise.reject(new ArchiveError("store-busy", "too many requests for stored runs are pending"));
    }
    this.#thread ??= this.#start();
    if (this.#idle !== null) clearTimeout(this.#idle);
    const number = ++this.#lastNumber;
    const { promise, resolve, reject } = Promise.withResolvers<Uint8Array<ArrayBuffer>>();
    const timer = setTimeout(
      () => this.#end(new ArchiveError("store-slow", "reading the stored runs timed out")),
      answerTimeoutMs,
    );
    this.#pending.set(number, { resolve, reject, timer });
    this.#thread.postMessage({ number, question } satisfies ArchiveRequest);
    return promise;
  }

  close(): void {
    this.#end(new ArchiveError("store-closed", "the master is shutting down"));
  }

  #start(): Thread {
    const thread = new Thread(threadUrl, { name: "archive", workerData: { dataFolder: this.#dataFolder } });
    thread.on("message", (reply: ArchiveReply) => this.#answered(reply));
    thread.on("error", (cause) => {
      if (this.#thread === thread) this.#end(new Error("the stored runs could not be read", { cause }));
    });
    // The thread alone must not keep the process running.
    thread.unref();
    return thread;
  }

  #answered(reply: ArchiveReply): void {
    const request = this.#pending.get(reply.number);
    if (request === undefined) return;
    this.#pending.delete(reply.number);
    clearTimeout(request.timer);
    if ("bytes" in reply) request.resolve(reply.bytes);
    else request.reject(new ArchiveError(reply.error.code, reply.error.message));
    if (this.#pending.size === 0) this.#idle = setTimeout(() => this.#end(null), idleMs).unref();
  }

  /** Ends the thread and rejects pending requests; the next question starts another thread. */
  #end(error: Error | null): void {
    if (this.#idle !== null) clearTimeout(this.#idle);
    const thread = this.#thread;
    this.#thread = null;
    void thread?.terminate();
    for (const { reject, timer } of this.#pending.values()) {
      clearTimeout(timer);
      if (error !== null) reject(error);
    }
    this.#pending.clear();
  }
}
