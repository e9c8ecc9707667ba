/** The time within which the event loop is expected to turn, in ms. */
const beatMs = 20;

/**
 * Detects that this process stood still: it was stopped, had no CPU, collected garbage, or computed for long. The times of
 * requests that were due or open during a stall are the load generator's own, not those of the service.
 */
export class StallWatch {
  #beatAtMs: number;
  /** Requests that were due before this time are touched by a stall. */
  #touchedToMs = Number.NEGATIVE_INFINITY;
  /** The longest stall since the last `takeLongestMs`, in ms; 0 if there was none. */
  #longestMs = 0;
  #timer: NodeJS.Timeout | null = null;
  readonly #limitMs: number;

  /**
   * @param limitMs the shortest stall that counts
   * @param nowMs the clock of `performance.now()`
   */
  constructor(limitMs: number, nowMs: number) {
    this.#limitMs = limitMs;
    this.#beatAtMs = nowMs;
  }

  start(): void {
    this.#beatAtMs = performance.now();
    this.#timer ??= setInterval(() => this.beat(performance.now()), beatMs).unref();
  }

  close(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }

  /** Called when the event loop turns. */
  beat(nowMs: number): void {
    const stoodMs = nowMs - this.#beatAtMs - beatMs;
    this.#beatAtMs = nowMs;
    // Late requests are made up for after the stall, which loads the service for about as long again.
    if (stoodMs < this.#limitMs) return;
    this.#touchedToMs = Math.max(this.#touchedToMs, nowMs + stoodMs);
    this.#longestMs = Math.max(this.#longestMs, stoodMs);
  }

  /**
   * Whether a stall touched a request that was due at `dueMs` and ended at `endedMs`: it was due or open during the stall,
   * or was due within as long a time after it. A response may be read before the timer of this watch fires.
   */
  touched(dueMs: number, endedMs: number): boolean {
    this.#catchUp(endedMs);
    return dueMs < this.#touchedToMs;
  }

  /** Returns the longest stall since the last call, in ms, including one that is just ending; 0 if there was none. */
  takeLongestMs(nowMs: number): number {
    this.#catchUp(nowMs);
    const longestMs = this.#longestMs;
    this.#longestMs = 0;
    return longestMs;
  }

  /** Records a stall whose end no timer has detected yet. */
  #catchUp(nowMs: number): void {
    if (nowMs - this.#beatAtMs >= this.#limitMs + beatMs) this.beat(nowMs);
  }
}
