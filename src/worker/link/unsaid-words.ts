import type { WorkerWord } from "./link-messages.ts";

/** Of a log that goes on while no master listens; what comes after them is in the worker's own log only. */
const mostLogLines = 100;

/** What the worker has said while no master listened, for the next that does. Bounded, however long that takes. */
export class UnsaidWords {
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
