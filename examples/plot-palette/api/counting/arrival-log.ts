/** Arrival times in a block of memory taken beforehand, so that logging costs one store per request. */
export class ArrivalLog {
  #times: Float64Array | undefined = undefined;
  #originMs = 0;
  #recorded = 0;
  /** Arrivals that found the log full. */
  #dropped = 0;

  /** Starts an empty log of at most `limit` arrivals. */
  enable(limit: number, nowMs: number): void {
    this.#times = new Float64Array(limit);
    this.reset(nowMs);
  }

  /** Stops logging and gives up what was logged. */
  disable(): void {
    this.#times = undefined;
    this.reset(0);
  }

  reset(nowMs: number): void {
    this.#originMs = nowMs;
    this.#recorded = 0;
    this.#dropped = 0;
  }

  record(nowMs: number): void {
    if (this.#times === undefined) return;
    if (this.#recorded < this.#times.length) this.#times[this.#recorded++] = nowMs - this.#originMs;
    else this.#dropped += 1;
  }

  /** Milliseconds since the log was enabled or reset, to the microsecond, in the order of arrival. */
  times(): number[] {
    const logged = this.#times?.subarray(0, this.#recorded) ?? [];
    return Array.from(logged, (ms) => Math.round(ms * 1_000) / 1_000);
  }

  summary(): { recorded: number; dropped: number } {
    return { recorded: this.#recorded, dropped: this.#dropped };
  }
}
