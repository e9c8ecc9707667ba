/** What is later than this, because the process stood still or is overloaded, is made up for at a bounded rate. */
const promptMs = 100;
/** The bounded rate: so much of the plan, in ms, for each ms that passes. */
const catchUpRate = 2;
/** A worker that is later than this makes up for nothing: other workers may have taken over. */
const longestLateMs = 2_000;

/** Whether an iteration is so late that it is left out. */
export function isTooLate(nowMs: number, dueAtMs: number): boolean {
  return nowMs - dueAtMs > longestLateMs;
}

/** Bounds the rate at which a late worker makes up for arrivals. All times are in ms since the start of the run. */
export class CatchUp {
  #lookedAtMs = 0;
  /** While the worker catches up: up to where it is with the plan. */
  #caughtUpMs: number | null = null;

  /** What is due by the returned time is to start now: all of it, unless the first of it, due at `dueAtMs`, is late. */
  startedUntil(nowMs: number, dueAtMs: number): number {
    const passedMs = Math.min(nowMs - this.#lookedAtMs, promptMs);
    this.#lookedAtMs = nowMs;
    const isLate = nowMs - dueAtMs > promptMs;
    this.#caughtUpMs = isLate ? Math.min(nowMs, (this.#caughtUpMs ?? dueAtMs) + catchUpRate * passedMs) : null;
    return this.#caughtUpMs ?? nowMs;
  }
}
