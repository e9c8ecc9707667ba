import { monotonicMs } from "./monotonic.ts";

/** A small correction changes the clock's rate by so much, so that nothing that is timed by it jumps. */
const slewMsPerMs = 0.5 / 1_000;
/** A larger difference would take minutes to slew: another master, or a first estimate that was poor. */
const stepMs = 50;

/**
 * The time of the run: milliseconds since its start, on the master's clock as far as it is known here. What is known
 * gets better and the two clocks drift, so the start moves; but the time never goes back.
 */
export class RunClock {
  readonly #now: () => number;
  /** The run's start on our own clock as it is applied now, and as it should be. */
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

  /** The start is known better, or told by another master. */
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
