import { hostname } from "node:os";
import { ProtocolError } from "../../protocol/channel.ts";
import type { Hello, WorkerSession } from "../../protocol/worker-messages.ts";
import type { WorkerProgress, WorkerWord } from "./link-messages.ts";

/** Reports that are not acknowledged, oldest first. A frame keeps its sequence number when it is sent again. */
export class UnacknowledgedFrames {
  readonly #frames = new Map<number, Uint8Array>();
  /** The number of the last report. */
  #lastSequence = 0;

  get size(): number {
    return this.#frames.size;
  }

  /** @param sequence the sequence number, one more than that of the previous frame */
  add(sequence: number, frame: Uint8Array): void {
    this.#frames.set(sequence, frame);
    this.#lastSequence = sequence;
  }

  /**
   * Removes all reports up to and including `sequence`, which the master has acknowledged.
   * @throws ProtocolError if there is no such report: the master has other reports under the name of this worker
   */
  acknowledged(sequence: number): void {
    if (sequence > this.#lastSequence) {
      throw new ProtocolError(`report ${sequence} is acknowledged, but the last one is ${this.#lastSequence}`);
    }
    for (const known of this.#frames.keys()) {
      if (known > sequence) return;
      this.#frames.delete(known);
    }
  }

  inOrder(): Iterable<Uint8Array> {
    return this.#frames.values();
  }
}

/** The maximum number of log lines that are kept while there is no master; later ones are only in the worker's own log. */
const mostLogLines = 100;

const aboutRequests: readonly string[] = [
  ...["request", "request-cancelled", "response-taken", "requests-open"],
  "request-rows",
];

/** Messages that wait for a master. Their number is bounded, however long the master is away. */
export class UnsentMessages {
  #words: WorkerWord[] = [];
  #logLines = 0;

  add(word: WorkerWord): void {
    // The worker sends its open requests, and rows that were not taken, again after each welcome.
    if (aboutRequests.includes(word.type)) return;
    if (word.type === "log" && ++this.#logLines > mostLogLines) return;
    this.#words.push(word);
  }

  /** Drops the messages whose information is also in the hello, which is about to be sent. */
  keepBesideHello(): void {
    this.#words = this.#words.filter(({ type }) => type === "started" || type === "load-failed" || type === "log");
  }

  /** Removes and returns all messages in order. */
  take(): WorkerWord[] {
    this.#logLines = 0;
    return this.#words.splice(0);
  }
}

/** The contents of the next hello: the run of the worker, and its progress. */
export class Outbox {
  /** The id of the run; null before a master has welcomed the worker. */
  runId: string | null = null;
  /** The secret that proves to the master that the id belongs to this worker; null before the first welcome. */
  secret: string | null = null;
  /** The start of the run on this worker's clock; null before it is known. */
  startedAtMs: number | null = null;
  progress: WorkerProgress = { state: "joined", stopped: null, lifecycle: null };
  /** The id of this worker, for its run. */
  readonly #id = crypto.randomUUID();
  readonly #version: string;

  /** @param version the version of this muster */
  constructor(version: string) {
    this.#version = version;
  }

  get isRunning(): boolean {
    return this.progress.state === "running";
  }

  hello(nowMs: number): Hello {
    return {
      type: "hello",
      id: this.#id,
      host: hostname(),
      pid: process.pid,
      version: this.#version,
      ...(this.secret === null ? {} : { secret: this.secret }),
      session: this.#session(nowMs),
    };
  }

  #session(nowMs: number): WorkerSession | null {
    if (this.runId === null) return null;
    const { state } = this.progress;
    const hasBegun = state === "running" || state === "stopped";
    const elapsedMs = hasBegun && this.startedAtMs !== null ? nowMs - this.startedAtMs : null;
    return { runId: this.runId, ...this.progress, elapsedMs };
  }
}
