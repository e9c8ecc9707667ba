/** The time of a run, in ms since the first virtual user's start. Only the monotonic clock is read, through `nowMs`. */
export class RunTimeline {
  readonly #nowMs: () => number;
  #startAtMs: number | null = null;
  #endedAtMs: number | null = null;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** The start of the run on the master's clock; null until it is set. */
  get startAtMs(): number | null {
    return this.#startAtMs;
  }

  /** The time of the run in ms: negative shortly before the start; 0 until a start is set; constant after the end. */
  get elapsedMs(): number {
    if (this.#startAtMs === null) return 0;
    return (this.#endedAtMs ?? this.#nowMs()) - this.#startAtMs;
  }

  /** Sets the start of the run to `delayMs` from now; if negative, the run has been in progress for that long. */
  startIn(delayMs: number): number {
    this.#startAtMs = this.#nowMs() + delayMs;
    return this.#startAtMs;
  }

  end(): void {
    this.#endedAtMs ??= this.#nowMs();
  }
}
