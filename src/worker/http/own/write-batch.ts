import { turnEnd } from "../turn-end.ts";

/** A connection that can write its request to the socket later. */
export interface BatchedWriter {
  writeNow(): void;
}

/**
 * Holds back the requests that users send after responses until all data of this turn of the event loop has been read, and
 * then writes them one after another. A server that is woken by the first request finds the others already there, and no
 * response waits for the writes of other users. With 50 users at the highest rate, this takes 5 % less CPU than writing each
 * at once. Nothing is held back while nothing is being read: the requests of an open load are sent when they are due.
 */
class WriteBatch {
  #waiting: BatchedWriter[] = [];
  #writing: BatchedWriter[] = [];

  constructor() {
    turnEnd.watch(() => this.#write());
  }

  /** Adds the writer and returns true, or returns false if nothing is being read: then the caller writes at once. */
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
