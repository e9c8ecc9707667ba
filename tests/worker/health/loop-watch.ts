const lookEveryMs = 5;

/** How long this process could not run: what a test asks to be on time may be late by as much, on a machine with other work. */
export class LoopWatch implements Disposable {
  #longestMs = 0;
  #lookedAtMs = performance.now();
  readonly #timer = setInterval(() => this.#look(), lookEveryMs);

  /** The longest time between two turns of the event loop so far. */
  get longestMs(): number {
    this.#look();
    return this.#longestMs;
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const nowMs = performance.now();
    this.#longestMs = Math.max(this.#longestMs, nowMs - this.#lookedAtMs);
    this.#lookedAtMs = nowMs;
  }
}
