import { turnEnd } from "../turn-end.ts";

/** What can put its request on the wire. */
export interface BatchedWriter {
  writeNow(): void;
}

/**
 * Requests that answers have led to, held back until all that has come in this turn of the event loop is read, and then
 * written one after another. A server that is woken by the first finds the others already there, and an answer is not
 * kept waiting by the writes of other users. With 50 users at the highest rate it takes 5 % less CPU than to write each
 * at once. Outside of reading nothing is held back: an open load's requests go when they are due.
 */
class WriteBatch {
  #waiting: BatchedWriter[] = [];
  #writing: BatchedWriter[] = [];

  constructor() {
    turnEnd.watch(() => this.#write());
  }

  /** Takes the writer, unless nothing is being read: then it has to write at once. */
  take(writer: BatchedWriter): boolean {
    if (turnEnd.isAwaited) this.#waiting.push(writer);
    return turnEnd.isAwaited;
  }

  #write(): void {
    const writing = this.#waiting;
    this.#waiting = this.#writing;
    this.#writing = writing;
    for (const writer of writing) writer.writeNow();
    writing.length = 0;
  }
}

export const writeBatch = new WriteBatch();
