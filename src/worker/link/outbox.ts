import { hostname } from "node:os";
import { protocolVersion } from "../../protocol/version.ts";
import type { Hello, WorkerSession } from "../../protocol/worker-messages.ts";
import type { LinkStart, WorkerProgress, WorkerWord } from "./link-messages.ts";

/** Reports that the master may not have, oldest first. A frame keeps its number however often it is sent. */
export class UnacknowledgedFrames {
  readonly #frames = new Map<number, Uint8Array>();

  get size(): number {
    return this.#frames.size;
  }

  /** @param sequence one more than that of the frame before */
  add(sequence: number, frame: Uint8Array): void {
    this.#frames.set(sequence, frame);
  }

  /** The master has all up to and including `sequence`. */
  acknowledged(sequence: number): void {
    for (const known of this.#frames.keys()) {
      if (known > sequence) return;
      this.#frames.delete(known);
    }
  }

  inOrder(): Iterable<Uint8Array> {
    return this.#frames.values();
  }
}

/** Of a log that goes on while no master listens; what comes after them is in the worker's own log only. */
const mostLogLines = 100;

/** What the worker has said while no master listened, for the next that does. Bounded, however long that takes. */
export class UnsentMessages {
  #words: WorkerWord[] = [];
  #logLines = 0;

  add(word: WorkerWord): void {
    if (word.type === "log" && ++this.#logLines > mostLogLines) return;
    this.#words.push(word);
  }

  /** A hello is sent, which tells the rest. */
  keepBesideHello(): void {
    this.#words = this.#words.filter(({ type }) => type === "started" || type === "load-failed" || type === "log");
  }

  /** All, in their order; there are none afterwards. */
  take(): WorkerWord[] {
    this.#logLines = 0;
    return this.#words.splice(0);
  }
}

/** Where the worker stands in its run: what its next hello says. */
export class Outbox {
  /** Null until a master has let the worker in. */
  runId: string | null = null;
  /** The start of the run on our clock; null before the worker knows it. */
  startedAtMs: number | null = null;
  progress: WorkerProgress = { state: "joined", stopped: null, lifecycle: null };
  /** This worker's own, for its lifetime. */
  readonly #id = crypto.randomUUID();
  readonly #options: Pick<LinkStart, "token" | "version">;

  constructor(options: Pick<LinkStart, "token" | "version">) {
    this.#options = options;
  }

  get isRunning(): boolean {
    return this.progress.state === "running";
  }

  hello(nowMs: number): Hello {
    const { token, version } = this.#options;
    return {
      type: "hello",
      protocol: protocolVersion,
      token,
      id: this.#id,
      host: hostname(),
      pid: process.pid,
      version,
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
