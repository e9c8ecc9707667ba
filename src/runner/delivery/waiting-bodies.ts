/** A body to deliver. */
export interface WaitingBody {
  readonly body: Uint8Array;
  /** Whether the body is about the end of the run: the final values, or the message about the end. */
  readonly isFinal: boolean;
}

/** The bodies that wait for their delivery, oldest first: a bounded number, with a bounded number of bytes. */
export class WaitingBodies {
  readonly #most: number;
  readonly #mostBytes: number;
  #waiting: WaitingBody[] = [];
  #bytes = 0;

  constructor(most: number, mostBytes: number) {
    this.#most = most;
    this.#mostBytes = mostBytes;
  }

  get length(): number {
    return this.#waiting.length;
  }

  /** Adds a body. @returns the number of oldest bodies that were dropped to make room for it */
  add(one: WaitingBody): number {
    this.#waiting.push(one);
    this.#bytes += one.body.length;
    let dropped = 0;
    while (this.#waiting.length > 1 && (this.#waiting.length > this.#most || this.#bytes > this.#mostBytes)) {
      this.take();
      dropped++;
    }
    return dropped;
  }

  take(): WaitingBody | undefined {
    const one = this.#waiting.shift();
    this.#bytes -= one?.body.length ?? 0;
    return one;
  }

  /** Drops all bodies that are not final, if any is final. @returns the number of dropped bodies; null if none is final */
  dropOlder(): number | null {
    const final = this.#waiting.filter(({ isFinal }) => isFinal);
    if (final.length === 0) return null;
    const dropped = this.#waiting.length - final.length;
    this.#waiting = final;
    this.#bytes = final.reduce((sum, { body }) => sum + body.length, 0);
    return dropped;
  }

  /** Drops all bodies. @returns the number of dropped bodies */
  dropAll(): number {
    const dropped = this.#waiting.length;
    this.#waiting = [];
    this.#bytes = 0;
    return dropped;
  }
}
