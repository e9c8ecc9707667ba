const WINDOW_MS = 1_000;

/** Tells exactly whether `limit` marks lie within the last second: a ring of their `limit` latest times. */
export class SlidingSecond {
  readonly #times: Float64Array;
  #oldest = 0;

  /** `limit` is a whole number, at least 1. */
  constructor(limit: number) {
    this.#times = new Float64Array(limit).fill(Number.NEGATIVE_INFINITY);
  }

  isFull(nowMs: number): boolean {
    return nowMs - (this.#times[this.#oldest] ?? Number.NEGATIVE_INFINITY) < WINDOW_MS;
  }

  mark(nowMs: number): void {
    this.#times[this.#oldest] = nowMs;
    this.#oldest = this.#oldest + 1 === this.#times.length ? 0 : this.#oldest + 1;
  }
}
