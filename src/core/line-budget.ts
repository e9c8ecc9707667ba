/** Limits the number of lines per second: `burst` lines at once, then `perSecond` (a token bucket). */
export class LineBudget {
  readonly #nowMs: () => number;
  readonly #burst: number;
  readonly #perSecond: number;
  #room: number;
  #filledAtMs: number;

  constructor(nowMs: () => number, burst: number, perSecond: number) {
    this.#nowMs = nowMs;
    this.#burst = burst;
    this.#perSecond = perSecond;
    this.#room = burst;
    this.#filledAtMs = nowMs();
  }

  /** Whether there is room for a line. */
  get hasRoom(): boolean {
    const nowMs = this.#nowMs();
    this.#room = Math.min(this.#burst, this.#room + ((nowMs - this.#filledAtMs) * this.#perSecond) / 1_000);
    this.#filledAtMs = nowMs;
    return this.#room >= 1;
  }

  /** Uses the room of one line; returns false if there is none. */
  take(): boolean {
    if (!this.hasRoom) return false;
    this.#room--;
    return true;
  }
}
