const firstMs = 100;
const longestMs = 2_000;

/** How long to wait before the next try: twice as long each time, up to 2 s. */
export class Backoff {
  readonly #random: () => number;
  #nextMs = firstMs;

  constructor(random: () => number = Math.random) {
    this.#random = random;
  }

  /** In ms; a part of it is drawn, as a crowd of workers should not knock in step. */
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

/** A master that hangs up sooner, again and again, is as good as none. */
const steadyAfterMs = 1_000;

/** How soon to try again when there is no master, and for how long. */
export class RetryPolicy {
  readonly #timeoutMs: number;
  readonly #backoff = new Backoff();
  #sinceMs: number;
  #isEndless = false;

  /** @param timeoutMs for how long a master is looked for */
  constructor(timeoutMs: number, nowMs: number) {
    this.#timeoutMs = timeoutMs;
    this.#sinceMs = nowMs;
  }

  /** A load that runs goes on without a master until it is orphaned; from its end on there is only so much to wait for. */
  loadRuns(isRunning: boolean, nowMs: number): void {
    if (this.#isEndless && !isRunning) this.#sinceMs = nowMs;
    this.#isEndless = isRunning;
  }

  /** A master that was found is lost, so long after it let us in. */
  lost(afterMs: number, nowMs: number): void {
    if (afterMs >= steadyAfterMs) this.#backoff.reset();
    if (!this.#backoff.isLongest) this.#sinceMs = nowMs;
  }

  leftMs(nowMs: number): number {
    return this.#isEndless ? Number.POSITIVE_INFINITY : this.#sinceMs + this.#timeoutMs - nowMs;
  }

  /** How long to wait before the next try; null when it would come too late. */
  nextWaitMs(nowMs: number): number | null {
    const waitMs = this.#backoff.next();
    return waitMs > this.leftMs(nowMs) ? null : waitMs;
  }
}
