/** A time in which no answer leaves the service. */
export class Stall {
  readonly #startMs: number;
  readonly #endMs: number;

  constructor(forMs: number, afterMs: number, nowMs: number) {
    this.#startMs = nowMs + afterMs;
    this.#endMs = this.#startMs + forMs;
  }

  /** When an answer that is ready now may leave: now, or at the end of the stall. */
  releaseMs(nowMs: number): number {
    return nowMs >= this.#startMs && nowMs < this.#endMs ? this.#endMs : nowMs;
  }
}
