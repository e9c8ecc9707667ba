import { monotonicMs } from "./monotonic.ts";

/** Small corrections change the rate of the clock by this much, so that the time never jumps. */
const slewMsPerMs = 0.5 / 1_000;
/**
 * Larger differences, in ms, are corrected at once, because slewing would take minutes. They occur if the master was
 * restarted or the first estimate was poor.
 */
const stepMs = 50;

/**
 * The time of the run: milliseconds since its start, on the best estimate of the master's clock. The estimate improves
 * and the two clocks drift, so the start moves, but the time never goes back.
 */
export class RunClock {
  readonly #now: () => number;
  /** The start of the run on the local clock: the applied value, and the value to which it moves. */
  #startedAtMs: number;
  #wantedMs: number;
  #readAtMs: number;
  #lastMs = Number.NEGATIVE_INFINITY;

  /** @param startedAtMs when the run started, on the clock `now` */
  constructor(startedAtMs: number, now: () => number = monotonicMs) {
    this.#now = now;
    this.#startedAtMs = startedAtMs;
    this.#wantedMs = startedAtMs;
    this.#readAtMs = now();
  }

  /** Adopts a better estimate of the start, or the start that another master reports. */
  follow(startedAtMs: number): void {
    this.nowMs();
    this.#wantedMs = startedAtMs;
    if (Math.abs(startedAtMs - this.#startedAtMs) > stepMs) this.#startedAtMs = startedAtMs;
  }

  /** Milliseconds since the start of the run; negative before it. */
  nowMs(): number {
    const now = this.#now();
    const mostMs = (now - this.#readAtMs) * slewMsPerMs;
    const missingMs = this.#wantedMs - this.#startedAtMs;
    this.#startedAtMs += Math.max(-mostMs, Math.min(mostMs, missingMs));
    this.#readAtMs = now;
    this.#lastMs = Math.max(this.#lastMs, now - this.#startedAtMs);
    return this.#lastMs;
  }
}
