const firstMs = 100;
const longestMs = 2_000;

/** The wait before the next retry: it doubles each time, up to 2 s (exponential backoff with jitter). */
export class Backoff {
  readonly #random: () => number;
  #nextMs = firstMs;

  constructor(random: () => number = Math.random) {
    this.#random = random;
  }

  /** Returns the next wait in ms. A part of it is random, so that many workers do not retry at the same time. */
  next(): number {
    const ms = this.#nextMs * (0.5 + this.#random() / 2);
    this.#nextMs = Math.min(this.#nextMs * 2, longestMs);
    return ms;
  }

  get isLongest(): boolean {
    return this.#nextMs === longestMs;
  }

  reset(): void {
    this.#nextMs = firstMs;
  }
}

/** A connection that is lost within this time, in ms, does not count as a found master. */
const steadyAfterMs = 1_000;

/** Decides when to retry the connection to the master, and for how long. */
export class RetryPolicy {
  readonly #timeoutMs: number;
  readonly #backoff = new Backoff();
  #sinceMs: number;
  #isEndless = false;

  /** @param timeoutMs the time to keep trying to reach a master */
  constructor(timeoutMs: number, nowMs: number) {
    this.#timeoutMs = timeoutMs;
    this.#sinceMs = nowMs;
  }

  /** Sets whether a load runs. While it runs, retries have no timeout: the orphan timeout ends the load. */
  loadRuns(isRunning: boolean, nowMs: number): void {
    if (this.#isEndless && !isRunning) this.#sinceMs = nowMs;
    this.#isEndless = isRunning;
  }

  /** Called when the connection is lost, `afterMs` after the master accepted the worker. */
  lost(afterMs: number, nowMs: number): void {
    if (afterMs >= steadyAfterMs) this.#backoff.reset();
    if (!this.#backoff.isLongest) this.#sinceMs = nowMs;
  }

  leftMs(nowMs: number): number {
    return this.#isEndless ? Number.POSITIVE_INFINITY : this.#sinceMs + this.#timeoutMs - nowMs;
  }

  /** Returns the wait before the next retry in ms; null after the timeout. */
  nextWaitMs(nowMs: number): number | null {
    const waitMs = this.#backoff.next();
    return waitMs > this.leftMs(nowMs) ? null : waitMs;
  }
}
