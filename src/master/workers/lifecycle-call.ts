import type { LifecycleDone, WorkerSession } from "../../protocol/worker-messages.ts";

/** What a worker was asked to run of setup and teardown, and its answer: one at a time, and again after a lost socket. */
export class LifecycleCall {
  /** Null while it is at it, and before it was ever asked. */
  answer: LifecycleDone | null = null;
  #asked: { readonly phase: LifecycleDone["phase"]; readonly ask: () => void } | null = null;

  begin(phase: LifecycleDone["phase"], ask: () => void): void {
    this.answer = null;
    this.#asked = { phase, ask };
    ask();
  }

  /** What it has answered may be the question before this one. */
  take(done: LifecycleDone): void {
    if (this.#asked?.phase !== done.phase) return;
    this.#asked = null;
    this.answer = done;
  }

  /** It has another socket: the question or the answer may have been lost with the one before. */
  resume(lifecycle: WorkerSession["lifecycle"]): void {
    if (lifecycle !== null && "type" in lifecycle) this.take(lifecycle);
    const isAtIt = lifecycle !== null && "running" in lifecycle && lifecycle.running === this.#asked?.phase;
    if (!isAtIt) this.#asked?.ask();
  }
}
