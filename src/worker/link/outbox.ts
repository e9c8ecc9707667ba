import { hostname } from "node:os";
import { protocolVersion } from "../../protocol/version.ts";
import type { Hello, WorkerSession } from "../../protocol/worker-messages.ts";
import type { LinkStart, WorkerProgress } from "./link-messages.ts";

/** Where the worker stands in its run: what its next hello says. */
export class Standing {
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
