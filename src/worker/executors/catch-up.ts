/** Arrivals that are later than this, in ms, are made up for at a bounded rate: the process stood still or is overloaded. */
const promptMs = 100;
/** The bounded rate: ms of the plan for each ms that passes. */
const catchUpRate = 2;
/** A worker that is later than this, in ms, does not catch up: other workers may have taken over. */
const longestLateMs = 2_000;

/** Whether an iteration is so late that it is left out. */
export function isTooLate(nowMs: number, dueAtMs: number): boolean {
  return nowMs - dueAtMs > longestLateMs;
}

/** Bounds the rate at which a late worker makes up for arrivals. All times are in ms since the start of the run. */
export class CatchUp {
  #lookedAtMs = 0;
  /** The time of the plan that the worker has reached while it catches up; null if it is not late. */
  #caughtUpMs: number | null = null;

  /**
   * Returns the time up to which due arrivals must start now. It is `nowMs`, unless the first arrival, due at `dueAtMs`, is
   * late.
   */
  startedUntil(nowMs: number, dueAtMs: number): number {
    const passedMs = Math.min(nowMs - this.#lookedAtMs, promptMs);
    this.#lookedAtMs = nowMs;
    const isLate = nowMs - dueAtMs > promptMs;
    this.#caughtUpMs = isLate ? Math.min(nowMs, (this.#caughtUpMs ?? dueAtMs) + catchUpRate * passedMs) : null;
    return this.#caughtUpMs ?? nowMs;
  }
}
